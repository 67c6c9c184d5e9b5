// The two cleaners under seeded random input and under input built to be slow. `npm run corpus -- --text` tries many
// more random texts.
import { expect, test } from "vitest";
import { clean } from "../../core/text/clean.ts";
import { safe, safeInline } from "../../core/text/safe.ts";
import { faults, inputs, unsettled } from "./corpus.ts";
import { LONG_TEXT, MOST_UNITS, unitsOn } from "./work.ts";

test("2,000 random texts come in idempotent, without a forbidden character, composed.", {
  timeout: 60_000,
}, () => {
  expect([...inputs(2_000, 1)].filter(unsettled)).toEqual([]);
});

test("1,500 random texts go out idempotent, without a forbidden character, marker, secret or line too many.", {
  timeout: 60_000,
}, () => {
  const failed: string[] = [];
  for (const text of inputs(1500, 2)) {
    const [block, line] = [safe(text, { block: true }), safeInline(text)];
    const stable = safe(block, { block: true }) === block && safeInline(line) === line;
    if (!stable || faults(block) || faults(line) || line.includes("\n") || /<!--\s*kin/.test(block + line))
      failed.push(text);
  }
  expect(failed).toEqual([]);
});

test("1,000 random texts keep to a limit that cuts them.", { timeout: 60_000 }, () => {
  const failed: string[] = [];
  for (const text of inputs(1000, 3)) {
    const limit = 1 + (text.length % 60);
    const cut = clean(text, { limit });
    if (cut.text.length > limit || clean(cut.text, { limit }).text !== cut.text) failed.push(text);
    if (safe(text, { limit, block: true }).length > limit) failed.push(text);
  }
  expect(failed).toEqual([]);
});

const SLOW: Readonly<Record<string, string | ((size: number) => string)>> = {
  "T15, image openers": "![".repeat(40_000),
  "T15, comment openers": "<!--".repeat(50_000),
  "T15, a link and spaces": `[](${" ".repeat(60_000)}`,
  "one line of words": "word ".repeat(13_000),
  comments: "<!--x-->".repeat(8000),
  // Half and half at every size: it is the shape that grows.
  "comments in comments": size => `${"<!".repeat(size / 4)}<!-- -->${"-- -->".repeat(size / 12)}`,
  "open attributes": '<a b="'.repeat(10_000),
  "attributes in attributes": ' <a x="<a"'.repeat(6500),
  ampersands: "&amp;".repeat(13_000),
  brackets: "[".repeat(65_000),
  "link targets": "](".repeat(32_000),
  "open definitions": '[a]: u "\n'.repeat(7000),
  "a definition and spaces": `[a]:${" ".repeat(60_000)}x y`,
  "definitions and quotes": `[a]: ${">".repeat(60_000)} x y`,
  "ticks of every length": Array.from({ length: 360 }, (_, length) => "`".repeat(length)).join(" "),
  ticks: "` ".repeat(32_000),
  fences: "```\n".repeat(16_000),
  quotes: "> ".repeat(32_000),
  "lists in lists": `${"- ".repeat(20)}\n`.repeat(1500),
  "table rows": "a|b\n-|-\n".repeat(8000),
  backslashes: `\`${"\\".repeat(60_000)}|`,
  escapes: "\u001b]".repeat(32_000),
  "invisible characters": "\u200b\u2060a".repeat(20_000),
  addresses: "https://a".repeat(7000),
  "an address and parentheses": `https://x${")".repeat(60_000)}x`,
  mentions: "@a".repeat(32_000),
  "words that close": "fixes ".repeat(10_000),
  "beginnings of tokens": "eyJ".repeat(20_000),
  "beginnings of keys": "-----BEGIN PRIVATE KEY-----".repeat(2400),
};

const CLEANERS: Readonly<Record<string, (text: string) => unknown>> = {
  "what comes in": text => clean(text, { limit: 1e7 }),
  "a block that goes out": text => safe(text, { block: true }),
  "a line that goes out": text => safeInline(text),
};

test.for(Object.entries(SLOW))(
  "What takes them longest costs work in proportion to its length: %s.",
  ([, text]) => {
    const long =
      typeof text === "string"
        ? text.repeat(Math.ceil(LONG_TEXT / text.length)).slice(0, LONG_TEXT)
        : text(LONG_TEXT);
    for (const [what, cleaner] of Object.entries(CLEANERS))
      expect(unitsOn(cleaner, long), what).toBeLessThan(MOST_UNITS);
  },
);
