// Time, passed in so that tests decide it.

/** Milliseconds since the epoch, and a wait that an abort ends early. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}
