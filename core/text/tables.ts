// Cells that a row of a table has beyond its columns: GitHub drops them, so they are removed.

import type { Edit } from "./definitions.ts";
import type { Region } from "./regions.ts";

export const excessCells = (text: string, all: readonly Region[]): readonly Edit[] => {
  const edits: Edit[] = [];
  if (!/-[ \t]*\||\|[ \t:]*-/.test(text)) return edits;
  let columns = 0;
  let above = 0;
  for (const line of proseLines(text, all)) {
    const row = cells(text, line);
    const { source } = row;
    if (columns > 0 && (source === "" || INTERRUPTS.test(source))) columns = 0;
    if (columns > 0 && row.ends.length > columns)
      edits.push(excess(text, (row.ends[columns - 1] ?? 0) + 1, line.end));
    if (columns === 0 && DELIMITERS.test(source) && /-/.test(source) && row.ends.length === above)
      columns = above;
    above = source === "" ? 0 : row.ends.length;
  }
  return edits;
};

/** Where something begins in such a cell that might end elsewhere, it is moved out of the table instead. */
const excess = (text: string, from: number, to: number): Edit => {
  const begins = /<[A-Za-z/!?]/.test(text.slice(from, to));
  return { start: from, end: begins ? from : to, text: begins ? "\n\n" : "", hidden: 1 };
};

interface Line {
  readonly start: number;
  readonly end: number;
}

const proseLines = function* (text: string, all: readonly Region[]): Generator<Line> {
  let index = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    while ((all[index]?.end ?? Number.POSITIVE_INFINITY) <= start) index++;
    const kind = all[index]?.kind;
    // A line of anything else ends a table; inline code may begin one.
    const inline = kind === "code" && !text.slice(start, all[index]?.end).includes("\n");
    yield kind === "text" || kind === "lost" || inline ? { start, end } : { start: end, end };
    start = end + 1;
  }
};

/** Where each cell of the line ends; a pipe in code separates, too. */
const cells = (text: string, { start, end }: Line): { source: string; ends: number[] } => {
  const line = text.slice(start, end);
  const indent = /^[ \t>]*/.exec(line)?.[0].length ?? 0;
  const source = line.slice(indent).trim();
  const ends: number[] = [];
  for (const { index } of source.matchAll(/(?<=(?<!\\)(?:\\\\)*)\|/g))
    if (index > 0) ends.push(start + indent + index);
  if (source !== "" && ends.at(-1) !== start + indent + source.length - 1) ends.push(end);
  return { source, ends };
};

const DELIMITERS = /^[-|: \t]+$/;
const INTERRUPTS = /^(?:[*+-][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|`{3,}[^`]*$|~{3})/;
