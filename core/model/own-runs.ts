// Runs of the project's own commands, held against those on the base: what failed before is told apart from what is new.
import type { CommandRun } from "./event.ts";
import { TAIL_LIMIT } from "./tail.ts";
import { MOST_NAMES } from "./test-report.ts";

export const isRed = ({ exit_code, not_judged }: CommandRun): boolean =>
  exit_code !== 0 && not_judged === undefined;

export type Compared =
  /** `as_before`: nothing fails that did not fail before. */
  | { readonly kind: "green" | "not_run" | "as_before" }
  /** It failed and succeeded on the same files. */
  | { readonly kind: "now_and_then"; readonly failing: readonly string[] }
  /** `failing`: by name, what did not fail before. */
  | { readonly kind: "red"; readonly run: CommandRun; readonly failing: readonly string[] };

/** All runs of one command on the same files, held against those on the base. */
export const compared = (runs: readonly CommandRun[], base: readonly CommandRun[]): Compared => {
  const judged = runs.filter(run => run.not_judged === undefined);
  const reds = judged.filter(isRed);
  const last = reds.at(-1);
  if (judged.length === 0) return { kind: "not_run" };
  if (last === undefined) return { kind: "green" };
  if (reds.length < judged.length) return { kind: "now_and_then", failing: failingIn(reds) };
  const before = base.filter(run => run.command === last.command);
  if (reds.some(run => failsAsBefore(run, before))) return { kind: "as_before" };
  const known = new Set(failingIn(before));
  return { kind: "red", run: last, failing: failingIn([last]).filter(name => !known.has(name)) };
};

/** Everything that fails failed before, or did so now and then, and there is no more of it. */
const failsAsBefore = (run: CommandRun, before: readonly CommandRun[]): boolean => {
  const { tests } = run;
  if (tests === undefined)
    return before.some(base => base.tests === undefined && isRed(base) && saysNoMore(run, base));
  if (tests.failing.length === 0 || tests.failing.length >= MOST_NAMES) return false;
  const known = new Set(failingIn(before));
  const most = Math.max(0, ...before.map(run => run.tests?.failed ?? 0));
  return tests.failed <= most && tests.failing.every(name => known.has(name)); // guard: no-more-than-before
};

/**
 * Of what names places in files, as linters and compilers do: each line that it prints it printed before, as often, wherever
 * the place is now. What only says that it failed has to succeed.
 */
const saysNoMore = (run: CommandRun, base: CommandRun): boolean => {
  if (run.exit_code === null || run.exit_code !== base.exit_code || !PLACE.test(run.output)) return false;
  // Of a longer output only the end is kept, and what is new may stand before it.
  if (run.output.length >= TAIL_LIMIT || base.output.length >= TAIL_LIMIT) return false; // guard: whole-outputs-only
  const left = linesOf(base.output);
  for (const line of linesOf(run.output)) {
    const at = left.indexOf(line);
    if (at < 0) return false; // guard: no-line-more-than-before
    left.splice(at, 1);
  }
  return true;
};

const PLACE = /\.\w+[:(]\d/;

/** Without places and times: a change above moves what it has nothing to do with. What counts something stays. */
const linesOf = (output: string): string[] =>
  output
    .split("\n")
    .map(line =>
      line
        .replace(/:\d+/g, ":")
        .replace(/\(\d+,\d+\)/g, "()")
        .replace(/\bline \d+/gi, "line")
        .replace(/\b\d{1,9}(?:\.\d{1,9})? ?m?s\b/g, "")
        .trim(),
    )
    .filter(line => line !== "");

const failingIn = (runs: readonly CommandRun[]): readonly string[] => [
  ...new Set(runs.flatMap(({ tests }) => tests?.failing ?? [])),
];
