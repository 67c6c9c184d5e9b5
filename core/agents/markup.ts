// Takes out of Markdown and HTML what a reader on GitHub does not see, or makes it visible. One round, linear in the
// text: what a round puts together is the next one's.

import { decode } from "./entities.ts";
import { type Region, regions } from "./regions.ts";
import { readTag } from "./tags.ts";

export interface Stripped {
  readonly text: string;
  readonly hidden: number;
  /** Names of elements that GitHub drops; they stay, since they are mostly a `Vec<T>` somebody forgot to quote. */
  readonly unseen: number;
}

/** `undefined` for a text that was built to make this slow. */
export const strip = (text: string): Stripped | undefined => {
  const work: Work = { text, out: [], hidden: 0, unseen: 0, spent: 0, special: -1, find: finder(text) };
  let at = 0;
  for (const region of regions(text).regions) {
    if (region.end <= at) continue;
    at = part(work, region, Math.max(at, region.start));
    if (work.spent > 16 * text.length + 65_536) return undefined;
  }
  return { text: work.out.join(""), hidden: work.hidden, unseen: work.unseen };
};

interface Work {
  readonly text: string;
  readonly out: string[];
  readonly find: (needle: string, from: number) => number;
  hidden: number;
  unseen: number;
  /** Characters looked at in vain. */
  spent: number;
  special: number;
}

const part = (work: Work, region: Region, at: number): number => {
  const source = work.text.slice(at, region.end);
  switch (region.kind) {
    case "code":
      work.out.push(source);
      return region.end;
    case "info":
      work.out.push(language(work, source));
      return region.end;
    case "drawn":
      work.out.push(source.replace(/^[ \t>]*%%.*$/gm, () => counted(work, "")));
      return region.end;
    case "text":
    case "html":
    case "lost":
      return prose(work, region, at);
    default:
      return region.kind satisfies never;
  }
};

/** The language of a fence is kept where it is one; whatever follows is shown nowhere. */
const language = (work: Work, info: string): string => {
  const known = /^[ \t]*[\w+#./:{}-]{0,40}(?=[ \t]|$)/.exec(info)?.[0] ?? "";
  return info.slice(known.length).trim() === "" ? info : counted(work, known);
};

const counted = (work: Work, replacement: string): string => {
  work.hidden++;
  return replacement;
};

const prose = (work: Work, region: Region, from: number): number => {
  const { text, out } = work;
  let at = from;
  while (at < region.end) {
    const next = Math.min(special(work, at), region.end);
    out.push(decode(text.slice(at, next)));
    if (next === region.end) return region.end;
    if (text[next] === "<") at = angle(work, region, next);
    else if (text[next] === "!") {
      // An image's description is hidden until the image fails to load, so it becomes the text of a link.
      out.push(text[next - 1] === "!" ? " [image: " : "[image: ");
      at = next + 2;
    } else at = target(work, next);
  }
  return at;
};

/** Where the next of them is, remembered over the regions. */
const special = (work: Work, at: number): number => {
  if (work.special < at) {
    SPECIAL.lastIndex = at;
    work.special = SPECIAL.exec(work.text)?.index ?? Number.POSITIVE_INFINITY;
  }
  return work.special;
};

/** `](url "title")` without the title. */
const target = (work: Work, at: number): number => {
  TITLED.lastIndex = at;
  const match = TITLED.exec(work.text);
  if (!match) {
    work.out.push("](");
    return at + 2;
  }
  work.out.push(counted(work, `](${match[1] ?? ""})`));
  return at + match[0].length;
};

const angle = (work: Work, region: Region, at: number): number => {
  const { text } = work;
  const raw = region.kind !== "text";
  if (text.startsWith("<!--", at)) return comment(work, region, at);
  const head = text.slice(at, at + 3);
  if (raw && BOGUS.test(head)) return removed(work, after(work, ">", { from: at, otherwise: text.length }), at);
  if (DECLARATION.test(head) || head.startsWith("<?")) {
    const end = after(work, head.startsWith("<?") ? "?>" : ">", { from: at + 2, otherwise: at });
    return removed(work, end <= region.end ? end : at, at);
  }
  if (!/[A-Za-z/]/.test(text.charAt(at + 1))) return literal(work, at);
  AUTOLINK.lastIndex = at;
  const link = AUTOLINK.exec(text);
  if (link) {
    work.out.push(link[0]);
    return at + link[0].length;
  }
  const tag = work.find(">", at) < 0 ? { failed: at } : readTag(text, at, raw);
  if ("failed" in tag || tag.end > region.end) {
    // In raw HTML a tag that does not end swallows everything; in a paragraph it is just text.
    if (raw && /[A-Za-z]/.test(text.slice(at + 1, at + 3))) return removed(work, text.length, at);
    work.spent += ("failed" in tag ? tag.failed : tag.end) - at;
    return literal(work, at);
  }
  work.out.push(tag.text);
  work.hidden += tag.hidden;
  if (!tag.known) work.unseen++;
  return tag.end;
};

const comment = (work: Work, region: Region, at: number): number => {
  const { text } = work;
  const far = { from: at + 4, otherwise: text.length };
  const end = Math.min(after(work, "-->", far), after(work, "--!>", far));
  // Raw HTML: `-->` outside of it is escaped by Markdown and closes nothing.
  const runsOn =
    (region.kind === "html" && end > region.end) ||
    (region.kind === "lost" && /\n[ \t]*\n/.test(text.slice(at, end)));
  return removed(work, runsOn ? text.length : end, at);
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

/** `indexOf` that remembers the last answer, since the same far end would be looked for again and again. */
const finder = (text: string) => {
  const known = new Map<string, number>();
  return (needle: string, from: number): number => {
    let at = known.get(needle) ?? 0;
    if (at >= 0 && (at < from || !known.has(needle))) {
      at = text.indexOf(needle, from);
      known.set(needle, at);
    }
    return at;
  };
};

/** What a browser makes a comment of, and what Markdown lets through of it in a paragraph. */
const BOGUS = /^<(?:[!?]|\/[^A-Za-z])/;
const DECLARATION = /^<![A-Za-z[]/;
const SPECIAL = /<|!\[|\]\(/g;
const TITLE =
  "\"(?:[^\"\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*\"|'(?:[^'\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*'|\\((?:[^()\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*\\)";
const TITLED = new RegExp(
  `\\]\\(\\s*(<[^<>\\n]*>|(?!<)(?:[^\\s\\]]|\\](?!\\())+)\\s+(?:${TITLE})\\s*\\)`,
  "y",
);
const AUTOLINK = /<(?:[A-Za-z][\w+.-]{1,31}:[^\s<>]*|[^\s<>@"'/]{1,64}@[^\s<>]{1,255})>/y;
