// The block structure of Markdown, one line at a time: which containers a line continues, what it opens, and where code and
// raw HTML are. If GitHub could read it differently, the scan is lost.

import {
  BLANK,
  DELIMITERS,
  DRAWN,
  FENCE,
  HEADING,
  htmlEnd,
  LIST,
  ROW_OR_NOT,
  THEMATIC,
  unsureStart,
} from "./block-starts.ts";

export interface Region {
  /** `info`: what follows the ticks of a fence. `drawn`: a fence GitHub renders as a picture. `lost`: treat as the worst. */
  readonly kind: "text" | "code" | "info" | "drawn" | "html" | "lost";
  readonly start: number;
  readonly end: number;
}

/** A block quote, or a list item with the indentation its content needs. */
type Container = { kind: "quote" } | { kind: "item"; need: number; empty: boolean };

export interface Scan {
  readonly text: string;
  readonly containers: Container[];
  readonly found: Region[];
  /** Where lines have marks of containers, as pairs of offsets. */
  readonly marks: [number, number][];
  paragraph: boolean;
  table: boolean;
  fence?: { mark: string; size: number; body: number; kind: "code" | "drawn" } | undefined;
  /** The line that ends the HTML block we are in. */
  html?: RegExp | undefined;
  htmlStart?: number | undefined;
  lost: boolean;
}

export const readLine = (scan: Scan, start: number, end: number): void => {
  const { at, matched } = descend(scan, start, end);
  if (scan.lost) return;
  if (at > start) scan.marks.push([start, at]);
  const inside = matched === scan.containers.length;
  if (!inside) scan.fence = undefined;
  if (!inside || (scan.html === BLANK && BLANK.test(scan.text.slice(at, end)))) scan.html = undefined;
  if (scan.fence) fenceLine(scan, at, end);
  else if (scan.html) htmlLine(scan, at, { start, end });
  else open(scan, { start, at, end, matched });
};

/** Walks into the containers that this line continues. */
const descend = (scan: Scan, start: number, end: number): { at: number; matched: number } => {
  let at = start;
  let matched = 0;
  for (const container of scan.containers) {
    const spaces = indent(scan, at, end, container.kind === "quote" ? 4 : container.need);
    if (container.kind === "quote") {
      if (spaces > 3 || scan.text[at + spaces] !== ">" || at + spaces >= end) break;
      at = afterQuote(scan, at + spaces + 1, end);
    } else if (blank(scan.text, at, end)) {
      if (container.empty) break;
    } else if (spaces >= container.need) at += container.need;
    else break;
    matched++;
  }
  return { at, matched };
};

const afterQuote = (scan: Scan, at: number, end: number): number => {
  if (at < end && scan.text[at] === "\t") scan.lost = true;
  return at < end && scan.text[at] === " " ? at + 1 : at;
};

/** Spaces from `at`, counted up to `most`. A tab is four at the top and a reason to give up inside a container. */
const indent = (scan: Scan, at: number, end: number, most: number): number => {
  let count = 0;
  while (count < most && at + count < end && scan.text[at + count] === " ") count++;
  if (count < most && at + count < end && scan.text[at + count] === "\t") {
    if (scan.containers.length > 0 && !blank(scan.text, at, end)) scan.lost = true;
    return most;
  }
  return count;
};

const blank = (text: string, at: number, end: number): boolean => {
  let index = at;
  while (index < end && (text[index] === " " || text[index] === "\t")) index++;
  return index === end;
};

const fenceLine = (scan: Scan, at: number, end: number): void => {
  const fence = scan.fence;
  if (!fence) return;
  const spaces = indent(scan, at, end, 4);
  let index = at + spaces;
  while (index < end && scan.text[index] === fence.mark) index++;
  if (spaces > 3 || index - at - spaces < fence.size || !blank(scan.text, index, end)) return;
  scan.found.push({ kind: fence.kind, start: fence.body, end });
  scan.fence = undefined;
};

/** One region per block: Markdown may write its own tags between two. */
const htmlLine = (scan: Scan, at: number, { start, end }: { start: number; end: number }): void => {
  const from = scan.htmlStart ?? start;
  if (scan.htmlStart !== undefined) scan.found.pop();
  scan.found.push({ kind: "html", start: from, end: Math.min(end + 1, scan.text.length) });
  scan.htmlStart = from;
  if (scan.html !== BLANK && scan.html?.test(scan.text.slice(at, end))) scan.html = undefined;
};

interface Line {
  readonly start: number;
  readonly end: number;
  at: number;
  matched: number;
}

