// What both sides share: each begins when told to, and reports on request what it has used so far.
import { setTimeout as sleep } from "node:timers/promises";

/** What the process that plays the model asks of a side. `begin`: the conversations' first requests, if already known. */
export type Ask =
  | { readonly kind: "begin"; readonly first: readonly unknown[] }
  | { readonly kind: "bytes" | "ms" };

export const answer = (begin: (first: readonly unknown[]) => void): void => {
  process.on("message", async (ask: Ask) => {
    if (ask.kind === "begin") begin(ask.first);
    else process.send?.(ask.kind === "ms" ? processorTime() : await liveBytes());
  });
};

/** This process's CPU milliseconds, which exclude whatever else the machine does. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const liveBytes = async (): Promise<number> => {
  // Once for garbage, again for what its finalizers release.
  for (let n = 0; n < 3; n++) {
    await sleep(100);
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
