// The measurement for both sides: bytes of the process per task whose reply the model holds back.
import { setTimeout as sleep } from "node:timers/promises";

/** Started before counting begins, so that they bear all one-off costs. */
const BEFORE = 200;
/** Many, because the heap's young generation alone varies by 16 MiB. */
const TASKS = 1_000;

/** Bytes. */
export interface Held {
  readonly resident: number;
  readonly live: number;
}

/** `begin` starts a task. Whoever started this process reports for each when its reply is held back. */
export const measure = async (begin: (task: number) => Promise<unknown>): Promise<void> => {
  const before = await hold(0, BEFORE, begin);
  const after = await hold(BEFORE, BEFORE + TASKS, begin);
  process.send?.({
    resident: (after.resident - before.resident) / TASKS,
    live: (after.live - before.live) / TASKS,
  });
};

/** One after the other, to measure what tasks hold and not what starting all of them at once leaves behind. */
const hold = async (from: number, to: number, begin: (task: number) => Promise<unknown>): Promise<Held> => {
  for (let task = from; task < to; task++) {
    const held = new Promise(resolve => process.once("message", resolve));
    void begin(task);
    await held;
  }
  // Once for garbage, again for what its finalizers release.
  for (let n = 0; n < 3; n++) {
    await sleep(100);
    globalThis.gc?.();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, live: heapUsed + external };
};
