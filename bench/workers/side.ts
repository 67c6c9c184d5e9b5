// What both sides have in common: each begins when it is told to, and says when it is asked what it has taken so far.
import { setTimeout as sleep } from "node:timers/promises";

/** What the process that plays the model asks of a side. `begin`: the conversations' first requests, where they were had before. */
export type Ask =
  | { readonly kind: "begin"; readonly first: readonly unknown[] }
  | { readonly kind: "bytes" | "ms" };

export const answer = (begin: (first: readonly unknown[]) => void): void => {
  process.on("message", async (ask: Ask) => {
    if (ask.kind === "begin") begin(ask.first);
    else process.send?.(ask.kind === "ms" ? processorTime() : await liveBytes());
  });
};

/** Milliseconds that this process has had of a processor: whatever else the machine does is not in it. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const liveBytes = async (): Promise<number> => {
  // Once for what is garbage, again for what its finalizers let go.
  for (let n = 0; n < 3; n++) {
    await sleep(100);
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
