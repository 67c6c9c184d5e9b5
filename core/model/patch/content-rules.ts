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

/**
 * Numbers of the lines, from 1 and in order, in which the pattern matches. It looks at the text as a whole: to ask each line
 * costs far more where they are short. `meant`: whether the match counts, where not all do.
 */
export function* linesWith(
  text: string,
  pattern: RegExp,
  meant: (match: RegExpExecArray, line: string) => boolean = () => true,
): Generator<number> {
  const everywhere = new RegExp(pattern.source, `${pattern.flags}g`);
  let [number, begin] = [1, 0];
  for (let match = everywhere.exec(text); match !== null; match = everywhere.exec(text)) {
    let end = text.indexOf("\n", begin);
    for (; end >= 0 && end < match.index; end = text.indexOf("\n", begin))
      [number, begin] = [number + 1, end + 1];
    const line = text.slice(begin, end < 0 ? undefined : end);
    const isInside = end < 0 || everywhere.lastIndex <= end || pattern.test(line);
    if (isInside && !meant(match, line)) continue;
    if (isInside) yield number;
    if (end < 0) return;
    [number, begin] = [number + 1, end + 1];
    everywhere.lastIndex = begin;
  }
}

/** Where it lies beside `objects` and `refs`, git takes the directory for a repository and obeys its `config`. */
const headProblem = (path: string, text: string): string | null =>
  /(?:^|\/)head$/i.test(path) && /^(?:ref:[ \t]*refs\/|[0-9a-f]{40})/i.test(text)
    ? "it makes its directory look like a git repository; make the repository in the test that needs it"
    : null;

const hiddenProblem = (change: FileChange, previous: string): string | null => {
  if (change.encoding === "base64") return null;
  const text = textOf(change);
  const numbers = [...linesWith(text.replace(FLAGS, ""), HIDDEN)];
  if (numbers.length === 0) return null;
  const lines = text.split("\n");
  const known = new Set(previous.split("\n"));
  for (const number of numbers) {
    const line = lines[number - 1] ?? "";
    const found = known.has(line) ? undefined : HIDDEN.exec(line.replace(FLAGS, ""))?.[0];
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
