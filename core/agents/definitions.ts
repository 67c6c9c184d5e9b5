// Link reference definitions and footnotes: lines that GitHub never shows where they stand. A definition that is used
// keeps its address, a comment made of one is removed, anything else is turned into visible text.

import { type Region, regions } from "./regions.ts";

export const defined = (text: string): { readonly text: string; readonly hidden: number } => {
  if (!text.includes("]:")) return { text, hidden: 0 };
  const work: Work = { text, used: labelsUsed(text), out: [], hidden: 0, at: 0 };
  const { regions: all } = regions(text);
  each(text, { all, pattern: DEFINITION, found: match => continues(text, match) || define(work, match) });
  const rest = written(work);
  const notes: Work = { ...work, text: rest, out: [], at: 0 };
  const after = rest === text ? all : regions(rest).regions;
  each(rest, { all: after, pattern: FOOTNOTE, found: match => footnote(notes, match) });
  return { text: written(notes), hidden: work.hidden };
};

interface Search {
  readonly all: readonly Region[];
  readonly pattern: RegExp;
  readonly found: (match: RegExpExecArray) => void;
}

/** Every match that begins in text; in code and in raw HTML such a line is shown as it is. */
const each = (text: string, { all, pattern, found }: Search): void => {
  let index = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    while ((all[index]?.end ?? Number.POSITIVE_INFINITY) <= match.index) index++;
    const region = all[index];
    if (region?.kind === "text" || region?.kind === "lost") found(match);
    else pattern.lastIndex = Math.max(region?.end ?? 0, match.index + 1);
  }
};

interface Work {
  readonly text: string;
  readonly used: ReadonlySet<string>;
  readonly out: string[];
  hidden: number;
  /** How far the text is written. */
  at: number;
}

const written = (work: Work): string => work.out.join("") + work.text.slice(work.at);

/** A line below a line of words is that paragraph's, and shown. */
const continues = (text: string, match: RegExpExecArray): boolean => {
  if (match[1] !== "" || match.index === 0) return false;
  const before = text.lastIndexOf("\n", match.index - 2) + 1;
  return /^[A-Za-z]/.test(text.slice(before, before + 1)) && match.index - 1 > before;
};

const define = (work: Work, match: RegExpExecArray): void => {
  const [whole, start = "", label = "", space = "", address = "", title] = match;
  const used = work.used.has(key(label));
  if (used && title === undefined) return;
  const comment = !used && (title !== undefined || /^(?:#|<>)$/.test(address));
  work.out.push(work.text.slice(work.at, match.index), start);
  if (!comment) work.out.push(`[${label}]${used ? "" : " "}:${space}${address}`);
  work.at = match.index + whole.length;
  if (title !== undefined || comment) work.hidden++;
};

/** A note that nothing refers to is not shown. */
const footnote = (work: Work, match: RegExpExecArray): void => {
  const [whole, start = "", label = ""] = match;
  if (work.used.has(key(label))) return;
  work.out.push(work.text.slice(work.at, match.index), `${start}(footnote ${label.slice(1)})`);
  work.at = match.index + whole.length;
};

const labelsUsed = (text: string): ReadonlySet<string> => {
  const used = new Set<string>();
  // A longer label is words rather than a name.
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
