// Lines of a story on a terminal: the time since it began, and colour if that is possible. Node reads `NO_COLOR` and
// `FORCE_COLOR`.
import { styleText } from "node:util";
import type { Told } from "../core/report/storyteller.ts";

const STYLES = { plain: null, good: "green", bad: "red", rejected: "yellow", warning: "yellow" } as const;

interface Painting {
  readonly time: string;
  readonly stream: NodeJS.WriteStream;
}

export const paint = ({ text, tone }: Told, { time, stream }: Painting): string => {
  const style = STYLES[tone];
  const line = style === null ? text : styleText(style, text, { stream });
  return `${styleText("dim", time.padStart(5), { stream })}  ${line}\n`;
};

/** Times count from here. */
export const createPrinter = (stream: NodeJS.WriteStream): ((told: Told) => void) => {
  const begun = performance.now();
  return told => {
    stream.write(paint(told, { time: clockOf((performance.now() - begun) / 1000), stream }));
  };
};

/** Lines of cells, in columns as wide as their widest one. `isRight`: which stand at the right of theirs. */
export const aligned = (
  rows: readonly (readonly string[])[],
  isRight: (cell: string) => boolean = () => false,
): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
  const placed = (cell: string, width = 0) => (isRight(cell) ? cell.padStart(width) : cell.padEnd(width));
  return rows.map(row =>
    row
      .map((cell, at) => placed(cell, widths[at]))
      .join("  ")
      .trimEnd(),
  );
};

/** 0:07, 12:30, 1:02:03 */
export const clockOf = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return `${hours === 0 ? minutes : `${hours}:${two(minutes)}`}:${two(whole % 60)}`;
};
