// How much work something is, by the processor time of this process alone: others' load is not what is measured. Never
// compared with the clock, only with more or other work of the same run.

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

/** Four times the text is four times the work, or sixteen times where it is looked at once for each of its characters. */
export const MOST_GROWTH = 8;

/** What is done sooner was no work: to look at 64 KiB once for each character takes a thousand times as long. */
const NO_WORK_MS = 3;

/** Up to 64 KiB; what grows too fast shows it sooner, and would take its time at the end. */
const SIZES = [2, 8, 16].map(kibibytes => kibibytes * 1024);

/** By how much the work grows from 16 KiB to 64 KiB, or from less where that is too much already. */
export const growthOf = (task: (text: string) => void, text: (size: number) => string): number => {
  let growth = 1;
  for (const size of SIZES) {
    growth = fourfold(task, [text(size), text(4 * size)]);
    if (growth >= MOST_GROWTH) return growth;
  }
  return growth;
};

/** Of three tries the least, since a collection of garbage is work, too. */
const fourfold = (task: (text: string) => void, [small, large]: readonly [string, string]): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && least >= MOST_GROWTH; round++) {
    const most = workOf(() => task(large), round + 1);
    if (most < NO_WORK_MS) return 1;
    least = Math.min(least, most / workOf(() => task(small), round + 1));
  }
  return least;
};
