// Which parts of a Markdown text GitHub shows as code, and which it passes on as raw HTML: code may keep its `<!--`,
// nothing else may. Block structure as in CommonMark; wherever GitHub's reading could differ (tabs in nested structure,
// tables in lists, elements that versions disagree on), the rest of the text is `lost`: no code is recognised in it any
// more. Inline code is left to spans.ts.

import { type Region, readLine, type Scan } from "./blocks.ts";
import { codeSpans } from "./spans.ts";

export type { Region } from "./blocks.ts";

export interface Regions {
  readonly regions: readonly Region[];
  /** The text with the marks of quotes and lists blanked out, since HTML that runs over several lines ignores them. */
  readonly masked: string;
  /** The fence that would close a code block still open at the end, "" if there is none. */
  readonly open: string;
}

export const regions = (text: string): Regions => {
  const scan: Scan = {
    text,
    containers: [],
    paragraph: false,
    table: false,
    found: [],
    marks: [],
    lost: /[\f\v]/.test(text),
  };
  let start = 0;
  while (start < text.length && !scan.lost) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    readLine(scan, start, end);
    if (!scan.lost) start = end + 1;
  }
  if (scan.lost) scan.found.push({ kind: "lost", start, end: text.length });
  const fence = scan.lost || scan.containers.length > 0 ? undefined : scan.fence;
  return {
    regions: fill(text, scan.found),
    masked: mask(text, scan.marks),
    open: fence === undefined ? "" : fence.mark.repeat(fence.size),
  };
};

/** The same for one line whose beginning opens no block. */
export const inlineRegions = (text: string): readonly Region[] => fill(text, []);

const mask = (text: string, marks: readonly [number, number][]): string => {
  const out: string[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    // A line that opens several containers has a mark for each, ever longer.
    const from = Math.max(start, at);
    out.push(text.slice(at, from), " ".repeat(Math.max(0, end - from)));
    at = Math.max(at, end);
  }
  return out.join("") + text.slice(at);
};

/** The gaps between them are text, in which inline code is looked for. */
const fill = (text: string, found: readonly Region[]): Region[] => {
  const all: Region[] = [];
  let at = 0;
  const gap = (end: number): void => {
    const from = at;
    for (const span of end > from ? codeSpans(text.slice(from, end)) : []) {
      const [start, stop] = [from + span.start, from + span.end];
      if (start > at) all.push({ kind: "text", start: at, end: start });
      all.push({ kind: "code", start, end: stop });
      at = stop;
    }
    if (end > at) all.push({ kind: "text", start: at, end });
  };
  for (const region of found) {
    gap(region.start);
    all.push(region);
    at = Math.max(at, region.end);
  }
  gap(text.length);
  return all;
};
