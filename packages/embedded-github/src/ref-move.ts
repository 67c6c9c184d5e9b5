// How a ref moves.

export interface RefMove {
  readonly ref: string;
  /** ZERO where the ref did not exist, or is gone. */
  readonly before: string;
  readonly after: string;
}
