// Whether two worlds ended alike, and if not, which lines differ.
import type { Ending } from "./ending.ts";

const SHOWN = 6;

/** Empty if they did. */
export const differences = (expected: Ending, found: Ending): readonly string[] => {
  if (expected.digest === found.digest) return [];
  const lines = { expected: linesOf(expected), found: linesOf(found) };
  const gone = [...lines.expected].filter(line => !lines.found.has(line)).map(line => `      - ${line}`);
  const more = [...lines.found].filter(line => !lines.expected.has(line)).map(line => `      + ${line}`);
  const shown = [...gone.slice(0, SHOWN), ...more.slice(0, SHOWN)];
  const order = ["      the same lines in another order, or another number of them"];
  return [["another end:", ...(shown.length === 0 ? order : shown)].join("\n")];
};

const linesOf = ({ text }: Ending): ReadonlySet<string> => new Set(text.split("\n").map(line => line.trim()));
