// What a command printed, made fit for a model and a journal: no terminal control, no more than is useful. Pure.

export const OUTPUT_LIMIT = 30_000;
export const TAIL_LIMIT = 4_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control is what this removes
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Without escape sequences and control characters; of a line that overwrote itself, what stayed visible. */
export const cleanOutput = (raw: string): string =>
  raw
    .replace(ESCAPES, "")
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map(line => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1))
    .join("\n")
    .replace(CONTROLS, "")
    .toWellFormed();

/** The first and the last half of `limit`, and how much is missing between them. */
export const cutMiddle = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const missing = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${missing} characters left out]\n${text.slice(-half)}`.toWellFormed();
};

export const tail = (text: string, limit = TAIL_LIMIT): string => text.slice(-limit).toWellFormed();
