// What a file of a patch may hold: so many bytes, no secret, nothing that only a machine sees. Pure; asked by the recorder
// and again by the App.
import type { FileChange } from "../change.ts";
import { secretProblem, sizeProblem } from "./patch-rules.ts";

/** Why this content is not taken, for the model to act on; null where it is. `previous`: what the file held before. */
export const contentProblem = (change: FileChange, previous: string): string | null => {
  if (change.content === null) return null;
  const text = textOf(change);
  return (
    sizeProblem(bytesOf(change)) ??
    headProblem(change.path, text) ?? // guard: no-bare-repository
    hiddenProblem(change, previous) ?? // guard: hidden-characters
    secretProblem(text, previous) // guard: no-secrets
  );
};

/** What is no text comes as one character for each byte. */
export const textOf = ({ content, encoding }: FileChange): string =>
  content === null ? "" : encoding === "base64" ? decoded(content) : content;

/** What is no base64 cannot become a file either: GitHub refuses it. */
const decoded = (content: string): string => {
  try {
    return atob(content);
  } catch {
    return content;
  }
};

export const bytesOf = ({ content, encoding }: FileChange): number =>
  content === null
    ? 0
    : encoding === "base64"
      ? Math.floor((content.length * 3) / 4)
      : new TextEncoder().encode(content).length;

/** Lines that `previous` does not hold, each with its number. */
export const newLines = (
  text: string,
  previous: string,
): readonly { readonly text: string; readonly number: number }[] => {
  const known = new Set(previous.split("\n"));
  return text
    .split("\n")
    .map((line, index) => ({ text: line, number: index + 1 }))
    .filter(line => !known.has(line.text));
};

/** Where it lies beside `objects` and `refs`, git takes the directory for a repository and obeys its `config`. */
const headProblem = (path: string, text: string): string | null =>
  /(?:^|\/)head$/i.test(path) && /^(?:ref:[ \t]*refs\/|[0-9a-f]{40})/i.test(text)
    ? "it makes its directory look like a git repository; make the repository in the test that needs it"
    : null;

const hiddenProblem = (change: FileChange, previous: string): string | null => {
  if (change.encoding === "base64") return null;
  for (const { text, number } of newLines(textOf(change), previous)) {
    const found = HIDDEN.exec(text.replace(FLAGS, ""))?.[0];
    if (found !== undefined) {
      const point = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      return `line ${number} holds what nobody sees and machines read (U+${point}); leave it out, or write it as an escape`;
    }
  }
  return null;
};

/** The only visible use of tags. */
const FLAGS = /\u{1F3F4}[\u{E0020}-\u{E007E}]{2,8}\u{E007F}/gu;

/**
 * Controls of direction, tags, controls of a terminal but its escape; selectors that select nothing; and more than three
 * characters without width, which are a text of their own. Single joiners and marks are what scripts are written with.
 */
const HIDDEN = new RegExp(
  [
    "[\\u202a-\\u202e\\u2066-\\u206f\\u{E0000}-\\u{E007F}\\ufff9-\\ufffb\\0-\\x08\\x0e-\\x1a\\x1c-\\x1f\\x7f]",
    "[\\ufe00-\\ufe0f\\u{E0100}-\\u{E01EF}]{2}",
    "(?<!\\p{Ideographic})[\\u{E0100}-\\u{E01EF}]",
    "[\\u00ad\\u180e\\u200b-\\u200f\\u2060-\\u2064\\ufeff]{4}",
  ].join("|"),
  "u",
);
