// What a job leaves when it was worked on.

/** How a job ends: due again at a time (milliseconds since the epoch), with what it leaves for the next time. */
export interface Done {
  readonly again?: number;
  readonly result?: unknown;
}
