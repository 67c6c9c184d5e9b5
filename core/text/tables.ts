// Cells that a row of a table has beyond its columns: GitHub drops them, so they are removed.

import { begun } from "./begun.ts";
import { DELIMITERS } from "./block-starts.ts";
import type { Edit } from "./definitions.ts";
import type { Region } from "./regions.ts";

export const excessCells = (text: string, all: readonly Region[]): readonly Edit[] => {
  const edits: Edit[] = [];
  if (!text.includes("|")) return edits;
  let table: Head | undefined;
  let heads: readonly Head[] = [];
  for (const line of proseLines(text, all)) {
    const row = cells(text, line);
    const { source, ends } = row;
    if (table && (source === "" || INTERRUPTS.test(source) || row.indent < table.indent)) table = undefined;
    if (table && ends.length > table.columns)
      edits.push(excess(text, (ends[table.columns - 1] ?? 0) + 1, line.end));
    if (!table && DELIMITERS.test(source))
      table = heads.find(({ columns, indent }) => columns === ends.length && indent <= row.indent);
    heads = source === "" ? [] : headsIn(text, line);
  }
  return edits;
};

interface Head {
  readonly columns: number;
  /** Whatever belongs to the table is indented at least this far. */
  readonly indent: number;
}

/**
 * The ways in which a line may be the head of a table: by itself, or as the first line of a list item. A number may not be
 * an item's.
 */
const headsIn = (text: string, line: Line): readonly Head[] => {
  const [marks = "", first] = ITEM.exec(text.slice(line.start, line.end)) ?? [];
  const indents = marks === "" ? [0] : /\d/.test(first ?? "") ? [0, marks.length] : [marks.length];
  return indents.map(indent => ({
    columns: cells(text, { ...line, start: line.start + indent }).ends.length,
    indent,
  }));
};

/** If something begins in such a cell that might end elsewhere, it is moved out of the table, without its words. */
const excess = (text: string, from: number, to: number): Edit => {
  const open = begun(text.slice(from, to));
  return { start: from, end: to, text: open && `\n\n${open}`, hidden: 1 };
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
    // Any other kind of line ends a table; inline code may begin one.
    const inline = kind === "code" && !text.slice(start, all[index]?.end).includes("\n");
    yield kind === "text" || kind === "lost" || inline ? { start, end } : { start: end, end };
    start = end + 1;
  }
};

interface Row {
  readonly source: string;
  /** Where each cell ends; a pipe inside code separates, too. */
  readonly ends: readonly number[];
  /** A tab counts as wide as it can be. */
  readonly indent: number;
}

const cells = (text: string, { start, end }: Line): Row => {
  const line = text.slice(start, end);
  const marks = /^[ \t>]*/.exec(line)?.[0] ?? "";
  const indent = marks.length;
  const source = line.slice(indent).trim();
  const ends: number[] = [];
  for (const { index } of source.matchAll(/(?<=(?<!\\)(?:\\\\)*)\|/g))
    if (index > 0) ends.push(start + indent + index);
  if (source !== "" && ends.at(-1) !== start + indent + source.length - 1) ends.push(end);
  return { source, ends, indent: marks.includes("\t") ? Number.POSITIVE_INFINITY : indent };
};

const ITEM = /^[ \t>]*([*+-]|\d{1,9}[.)])[ \t]+(?:[ \t>]*(?:[*+-]|\d{1,9}[.)])[ \t]+)*/;
const INTERRUPTS = /^(?:[*+-][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|`{3,}[^`]*$|~{3})/;
