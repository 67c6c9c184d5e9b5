/** So much of a command's output is kept, in characters. In a file of its own: services in the sandbox use it, without zod. */
export const TAIL_LIMIT = 4_000;
