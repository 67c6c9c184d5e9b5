// What a command printed, made fit for a model and a journal: no terminal control, no more than is useful. Pure.

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
