// The part of a long output that helps whoever has to fix it: the places that say what failed, and the end, where runners
// sum up.

/** How a compiler, a linter, a runner or a trace says that something is wrong. */
const FAILS =
  /\b(?:errors?|fail(?:ed|ures?|ing|s)?|fatal|panic(?:ked)?|exception|traceback|abort(?:ed)?|assert\w{0,20}|not ok)\b|\w(?:Error|Exception)\b|FAILED|[✖✗✘●]|^E {3}|^\S{1,200}:\d{1,9}:\d{1,9}/i;
/** The same words in lines about what passed, or about nothing. */
const PASSES =
  /^\s*(?:[✓✔√]|ok\b|PASS\b|--- PASS|\[INFO\])|\.\.\. ok$|\bPASSED\b|\b(?:0|no) (?:errors?|fail(?:ed|ures?|ing))\b/;

const BEFORE = 1;
const AFTER = 8;
const LONGEST_LINE = 400;

interface Block {
  readonly from: number;
  readonly text: string;
}

/** A longer text is cut to exactly `limit` characters, which shows that something was left out. Linear in its length. */
export const excerpt = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const blocks: Block[] = [];
  let size = 0;
  for (const block of failuresIn(text.slice(0, text.length - half))) {
    const room = half - NOTE - size;
    const isWhole = block.text.length <= room;
    // The first block is cut to the room there is.
    const text = isWhole ? block.text : `${block.text.slice(0, Math.max(0, room - 1))}\n`;
    if (!isWhole && blocks.length > 0) break;
    blocks.push({ ...block, text });
    size += text.length;
    if (!isWhole) break;
  }
  // Drops blocks that the end shows anyway.
  for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
    if (last.from < text.length - limit + size - last.text.length) break;
    blocks.pop();
    size -= last.text.length;
  }
  const shown = blocks.length === 0 ? "" : `${blocks.map(block => block.text).join("")}[…]\n`;
  return `${shown}${text.slice(shown.length - limit)}`.toWellFormed();
};

/** Room for the mark between the failures and the end. */
const NOTE = 10;

/** Each line that reports a failure with the lines around it; blocks that touch are one. */
const failuresIn = (text: string): readonly Block[] => {
  const lines: { readonly from: number; readonly line: string }[] = [];
  let from = 0;
  for (const line of text.split("\n")) {
    lines.push({ from, line: line.slice(0, LONGEST_LINE) });
    from += line.length + 1;
  }
  const blocks: Block[] = [];
  let until = 0;
  for (const [index, { line }] of lines.entries()) {
    if (index < until || PASSES.test(line) || !FAILS.test(line)) continue;
    const start = Math.max(until, index - BEFORE);
    const gap = start > until || blocks.length === 0 ? "[…]\n" : "";
    until = index + AFTER + 1;
    const shown = lines.slice(start, until).map(one => `${one.line}\n`);
    blocks.push({ from: lines[start]?.from ?? 0, text: `${start === 0 ? "" : gap}${shown.join("")}` });
  }
  return blocks;
};
