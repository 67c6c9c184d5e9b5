// What GitHub draws from source that a reader does not see: math, and inline SVG. Math with a command that can hide words
// is removed, and so is all SVG; other math stays as written.

import type { Edit } from "./definitions.ts";
import type { Region } from "./regions.ts";

export const drawingEdits = (text: string, all: readonly Region[]): readonly Edit[] => [
  ...(text.includes("$") ? mathEdits(text, all) : []),
  ...vectorEdits(text, all),
];

/** The body of a fence that GitHub draws, with its closing line, without what the drawing does not show. */
export const drawnBody = (source: string): { readonly text: string; readonly hidden: number } => {
  const end = source.lastIndexOf("\n");
  if (HIDES.test(source)) return { text: `(math removed)${end < 0 ? "" : source.slice(end)}`, hidden: 1 }; // guard: math-fence
  let hidden = 0;
  const text = source.replace(/^[ \t>]*%%.*$/gm, () => {
    hidden++;
    return "";
  });
  return { text, hidden };
};

/** From the dollar before a command that hides to the one after it, within a paragraph. */
const mathEdits = (text: string, all: readonly Region[]): readonly Edit[] => {
  const edits: Edit[] = [];
  const regionAt = regionsInOrder(all);
  let last: number | undefined;
  let from: number | undefined;
  for (const { 0: found, index } of text.matchAll(MATH)) {
    const region = regionAt(index);
    if (found.startsWith("\n")) {
      last = undefined;
      from = undefined;
    } else if (region?.kind === "code") {
      // Between a dollar and a tick it is math, too.
      const math = text[region.start - 1] === "$" && text[region.end] === "$";
      if (math && !found.startsWith("$")) from ??= last; // guard: math-ticks
    } else if (!found.startsWith("$")) from ??= last;
    else {
      const end = index + found.length;
      if (from !== undefined) edits.push({ start: from, end, text: "(math removed)", hidden: 1 }); // guard: math-spans
      last = from === undefined ? index : undefined;
      from = undefined;
    }
  }
  return edits;
};

const vectorEdits = (text: string, all: readonly Region[]): readonly Edit[] => {
  const edits: Edit[] = [];
  const regionAt = regionsInOrder(all);
  let from: number | undefined;
  for (const { 0: found, 1: slash, index } of text.matchAll(VECTOR)) {
    if (regionAt(index)?.kind === "code") continue;
    if (slash === "") from ??= index;
    else if (from !== undefined) {
      edits.push({ start: from, end: index + found.length, text: "", hidden: 1 }); // guard: svg
      from = undefined;
    }
  }
  return edits;
};

/** For increasing offsets. */
const regionsInOrder = (all: readonly Region[]) => {
  let at = 0;
  return (offset: number): Region | undefined => {
    while ((all[at]?.end ?? Number.POSITIVE_INFINITY) <= offset) at++;
    return all[at];
  };
};

/** Words in these colours can be read on a white page and on a black one. */
const SEEN = "red|green|blue|orange|purple|brown|magenta|teal|violet|gray|grey|olive";
const COMMANDS =
  "[hv]?phantom|[hv]space|m?space|[hm]?skip|m?kern|math[rlc]lap|[rlc]lap|smash|raisebox|raise|lower|href|class|cssId|" +
  "style|data|unicode|require|def|let|(?:re)?newcommand|(?:re)?newenvironment|label|tag|ref|eqref|tooltip|texttip|" +
  "mmlToken|toggle|bbox|rule|fcolorbox|colorbox|definecolor|tiny|Tiny|verb";
const HIDING = `\\\\(?:(?:${COMMANDS})(?![A-Za-z])|(?:text)?color(?![A-Za-z])(?!\\{(?:${SEEN})\\}))`;
const HIDES = new RegExp(HIDING, "i");
const MATH = new RegExp(
  `\\n(?=[ \\t>]{0,80}\\n)|\\$+|${HIDING}|(?<=\\$[^$\\n]{1,300}[^\\\\])%(?=[^$\\n]{0,300}[^$\\s]\\$(?![A-Za-z0-9]))`,
  "gi",
);
const VECTOR = /<(\/?)svg(?![\w-])[^<>]{0,1000}>/gi;
