// Runs of the project's own commands, held against those on the base: what failed before is told apart from what is new.
import type { CommandRun } from "./event.ts";

export const isRed = ({ exit_code, not_judged }: CommandRun): boolean =>
  exit_code !== 0 && not_judged === undefined;

export type Compared =
  /** `as_before`: all that fails has a name, and failed before. */
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
const failsAsBefore = ({ tests }: CommandRun, before: readonly CommandRun[]): boolean => {
  if (tests === undefined || tests.failing.length === 0) return false;
  const known = new Set(failingIn(before));
  const most = Math.max(0, ...before.map(run => run.tests?.failed ?? 0));
  return tests.failed <= most && tests.failing.every(name => known.has(name)); // guard: no-more-than-before
};

const failingIn = (runs: readonly CommandRun[]): readonly string[] => [
  ...new Set(runs.flatMap(({ tests }) => tests?.failing ?? [])),
];
