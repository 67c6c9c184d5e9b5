// Makes a command's output fit for a model and a journal: no terminal control, no more than is useful. Pure.

/** CSI first, then strings such as titles and links, then the short ones; U+009B is CSI in one character. */
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

/** Removes escape sequences and control characters; keeps what stayed visible of a line that overwrote itself. */
export const cleanOutput = (raw: string): string =>
  raw.replace(ESCAPES, "").split("\n").map(lastVersion).join("\n").replace(CONTROLS, "").toWellFormed();

/** In linear time: a pattern for the carriage returns at the end would start again at each of them. */
const lastVersion = (line: string): string => {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
};
