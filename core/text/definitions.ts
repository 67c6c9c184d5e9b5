// Link reference definitions and footnotes: lines that GitHub never shows where they are written. A definition that is used
// keeps its address, a comment made of one is removed, anything else is turned into visible text.

import { begun } from "./begun.ts";
import type { Region } from "./regions.ts";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly hidden: number;
}

export const definitionEdits = (text: string, all: readonly Region[]): readonly Edit[] => {
  if (!text.includes("]:")) return [];
  const used = labelsUsed(text);
  const found = starts(text, { all, pattern: DEFINITION });
  const definitions = found.flatMap(match => (continues(text, match) ? [] : definition(match, used)));
  return [...definitions, ...starts(text, { all, pattern: FOOTNOTE }).map(footnote)];
};

/** A match, and whether the line above it is also text. */
interface Start {
  readonly match: RegExpExecArray;
  readonly below: boolean;
}

/** Every match that begins in text; in code and in raw HTML such a line is shown as it is. */
const starts = (text: string, search: { all: readonly Region[]; pattern: RegExp }): Start[] => {
  const { all, pattern } = search;
  const found: Start[] = [];
  let index = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    while ((all[index]?.end ?? Number.POSITIVE_INFINITY) <= match.index) index++;
    const region = all[index];
    if (region?.kind !== "text" && region?.kind !== "lost")
      pattern.lastIndex = Math.max(region?.end ?? 0, match.index + 1);
    else found.push({ match, below: region.start < match.index });
  }
  return found;
};

const definition = ({ match }: Start, used: ReadonlySet<string>): Edit[] => {
  const [whole, start = "", label = "", space = "", address = "", title] = match;
  const needed = used.has(key(label));
  if (needed && title === undefined) return [];
  const from = match.index + start.length;
  const colon = from + label.length + 2;
  const open = begun(whole);
  // Without a title it hides only an address, so it is only broken up.
  if (open !== "" && title === undefined) return [{ start: colon, end: colon, text: " ", hidden: 1 }];
  const comment = !needed && (title !== undefined || /^(?:#|<>)$/.test(address));
  const shown = comment ? "" : `[${label}]${needed ? "" : " "}:${space}${address}`;
  return [
    {
      start: from,
      end: match.index + whole.length,
      text: open === "" ? shown : `${shown}\n\n${open}`,
      hidden: title !== undefined || comment ? 1 : 0,
    },
  ];
};

/** A line below a line of words belongs to that paragraph and is shown. */
const continues = (text: string, { match, below }: Start): boolean => {
  if (match[1] !== "" || match.index === 0 || !below) return false;
  const before = text.lastIndexOf("\n", match.index - 2) + 1;
  return match.index - 1 > before && /[A-Za-z]/.test(text.charAt(before));
};

/** A note that nothing refers to is not shown; a note may also refer to itself. */
const footnote = ({ match }: Start): Edit => {
  const [whole, start = "", label = ""] = match;
  const from = match.index + start.length;
  return { start: from, end: match.index + whole.length, text: `(footnote ${label.slice(1)})`, hidden: 0 };
};

const labelsUsed = (text: string): ReadonlySet<string> => {
  const used = new Set<string>();
  // A longer label is prose, not a name.
  for (const [, label = ""] of text.matchAll(/\[([^[\]]{1,60})\](?!:)/g)) used.add(key(label));
  return used;
};

const key = (label: string): string => label.replace(/\s+/g, " ").trim().toLowerCase();

const LINE = "(?:[^%\\\\\\n]|\\\\[^\\n]|\\n(?![ \\t]*\\n))*";
const TITLE = `"${LINE.replace("%", '"')}"|'${LINE.replace("%", "'")}'|\\(${LINE.replace("%", "()")}\\)`;
const START = "^((?:[ \\t>]|[-*+][ \\t]|\\d{1,9}[.)][ \\t])*)";
const DEFINITION = new RegExp(
  `${START}\\[((?!\\^)(?:[^[\\]\\\\]|\\\\.){1,999})\\]:([ \\t]*\\n[ \\t>]*(?!>)|[ \\t]*)` +
    `(<(?:[^<>\\n\\\\]|\\\\.)*>|[^\\s<]\\S*)(?:(?:[ \\t]*\\n[ \\t>]*|[ \\t]+)(${TITLE}))?[ \\t]*$`,
  "gm",
);
const FOOTNOTE = new RegExp(`${START}\\[(\\^[^[\\]\\s]{1,200})\\]:`, "gm");
