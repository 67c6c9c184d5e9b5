// How much of a text is kept. In a file of its own: services in the sandbox use it, without zod.

/** So much of a command's output is kept, in characters. */
export const TAIL_LIMIT = 4_000;

/** Of what a tool gives back. */
export const OUTPUT_LIMIT = 30_000;

/** The first and the last half of `limit`, and how much is missing between them. */
export const cutMiddle = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const missing = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${missing} characters left out]\n${text.slice(-half)}`.toWellFormed();
};
