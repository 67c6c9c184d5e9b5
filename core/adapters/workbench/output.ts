// What a command printed, made fit for a model and a journal: no terminal control, no more than is useful. Pure.

export const OUTPUT_LIMIT = 30_000;

/** CSI, then strings such as titles and links, then the short ones; U+009B is CSI in one character. */
const ESCAPES = new RegExp(
  [
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[\\]P^_X][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?",
    "\\u001b[ -/]*[0-~]",
  ].join("|"),
  "g",
);
/** All but tab and newline. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/** Without escape sequences and control characters; of a line that overwrote itself, what stayed visible. */
export const cleanOutput = (raw: string): string =>
  raw.replace(ESCAPES, "").split("\n").map(lastVersion).join("\n").replace(CONTROLS, "").toWellFormed();

/** In time that grows with its length alone: a pattern for the returns at its end would start at each of them. */
const lastVersion = (line: string): string => {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
};

/** The first and the last half of `limit`, and how much is missing between them. */
export const cutMiddle = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const missing = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${missing} characters left out]\n${text.slice(-half)}`.toWellFormed();
};
