// Splits a stream from an untrusted source into lines of bounded length, and keeps nothing after the last one.
import type { Readable } from "node:stream";

export interface Reading {
  /** In bytes. */
  readonly longest: number;
  readonly line: (text: string) => void;
  /** Called once for a longer line, with its beginning; the rest is skipped. */
  readonly tooLong: (begins: string) => void;
}

/** How much of a too long line is shown. */
const SHOWN = 64 * 1024;

export const onLines = (stream: Readable, { longest, line, tooLong }: Reading): void => {
  let parts: Buffer[] = [];
  let length = 0;
  let passing = false;
  stream.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      if (!passing) line(Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8"));
      parts = [];
      length = 0;
      passing = false;
      rest = rest.subarray(end + 1);
    }
    if (passing) return;
    parts.push(rest);
    length += rest.length;
    // guard: longest-line
    if (length > longest) {
      const begins = Buffer.concat(parts).subarray(0, SHOWN).toString("utf8");
      parts = [];
      passing = true;
      tooLong(begins);
    }
  });
};
