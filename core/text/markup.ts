// Removes from Markdown and HTML what a reader on GitHub does not see, or makes it visible. One round, linear in the text;
// what a round puts together is left to the next.

import { definitionEdits, type Edit } from "./definitions.ts";
import { drawingEdits, drawnBody } from "./drawings.ts";
import { decode } from "./entities.ts";
import { angle, type Work } from "./hidden-html.ts";
import { type Region, regions } from "./regions.ts";
import { excessCells } from "./tables.ts";

export interface Stripped {
  readonly text: string;
  readonly hidden: number;
  /** Elements that GitHub drops; they stay, since most are a `Vec<T>` that somebody forgot to quote. */
  readonly unseen: number;
}

/** `undefined` for a text that was built to make this slow. */
export const strip = (text: string): Stripped | undefined => {
  const { regions: all, masked } = regions(text);
  const edits = [
    ...definitionEdits(text, all),
    ...drawingEdits(text, all),
    ...excessCells(text, all),
    ...fenceWords(text, all),
  ];
  edits.sort((a, b) => a.start - b.start);
  const work: Work = {
    text,
    masked,
    edits,
    out: [],
    hidden: 0,
    unseen: 0,
    spent: 0,
    next: {},
    find: finder(masked),
  };
  let at = 0;
  for (const region of all) {
    if (region.end <= at) continue;
    at = part(work, region, Math.max(at, region.start));
    if (work.spent > 16 * text.length + 65_536) return undefined;
  }
  return { text: work.out.join(""), hidden: work.hidden, unseen: work.unseen };
};

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
      return drawn(work, region, source);
    case "text":
    case "html":
    case "lost":
      return prose(work, region, at);
    default:
      return region.kind satisfies never;
  }
};

const drawn = (work: Work, region: Region, source: string): number => {
  const { text, hidden } = drawnBody(source);
  work.out.push(text);
  work.hidden += hidden;
  return region.end;
};

/** Where the structure is lost, a line that may open a fence shows everything it says. */
const fenceWords = (text: string, all: readonly Region[]): readonly Edit[] => {
  const last = all.at(-1);
  if (last?.kind !== "lost") return [];
  const found = text
    .slice(last.start)
    .matchAll(/^([ \t>*+\d.)-]*(?:`{3,}(?=[^`\n]*$)|~{3,})[ \t]*\S{0,40})(.*)$/gm);
  return [...found].flatMap(({ index, 1: opening = "", 2: rest = "" }) => {
    const at = last.start + index + opening.length;
    return rest.trim() === "" ? [] : [{ start: at, end: at, text: "\n", hidden: 1 }];
  });
};

/** The language of a fence is kept if it is one; whatever follows it is shown nowhere. */
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
    const edit = nextEdit(work, at);
    const next = Math.min(special(work, at), edit?.start ?? region.end, region.end);
    out.push(decode(text.slice(at, next)));
    if (next === region.end) return region.end;
    if (edit && next === edit.start) {
      out.push(edit.text);
      work.next.edit = (work.next.edit ?? 0) + 1;
      work.hidden += edit.hidden;
      at = edit.end;
    } else if (text[next] === "<") at = angle(work, region, next);
    else if (text[next] === "!") {
      // An image's description is hidden unless the image fails to load, so it becomes the text of a link.
      out.push(text[next - 1] === "!" ? " [image: " : "[image: ");
      at = next + 2;
    } else at = target(work, next);
  }
  return at;
};

const nextEdit = ({ edits, next }: Work, at: number): Edit | undefined => {
  let index = next.edit ?? 0;
  while ((edits[index]?.start ?? at) < at && (edits[index]?.end ?? at) <= at) index++;
  next.edit = index;
  const edit = edits[index];
  // Markup that was read before it may end within it.
  return edit && edit.start < at ? { ...edit, start: at } : edit;
};

/** Where the next special character is, remembered across regions. */
const special = ({ masked, next }: Work, at: number): number => {
  if (next.special === undefined || next.special < at) {
    SPECIAL.lastIndex = at;
    next.special = SPECIAL.exec(masked)?.index ?? Number.POSITIVE_INFINITY;
  }
  return next.special;
};

/** `](url "title")` without the title. A link without words is invisible, so it gets one. */
const target = (work: Work, at: number): number => {
  // guard: links-without-words
  if (/\[[ \t]{0,20}$/.test(work.text.slice(Math.max(0, at - 21), at)))
    work.out.push(counted(work, "address"));
  TITLED.lastIndex = at;
  const match = TITLED.exec(work.masked);
  if (!match) {
    work.out.push("](");
    return at + 2;
  }
  work.out.push(counted(work, `](${match[1] ?? ""})`));
  return at + match[0].length;
};

/** `indexOf` that remembers its last result, since the same far end would be looked for again and again. */
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

const SPECIAL = /<|!\[|\]\(/g;
const TITLE =
  "\"(?:[^\"\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*\"|'(?:[^'\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*'|\\((?:[^()\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*\\)";
const TITLED = new RegExp(
  `\\]\\(\\s*(<[^<>\\n]*>|(?!<)(?:[^\\s\\]]|\\](?!\\())+)\\s+(?:${TITLE})\\s*\\)`,
  "y",
);
