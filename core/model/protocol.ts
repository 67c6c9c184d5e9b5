// The version of what `wire.ts` describes; on its own, so that reading it loads no schema.

/** Raised when an older Action can no longer talk to this App. */
export const PROTOCOL = 2;
