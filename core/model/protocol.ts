// The version of what `wire.ts` describes, known before any schema is.

/** Goes up when an older Action can no longer talk to this App. */
export const PROTOCOL = 2;
