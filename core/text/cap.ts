// How long a text may be on each of GitHub's surfaces, and how a finished text is cut without leaving a fence, a code span
// or a fold open: what follows is Kin's own.

import { prefix } from "./invisible.ts";
import { type Region, regions } from "./regions.ts";

// In characters; GitHub refuses anything longer. The job summary's mebibyte counts bytes.
export const COMMENT_LIMIT = 65_536;
export const CHECK_SUMMARY_LIMIT = 65_535;
export const JOB_SUMMARY_LIMIT = 1_048_576;

/** The result is never longer than `limit`, in UTF-16 units or, on request, in bytes of UTF-8. */
export const cap = (
  text: string,
  limit: number,
  { unit = "units" }: { unit?: "units" | "bytes" } = {},
): string => {
  const size = unit === "bytes" ? bytes : (part: string) => part.length;
  if (size(text) <= limit) return text;
  if (limit < SMALL)
    return unit === "bytes"
      ? cutTo(text, limit, size)
      : `${prefix(text, Math.max(limit - 1, 0))}…`.slice(0, limit);
  const { regions: all } = regions(text);
  let room = limit - size(MARKER);
  for (let round = 0; round < 6; round++) {
    const kept = unbroken(text, { all, at: cutTo(text, room, size).length });
    const whole = `${kept}${closers(kept)}${MARKER}`;
    if (size(whole) <= limit) return whole;
    room = Math.max(0, room - (size(whole) - limit) - 8 * round);
  }
  return cutTo(text, limit, size);
};

const MARKER = "\n\n_Cut here: GitHub limits the length of a text._";
const SMALL = 300;

const cutTo = (text: string, limit: number, size: (part: string) => number): string => {
  let cut = prefix(text, Math.max(limit, 0));
  while (cut !== "" && size(cut) > limit)
    cut = prefix(text, cut.length - Math.max(1, Math.ceil((size(cut) - limit) / 4)));
  return cut;
};

/** Back to where no code span, comment, tag or word is open. */
const unbroken = (text: string, { all, at }: { all: readonly Region[]; at: number }): string => {
  const region = all.find(({ start, end }) => start < at && at < end);
  const inline = region?.kind === "code" && !text.slice(region.start, region.end).includes("\n");
  const end = inline ? region.start : at;
  const head = text.slice(0, end);
  const comment = head.lastIndexOf("<!--");
  if (region?.kind !== "code" && comment > head.lastIndexOf("-->")) return head.slice(0, comment);
  if (region?.kind === "code" && !inline) return head.slice(0, head.lastIndexOf("\n") + 1 || end);
  const space = /\s\S{0,200}$/.exec(head.slice(-201));
  return space === null ? head : head.slice(0, head.length - space[0].length);
};

const closers = (text: string): string => {
  const { regions: all, open } = regions(text);
  const fence = open === "" ? "" : `${text.endsWith("\n") ? "" : "\n"}${open}`;
  let depth = 0;
  for (const { kind, start, end } of all) {
    if (kind !== "html" && kind !== "lost") continue;
    const source = text.slice(start, end);
    depth += count(source, /<details\b/gi) - count(source, /<\/details>/gi);
  }
  return `${fence}${"\n\n</details>".repeat(Math.max(0, Math.min(depth, 20)))}`;
};

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

const bytes = (text: string): number => {
  let sum = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // A surrogate is half of four bytes.
    sum += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return sum;
};
