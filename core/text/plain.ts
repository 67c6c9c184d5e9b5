// Cleaning for surfaces that are plain text and not Markdown: titles, commit messages, terminals. Markdown is for safe.ts.
// None of the results holds what looks like a secret.

import { withoutClosing } from "./closing.ts";
import { lines, visible } from "./invisible.ts";
import { withoutSkips } from "./scrub.ts";
import { withoutSecrets } from "./secrets.ts";

/**
 * One line for titles and commit messages. GitHub reads these, too: mentions, words that close issues, words that skip CI,
 * and trailers are made harmless, with a zero-width space if the text must look the same.
 */
export const plain = (text: string): string =>
  withoutClosing(
    withoutSkips(oneLine(text).replace(/\s+/g, " ")),
    ({ word, between, reference }) => `${word}${between}${reference}\u200b`,
  )
    .replace(/`[^`\s]{1,200}`|(?<!\w)@(?=\w)/g, found => (found === "@" ? "@\u200b" : found))
    .replace(/\b(skip-checks|asked-by|kin-run|kin-step|co-authored-by|signed-off-by)\s*:/gi, "$1");

/** One line of what was written as Markdown, for pages and terminals: the words without their marks. */
export const withoutMarks = (text: string): string =>
  oneLine(text)
    .replace(/!?\[([^[\]]{0,300})\]\([^()]{0,1000}\)/g, "$1")
    .replace(/\*\*([^*]{1,500})\*\*/g, "$1")
    .replace(/(^|[\s("'])\*(?=[\p{L}\p{N}"'])([^*]{0,500}[^\s*])\*(?=[\s.,;:!?)"']|$)/gu, "$1$2")
    .replace(/(?<!`)(`{1,20})(?!`)([^`]{1,500})\1/g, "$2");

/** Several lines as they were written, for pages that show plain text. */
export const prose = (text: string): string => seen(text).trim();

/** One line for terminals and log groups. The runner takes `##[` for a command anywhere, and `::` at the start. */
export const plainLine = (text: string): string =>
  oneLine(text).replace(/##\[/g, "## [").replace(/^::/, ": :");

const oneLine = (text: string): string =>
  seen(text)
    .replace(/[\n\t]+/g, " ")
    .trim();

const seen = (text: string): string => withoutSecrets(visible(lines(text)).text); // guard: no-secret-in-a-line
