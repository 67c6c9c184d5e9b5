// A move of a ref.

export interface RefMove {
  readonly ref: string;
  /** ZERO if the ref did not exist, or is deleted. */
  readonly before: string;
  readonly after: string;
}