/** Opens what this line begins: containers first, then one leaf. */
const open = (scan: Scan, line: Line): void => {
  const lazy = scan.paragraph && line.matched < scan.containers.length;
  let interrupts = scan.paragraph && !lazy;
  let fresh = false;
  for (;;) {
    const spaces = indent(scan, line.at, line.end, 4);
    const rest = scan.text.slice(line.at + spaces, line.end);
    if (scan.lost || BLANK.test(rest) || spaces > 3) break;
    if (leaf(scan, { line, rest, spaces, interrupts, lazy: lazy && !fresh })) return;
    if (scan.lost || !container(scan, { line, rest, spaces, interrupts })) break;
    interrupts = false;
    fresh = true;
  }
  if (!scan.lost) words(scan, line, { lazy: lazy && !fresh, fresh });
};

interface Start {
  readonly line: Line;
  readonly rest: string;
  readonly spaces: number;
  /** Whether it would interrupt an open paragraph, which some starts may not do. */
  readonly interrupts: boolean;
}

const leaf = (scan: Scan, start: Start & { lazy: boolean }): boolean => {
  const { line, rest, spaces, interrupts } = start;
  const fence = FENCE.exec(rest);
  const html = fence ? undefined : htmlEnd(rest, interrupts);
  if (unsureStart(rest, start.lazy) || (scan.table && ROW_OR_NOT.test(rest))) {
    scan.lost = true;
    return false;
  }
  const setext = interrupts && /^(?:=+|-+)[ \t]*$/.test(rest);
  if (setext && rest.startsWith("=") && line.matched > 0) scan.lost = true;
  if (!fence && !html && !setext && !HEADING.test(rest) && !THEMATIC.test(rest)) return false;
  settle(scan, line.matched);
  if (fence) openFence(scan, fence, line.at + spaces, line.end);
  if (html) {
    scan.html = html;
    scan.htmlStart = undefined;
    htmlLine(scan, line.at + spaces, line);
  }
  return true;
};

/** Closes what the line left, and marks what it is in as no longer empty. */
const settle = (scan: Scan, matched: number): void => {
  scan.containers.length = matched;
  scan.paragraph = false;
  scan.table = false;
  for (const item of scan.containers) if (item.kind === "item") item.empty = false;
};

const openFence = (scan: Scan, fence: RegExpExecArray, at: number, end: number): void => {
  const ticks = fence[1] ?? fence[2] ?? "";
  const info = fence[0].slice(ticks.length).trim();
  scan.found.push({ kind: "info", start: at + ticks.length, end });
  const kind = DRAWN.test(info) ? "drawn" : "code";
  const body = Math.min(end + 1, scan.text.length);
  scan.fence = { mark: ticks.charAt(0), size: ticks.length, body, kind };
};

const container = (scan: Scan, { line, rest, spaces, interrupts }: Start): boolean => {
  const marker = rest.startsWith(">") ? ">" : LIST.exec(rest)?.[0];
  if (marker === undefined) return false;
  const after = rest.slice(marker.length);
  if (marker !== ">" && interrupts && (BLANK.test(after) || !/^(?:[*+-]|0{0,8}1[.)])$/.test(marker)))
    return false;
  settle(scan, line.matched);
  line.at += spaces + marker.length;
  if (marker === ">") {
    scan.containers.push({ kind: "quote" });
    line.at = afterQuote(scan, line.at, line.end);
  } else {
    const gap = / */.exec(after)?.[0].length ?? 0;
    if (after[gap] === "\t") scan.lost = true;
    const padding = gap > 4 || gap === 0 || BLANK.test(after) ? 1 : gap;
    scan.containers.push({ kind: "item", need: spaces + marker.length + padding, empty: BLANK.test(after) });
    line.at = Math.min(line.at + padding, line.end);
  }
  scan.marks.push([line.start, line.at]);
  line.matched = scan.containers.length;
  if (scan.containers.length > DEEPEST) scan.lost = true;
  return true;
};

const words = (scan: Scan, line: Line, { lazy, fresh }: { lazy: boolean; fresh: boolean }): void => {
  const rest = scan.text.slice(line.at, line.end);
  if (BLANK.test(rest)) {
    scan.containers.length = line.matched;
    scan.paragraph = false;
    scan.table = false;
    return;
  }
  if (lazy) return;
  const continues = scan.paragraph && !fresh && line.matched === scan.containers.length;
  const table = continues && (scan.table || DELIMITERS.test(rest));
  settle(scan, line.matched);
  scan.paragraph = continues || !/^(?: {4}| {0,3}\t)/.test(rest);
  scan.table = table;
  if (table && scan.containers.length > 0) scan.lost = true;
};

// Nobody nests lists deeper than this, and walking more on every line would no longer be linear.
const DEEPEST = 24;
