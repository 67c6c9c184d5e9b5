// Runs of the project's own commands, compared with those on the base, to tell what failed before from what is new.
import type { CommandRun } from "./event.ts";
import { linesOf, type OutputLine } from "./output-lines.ts";
import { TAIL_LIMIT } from "./tail.ts";
import { MOST_NAMES, type TestReport } from "./test-report.ts";

export const isRed = ({ exit_code, not_judged }: CommandRun): boolean =>
  exit_code !== 0 && not_judged === undefined;

export type Compared =
  | { readonly kind: "green" | "not_run" }
  /** Nothing fails that did not fail before. `fewer`: how many fewer tests pass than before; a change may remove some. */
  | { readonly kind: "as_before"; readonly fewer: number }
  /** It failed and succeeded on the same files. */
  | { readonly kind: "now_and_then"; readonly failing: readonly string[] }
  /** `failing`: names of what did not fail before, and new findings besides tests. */
  | { readonly kind: "red"; readonly run: CommandRun; readonly failing: readonly string[] };

/** All runs of one command on the same files, compared with those on the base. */
export const compared = (runs: readonly CommandRun[], base: readonly CommandRun[]): Compared => {
  const judged = runs.filter(run => run.not_judged === undefined);
  const reds = judged.filter(isRed);
  const last = reds.at(-1);
  if (judged.length === 0) return { kind: "not_run" };
  if (last === undefined) return { kind: "green" };
  if (reds.length < judged.length) return { kind: "now_and_then", failing: failingIn(reds) };
  const before = base.filter(run => run.command === last.command);
  const same = reds.find(run => failsAsBefore(run, before));
  if (same !== undefined) return { kind: "as_before", fewer: fewerIn(same, before) };
  const known = new Set(failingIn(before));
  const failing = failingIn([last]).filter(name => !known.has(name));
  return { kind: "red", run: last, failing: [...failing, ...new Set(newBesides(last, before))] };
};

/** Everything that fails also failed before, always or at times, no more often, and the command ends the same way. */
const failsAsBefore = (run: CommandRun, before: readonly CommandRun[]): boolean => {
  const alike = before.filter(base => isRed(base) && endsAlike(run, base)); // guard: ends-as-before
  const { tests } = run;
  if (tests === undefined) return alike.some(base => base.tests === undefined && saysNoMore(run, base));
  if (alike.length === 0 || tests.failing.length === 0) return false;
  if (Math.max(tests.failing.length, tests.besides?.length ?? 0) >= MOST_NAMES) return false;
  const known = new Set(failingIn(before));
  const most = (count: (tests: TestReport) => number) =>
    Math.max(0, ...before.flatMap(({ tests }) => (tests === undefined ? [] : count(tests))));
  return (
    tests.failed <= most(({ failed }) => failed) && // guard: no-more-than-before
    unnamed(tests) <= most(unnamed) && // guard: no-more-without-a-name
    tests.failing.every(name => known.has(name)) &&
    newBesides(run, before).length === 0 && // guard: nothing-new-besides-tests
    isSummedUp(tests, before) // guard: as-many-runners
  );
};

/** Findings besides tests that appear more often than in any earlier run. */
const newBesides = ({ tests }: CommandRun, before: readonly CommandRun[]): readonly string[] => {
  const said = tests?.besides ?? [];
  const times = (text: string, all: readonly string[]) => all.filter(one => one === text).length;
  const most = (text: string) => Math.max(0, ...before.map(({ tests }) => times(text, tests?.besides ?? [])));
  return said.filter(text => times(text, said) > most(text));
};

/** A runner that did not finish this time left tests out, and nobody knows how they would have ended. */
const isSummedUp = ({ runners = {} }: TestReport, before: readonly CommandRun[]): boolean => {
  const counted = before.flatMap(({ tests }) => (tests === undefined ? [] : [tests.runners ?? {}]));
  const names = new Set(counted.flatMap(count => Object.keys(count)));
  return [...names].every(
    name => (runners[name] ?? 0) >= Math.min(...counted.map(count => count[name] ?? 0)),
  );
};

/** A run that hit a limit says nothing about what would have come, and another exit code is another failure. */
const endsAlike = ({ exit_code }: CommandRun, base: CommandRun): boolean =>
  exit_code !== null && exit_code === base.exit_code;

const unnamed = ({ failed, failing }: TestReport): number => failed - failing.length;

const fewerIn = ({ tests }: CommandRun, before: readonly CommandRun[]): number => {
  const passed = before.flatMap(({ tests }) => tests?.passed ?? []);
  return tests?.passed == null || passed.length === 0 ? 0 : Math.max(0, Math.min(...passed) - tests.passed);
};

/**
 * For output that names places in files, as of linters and compilers: every line was printed before, as often, wherever the
 * place is now. A command that names no places has to succeed.
 */
const saysNoMore = (run: CommandRun, base: CommandRun): boolean => {
  if (!PLACE.test(run.output)) return false;
  // Only the end of a longer output is kept, and what is new may have come before it.
  if (run.output.length >= TAIL_LIMIT || base.output.length >= TAIL_LIMIT) return false; // guard: whole-outputs-only
  const left = linesOf(base.output);
  for (const line of linesOf(run.output)) {
    const at = left.findIndex(other => isNoMore(line, other));
    if (at < 0) return false; // guard: no-line-more-than-before
    left.splice(at, 1);
  }
  return true;
};

/** After a file's name, or at the start of a line below it. */
const PLACE = /\.\w{1,20}[:(]\d|^ {1,9}\d{1,9}:\d/m;

const isNoMore = (line: OutputLine, other: OutputLine): boolean =>
  line.text === other.text && line.counts.every((count, at) => count <= Number(other.counts[at]));

const failingIn = (runs: readonly CommandRun[]): readonly string[] => [
  ...new Set(runs.flatMap(({ tests }) => tests?.failing ?? [])),
];
