// What a file in a patch may hold: limited bytes, no secret, nothing that only a machine sees. Pure; used by the recorder
// and again by the App.
import type { FileChange } from "../change.ts";
import { JOINING, SHOWN, UNSEEN } from "../unseen.ts";
import { bytesOf, dataKind, rawOf, textOf } from "./bytes.ts";
import { sizeProblem } from "./patch-rules.ts";
import { secretProblem } from "./secrets.ts";

/** Why this content is refused, for the model to act on; null if it is not. `previous`: what the file held before. */
export const contentProblem = (change: FileChange, previous: string): string | null => {
  if (change.content === null) return null;
  const raw = change.encoding === "base64" ? rawOf(change.content) : null;
  if (change.encoding === "base64" && raw === null) return "its bytes came in what is no base64"; // guard: read-as-it-is-committed
  const text = textOf(change);
  const isData = raw !== null && dataKind(change.path, raw) !== null;
  return (
    sizeProblem(bytesOf(change)) ??
    headProblem(change.path, text) ?? // guard: no-bare-repository
    (isData ? null : hiddenProblem(text, previous)) ?? // guard: hidden-characters
    nameProblem(change.path) ??
    secretProblem(text, previous) // guard: no-secrets
  );
};

/** A name is shown wherever the file is, and cannot be taken back. */
const nameProblem = (path: string): string | null =>
  secretProblem(path, "") === null ? null : "its name holds what looks like a secret; choose another name"; // guard: no-secret-in-a-name

/**
 * Numbers, from 1 and in order, of the lines in which the pattern matches. The text is searched as a whole, because testing
 * each line costs far more when they are short. `meant`: whether a match counts, if not all do.
 */
export function* linesWith(
  text: string,
  pattern: RegExp,
  meant: (match: RegExpExecArray, line: string) => boolean = () => true,
): Generator<number> {
  const everywhere = new RegExp(pattern.source, `${pattern.flags}g`);
  let [number, begin, end] = [1, 0, text.indexOf("\n")];
  for (let match = everywhere.exec(text); match !== null; match = everywhere.exec(text)) {
    for (; end >= 0 && end < match.index; end = text.indexOf("\n", begin))
      [number, begin] = [number + 1, end + 1];
    const line = text.slice(begin, end < 0 ? undefined : end);
    const isInside = end < 0 || everywhere.lastIndex <= end || pattern.test(line);
    if (isInside && !meant(match, line)) continue;
    if (isInside) yield number;
    if (end < 0) return;
    [number, begin, end] = [number + 1, end + 1, text.indexOf("\n", end + 1)];
    everywhere.lastIndex = begin;
  }
}

/** If it lies beside `objects` and `refs`, git takes the directory for a repository and obeys its `config`. */
const headProblem = (path: string, text: string): string | null =>
  /(?:^|\/)head$/i.test(path) && /^(?:ref:[ \t]*refs\/|[0-9a-f]{40})/i.test(text)
    ? "it makes its directory look like a git repository; make the repository in the test that needs it"
    : null;

const hiddenProblem = (text: string, previous: string): string | null => {
  if (!UNUSUAL.test(text)) return null;
  const numbers = [...linesWith(text, RUNS, match => hiddenIn(match) !== null)];
  if (numbers.length === 0) return null;
  const lines = text.split("\n");
  const known = new Set(previous.split("\n"));
  for (const number of numbers) {
    const line = lines[number - 1] ?? "";
    if (known.has(line)) continue;
    const found = [...line.matchAll(new RegExp(RUNS, "gu"))].map(hiddenIn).find(one => one !== null) ?? "";
    const point = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `line ${number} holds what nobody sees and machines read (U+${point}); leave it out, or write it as an escape`;
  }
  return null;
};

const UNUSUAL = /[^\t-\r -~]/;

/** Something that these characters help to show, or a run of nothing but them. */
const RUNS = new RegExp(`(${SHOWN})|[${UNSEEN}]+`, "u");

/**
 * Its first character that may not stand there. Scripts are written with single joiners and marks; more than three hide a
 * text of their own.
 */
const hiddenIn = ([run, shown]: RegExpExecArray): string | null =>
  shown === undefined ? (ALONE.exec(run)?.[0] ?? MANY.exec(run)?.[0] ?? null) : null;

const ALONE = new RegExp(`[^${JOINING}]`, "u");
const MANY = new RegExp(`[${JOINING}]{4}`, "u");
