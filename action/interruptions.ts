// Signals and the deadline end a run between two turns; the journal records why.
import type { Interruption } from "./drive/drive.ts";
import type { Inputs } from "./inputs.ts";

export interface Interruptions {
  /** Its reason is an `Interruption`. */
  readonly signal: AbortSignal;
  readonly clear: () => void;
}

const END_EARLY_MS = 2 * 60_000;

export const listenForInterruptions = ({ deadlineMinutes }: Inputs): Interruptions => {
  const abort = new AbortController();
  const end = (kind: Interruption["kind"], reason: string) =>
    abort.abort({ kind, reason } satisfies Interruption);
  const interrupt = () => end("interrupted", "The run was cancelled or its runner was shut down.");
  const timer = setTimeout(
    () => end("paused", "The run came near its time limit."),
    Math.max(deadlineMinutes * 60_000 - END_EARLY_MS, 1_000),
  );
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return {
    signal: abort.signal,
    clear: () => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
};
