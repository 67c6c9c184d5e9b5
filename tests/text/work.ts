// How much work something is, by this process's own CPU time, so that others' load does not count. Never compared with
// the clock, only with other work in the same run.

import { clean } from "../../core/text/clean.ts";
import { repeated } from "./worst-inputs.ts";

/** In milliseconds, the least of several runs. */
export const workOf = (task: () => void, times = 3): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round++) {
    const before = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
};

/** Work in units, both measured side by side; the least of several tries counts. */
export const unitsOf = (
  task: () => void,
  unit: () => void,
  {
    least,
    most,
  }: {
    /** In milliseconds: a unit is never less. */
    readonly least: number;
    /** Below this no further try is needed. */
    readonly most: number;
  },
): number => {
  let units = workOf(task, 1) / Math.max(workOf(unit, 2), least);
  // What is far too much is no measuring error.
  for (let round = 0; round < TRIES && units >= most && units < 5 * most; round++)
    units = Math.min(units, workOf(task, 2) / Math.max(workOf(unit, 2), least));
  return units;
};

const TRIES = 8;

/**
 * Work on a text, in units of cleaning a body of 64 KiB. Looking at each character once costs less than fifty, however
 * much memory it takes; looking at everything again for each character costs hundreds.
 */
export const unitsOn = (task: (text: string) => unknown, text: string, most = MOST_UNITS): number =>
  unitsOf(
    () => task(text),
    () => clean(BODY),
    { least: 3, most },
  );

const BODY = repeated("a <b>word</b>, ")(65_536);

/** In characters, for functions: more than GitHub's longest body, so that growth shows. */
export const LONG_TEXT = 256 * 1024;
export const MOST_UNITS = 150;

/**
 * Four times the text is four times the work, or sixteen times if it is scanned once per character. For work without
 * significant memory, such as matching a pattern.
 */
export const MOST_GROWTH = 8;

/** Anything faster is negligible: scanning 64 KiB once per character takes a thousand times as long. */
const NO_WORK_MS = 2;

/** Up to 64 KiB, four times as long each time. */
const SIZES = [1, 4, 16].map(kibibytes => kibibytes * 1024);

/** What takes longer will not finish with sixteen times as much. */
const LONG_MS = 20;

/**
 * By how much the work grows when its text is four times as long. Excessive growth shows at every size, so the second
 * largest value counts: a single jump comes from the machine, which allocates memory for long texts differently.
 */
export const growthOf = (task: (text: string) => void, text: (size: number) => string): number => {
  const growths: number[] = [];
  for (const size of SIZES) {
    const { growth, took } = fourfold(task, [text(size), text(4 * size)]);
    const before = growths.some(one => one >= MOST_GROWTH);
    if (growth >= MOST_GROWTH && (before || took > LONG_MS)) return growth;
    growths.push(growth);
  }
  return growths.sort((a, b) => b - a)[1] ?? 1;
};

/**
 * If it looks like too much, compares the same amount of text in a few long texts and in many short ones, so that
 * compiling, garbage collection and other load affect both alike. The least of several tries.
 */
const fourfold = (
  task: (text: string) => void,
  [small, large]: readonly [string, string],
): { readonly growth: number; readonly took: number } => {
  const took = workOf(() => task(large), 1);
  if (took < NO_WORK_MS) return { growth: 1, took };
  let growth = took / workOf(() => task(small), 1);
  const times = Math.ceil(ENOUGH_MS / took);
  for (let round = 0; round < (took > LONG_MS ? 3 : TRIES) && growth >= MOST_GROWTH; round++) {
    const few = workOf(() => repeat(times, () => task(large)), 1);
    const many = workOf(() => repeat(4 * times, () => task(small)), 1);
    growth = Math.min(growth, (4 * few) / many);
  }
  return { growth, took };
};

const ENOUGH_MS = 8;

const repeat = (times: number, task: () => void): void => {
  for (let time = 0; time < times; time++) task();
};
