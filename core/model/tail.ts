// How much of a text is kept. In a file of its own, because services in the sandbox use it without zod.

/** Characters kept of a command's output. */
export const TAIL_LIMIT = 4_000;

/** Characters kept of a tool's output. */
export const OUTPUT_LIMIT = 30_000;

/** The first and the last half of `limit`, with a note of how much is missing between them. */
export const cutMiddle = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const missing = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${missing} characters left out]\n${text.slice(-half)}`.toWellFormed();
};
