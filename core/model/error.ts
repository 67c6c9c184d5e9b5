// The one error class for failures that are expected. Bugs throw plainly; outcomes are data.

export interface KinErrorOptions {
  /** Stable, lower-case with underscores: `config_invalid`, `lease_lost`. */
  readonly code: string;
  /** What the reader should do. */
  readonly hint: string;
  /** Whether the same call may succeed later by itself. */
  readonly retryable?: boolean;
  /** In milliseconds: how long the side that refused asks to be left alone. */
  readonly wait_ms?: number;
  readonly cause?: unknown;
}

export class KinError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly wait_ms: number;

  constructor(message: string, options: KinErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KinError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.wait_ms = options.wait_ms ?? 0;
  }
}

/** The text a person sees: what is wrong, then what to do. */
export const explain = (error: unknown): string => {
  if (error instanceof KinError) return `${error.message}\n${error.hint}`;
  return error instanceof Error ? error.message : String(error);
};
