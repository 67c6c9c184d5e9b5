// Everything that begins with "<": comments and declarations go, tags keep what is harmless, and what never ends takes the
// rest of the text with it, as in a browser.

import type { Edit } from "./definitions.ts";
import type { Region } from "./regions.ts";
import { readTag } from "./tags.ts";

/** Text on its way from `masked` (regions.ts) to `out`. */
export interface Work {
  readonly text: string;
  readonly masked: string;
  readonly edits: readonly Edit[];
  readonly out: string[];
  readonly find: (needle: string, from: number) => number;
  hidden: number;
  unseen: number;
  /** Characters scanned without a result. */
  spent: number;
  readonly next: { special?: number; edit?: number };
}

export const angle = (work: Work, region: Region, at: number): number => {
  const head = work.masked.slice(at, at + 9);
  if (head.startsWith("<!--")) return comment(work, region, at);
  if (/^<\/?[A-Za-z]/.test(head)) return tag(work, region, at);
  if (region.kind !== "text") {
    if (!/^<(?:[!?]|\/[^A-Za-z])/.test(head)) return literal(work, at);
    const end = after(work, ">", { from: at + 2, otherwise: 0 });
    return removed(work, ends(work, region, { at, end }) ? end : work.text.length, at);
  }
  const close =
    head === "<![CDATA[" ? "]]>" : head.startsWith("<?") ? "?>" : /^<![A-Za-z]/.test(head) ? ">" : "";
  const end = close === "" ? 0 : after(work, close, { from: at + 2, otherwise: 0 });
  if (end === 0 || end > region.end) return literal(work, at);
  // A browser ends these at the first ">", so something may begin in what follows it.
  const first = after(work, ">", { from: at, otherwise: end });
  return removed(work, work.masked.slice(first, end).includes("<") ? work.text.length : end, at);
};

const tag = (work: Work, region: Region, at: number): number => {
  const { masked } = work;
  AUTOLINK.lastIndex = at;
  const link = AUTOLINK.exec(masked);
  if (link) {
    work.out.push(link[0]);
    return at + link[0].length;
  }
  const raw = region.kind !== "text";
  const found = work.find(">", at) < 0 ? { failed: at } : readTag(masked, at, raw);
  const end = "failed" in found ? 0 : found.end;
  if (raw && !ends(work, region, { at, end })) return removed(work, masked.length, at);
  if ("failed" in found || end > region.end) {
    work.spent += ("failed" in found ? found.failed : end) - at;
    return literal(work, at);
  }
  work.out.push(found.text ?? work.text.slice(at, end));
  work.hidden += found.hidden;
  if (!found.known) work.unseen++;
  return end;
};

/**
 * Whether something in raw HTML ends where it seems to. If it runs on, it swallows tags that Markdown writes, so nothing
 * after it is certain. Where the structure is lost, nor is anything beyond its first line.
 */
const ends = ({ masked }: Work, region: Region, { at, end }: { at: number; end: number }): boolean =>
  end > at && end <= region.end && !(region.kind === "lost" && masked.slice(at, end).includes("\n"));

const comment = (work: Work, region: Region, at: number): number => {
  const { masked } = work;
  const empty = /^<!---?>/.exec(masked.slice(at, at + 6));
  if (empty) return removed(work, at + empty[0].length, at);
  const far = { from: at + 4, otherwise: masked.length };
  const [closed, banged] = [after(work, "-->", far), after(work, "--!>", far)];
  const end = Math.min(closed, banged);
  const body = masked.slice(at + 4, end - 3);
  if (region.kind === "html") return removed(work, end > region.end ? masked.length : end, at);
  // A comment that begins a block is one; elsewhere it may be in a quote, a list or an element that has ended.
  if (region.kind === "lost")
    return removed(work, body.includes("\n") && !afterBlankLine(masked, at) ? masked.length : end, at);
  // In a paragraph GitHub may not see this comment but what begins in it; then nothing after it is certain.
  const runsOn = end > region.end || /\n[ \t]*\n/.test(body);
  const rest = banged < closed && closed <= region.end ? masked.slice(banged, closed) : "";
  if ((runsOn && BEGINS.test(body)) || BEGINS.test(rest)) return removed(work, masked.length, at);
  return removed(work, BEGINS.test(body) && body.includes("--") ? Math.max(end, region.end) : end, at);
};

const afterBlankLine = (text: string, at: number): boolean => {
  if (at === 0) return true;
  const above = text.lastIndexOf("\n", at - 2) + 1;
  return text[at - 1] === "\n" && /^[ \t]*$/.test(text.slice(above, at - 1));
};

/** The end of the next `needle`, or `otherwise`. */
const after = (work: Work, needle: string, search: { from: number; otherwise: number }): number => {
  const found = work.find(needle, search.from);
  return found < 0 ? search.otherwise : found + needle.length;
};

const removed = (work: Work, end: number, at: number): number => {
  if (end <= at) return literal(work, at);
  work.hidden++;
  return end;
};

const literal = (work: Work, at: number): number => {
  work.out.push("<");
  return at + 1;
};

const BEGINS = /<[A-Za-z/!?]/;
const AUTOLINK = /<(?:[A-Za-z][\w+.-]{1,31}:[^\s<>]*|[^\s<>@"'/]{1,64}@[^\s<>]{1,255})>/y;
