// How much work something is, by the processor time of this process alone: others' load is not what is measured. Never
// compared with the clock, only with more or other work of the same run.

import { clean } from "../../core/text/clean.ts";
import { repeated } from "./worst-inputs.ts";

/** In milliseconds, the least of several times. */
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

/** How many units of work something is: they are measured side by side, and of several tries the least counts. */
export const unitsOf = (
  task: () => void,
  unit: () => void,
  {
    least,
    most,
  }: {
    /** In milliseconds: a unit is never less. */ readonly least: number /** Fewer than these need no other try. */;
    readonly most: number;
  },
): number => {
  let units = workOf(task, 1) / Math.max(workOf(unit, 2), least);
  // What is far too much is no mistake of measuring.
  for (let round = 0; round < TRIES && units >= most && units < 5 * most; round++)
    units = Math.min(units, workOf(task, 2) / Math.max(workOf(unit, 2), least));
  return units;
};

const TRIES = 8;

/**
 * A text in units of work, each of them a body of 64 KiB cleaned. What looks at each character once comes to less than
 * fifty, however much memory it takes; what looks at all of it again for each character comes to hundreds.
 */
export const unitsOn = (task: (text: string) => unknown, text: string, most = MOST_UNITS): number =>
  unitsOf(
    () => task(text),
    () => clean(BODY),
    { least: 3, most },
  );

const BODY = repeated("a <b>word</b>, ")(65_536);

/** In characters, of what functions are given: more than GitHub's longest body, so that growth shows. */
export const LONG_TEXT = 256 * 1024;
export const MOST_UNITS = 150;

/**
 * Four times the text is four times the work, or sixteen times where it is looked at once for each of its characters: for
 * what takes no memory to speak of, as a pattern does.
 */
export const MOST_GROWTH = 8;

/** What is done sooner was no work: to look at 64 KiB once for each character takes a thousand times as long. */
const NO_WORK_MS = 2;

/** Up to 64 KiB, four times as long each time. */
const SIZES = [1, 4, 16].map(kibibytes => kibibytes * 1024);

/** What takes longer is not done with sixteen times as much. */
const LONG_MS = 20;

/**
 * By how much the work grows when its text is four times as long: where it grows too fast it does so at every size, so the
 * second of what is seen counts. A single step is the machine's, which gives memory for long texts in another way.
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
 * Where it looks like too much, it is the same amount of text each time, in a few long ones or in many short ones: what V8
 * compiles, what it collects and what the machine does beside are shared alike. Of several tries the least.
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
