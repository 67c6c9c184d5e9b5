// A job that is asked for.

export interface NewJob {
  readonly key: string;
  readonly kind: string;
  readonly data?: unknown;
  /** Milliseconds since the epoch; now where absent. */
  readonly due_at?: number;
  /** Among those of its installation: first what people wait for, last what anybody at all may cause; `usual` where absent. */
  readonly rank?: "first" | "usual" | "last";
}
