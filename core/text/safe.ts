// Values on their way out: everything that a template inserts into Markdown that Kin posts. Nobody is notified, no issue is
// closed or linked from afar, no command is given, no HTML, image or foreign link is rendered, no secret is revealed. Code
// that GitHub certainly shows as code (core/text/regions.ts) keeps its text; a value is done when another round changes
// nothing. `#12` alone stays a link: it points into the same repository.

import { COMMENT_LIMIT } from "./cap.ts";
import { lines, prefix, visible } from "./invisible.ts";
import { withLinks } from "./links.ts";
import { cells, firstOfLine, ownLine, unfenced, unheard, unpaired, words } from "./neutral.ts";
import { inlineRegions, type Region, regions } from "./regions.ts";
import { scrub } from "./scrub.ts";

export * from "./cap.ts";
export { code, codeBlock } from "./code.ts";

export interface SafeOptions {
  /** In UTF-16 units; a cut is marked with "…". */
  readonly limit?: number;
  /** Several lines of Markdown rather than one line. */
  readonly block?: boolean;
  /** Hosts that links may lead to, in lower case. */
  readonly hosts?: readonly string[];
}

export const safe = (value: string, options: SafeOptions = {}): string =>
  settle(value, { ...DEFAULTS, ...options });

/** One line that may stand in a table cell. */
export const safeInline = (value: string, options: Omit<SafeOptions, "block"> = {}): string =>
  settle(value, { ...DEFAULTS, ...options, cell: true });

const DEFAULTS: Form = { limit: COMMENT_LIMIT, block: false, hosts: ["github.com"], cell: false };

interface Form extends Required<SafeOptions> {
  readonly cell: boolean;
}

const ROUNDS = 8;

const settle = (value: string, form: Form): string => {
  const whole = lines(value);
  let text = shortened(whole, form.limit);
  for (let room = form.limit, round = 0; round < ROUNDS; round++) {
    const next = pass(text, form);
    if (next === text && text.length <= form.limit) return text;
    // After a cut it has to be looked at again: half a code span is not code.
    if (next.length > form.limit) room -= 16 + Math.ceil((next.length - form.limit) * 0.5);
    text = next.length > form.limit ? shortened(next, Math.max(room, 1)) : next;
  }
  return shortened(pass(text, form, noCode), form.limit);
};

const shortened = (text: string, limit: number): string =>
  text.length <= limit ? text : `${prefix(text, Math.max(limit - 1, 0))}…`;

/** For a value built so that it never settles: none of it is taken for code. */
const noCode = (text: string): readonly Region[] => [{ kind: "lost", start: 0, end: text.length }];

const pass = (value: string, form: Form, read?: typeof noCode): string => {
  const seen = visible(value).text.normalize("NFC");
  const folded = scrub(form.block ? seen.replace(/^(?:[ \t]*\n)+/, "") : seen.replace(/\s+/g, " ").trim());
  const text = form.block
    ? closed(folded, read ? "" : regions(folded).open)
    : form.cell
      ? cells(folded)
      : folded;
  const all = read?.(text) ?? (form.block ? regions(text).regions : inlineRegions(text));
  const out = all.map(region => part(text.slice(region.start, region.end), { region, form })).join("");
  if (form.block) return ownLine(out);
  return all[0]?.kind === "code" ? out : firstOfLine(out);
};

/** A fence that the value leaves open would swallow the rest of the template. */
const closed = (text: string, fence: string): string =>
  fence === "" ? text : `${text}${text.endsWith("\n") ? "" : "\n"}${fence}`;

const part = (source: string, { region, form }: { region: Region; form: Form }): string => {
  switch (region.kind) {
    case "code":
      return source.includes("\n") ? unheard(source) : source;
    case "info":
      // GitHub shows nothing after the language.
      return /^[ \t]*[\w+#./:{}-]{0,40}(?=[ \t]|$)/.exec(source)?.[0] ?? "";
    case "text":
    case "html":
    case "lost":
    case "drawn": {
      const told = withLinks(source, { hosts: form.hosts, words });
      if (!form.block) return unpaired(told);
      return region.kind === "lost" ? unfenced(told) : told;
    }
    default:
      return region.kind satisfies never;
  }
};
