// Lines that a command printed, reduced for comparison with another run's: without what moves or varies anyway.

export interface OutputLine {
  /** As it was printed. */
  readonly line: string;
  readonly text: string;
  /** How many findings it claims; a linter may list fewer. */
  readonly counts: readonly number[];
}

const COUNT = /\b(\d{1,9}) ((?:problem|error|warning|issue|violation|offense|finding)s?)\b/g;

/** A finding below the name of its file, as ESLint and stylelint print it. */
const BELOW = /^ {1,9}\d{1,9}:\d{1,9} /;

/** Without places and times, but with its file: a change further up moves lines that it does not concern. */
export const linesOf = (output: string): OutputLine[] => {
  let file = "";
  return output.split("\n").flatMap(line => {
    const text = withoutPlaces(line);
    if (text === "") return [];
    if (/^\S/.test(line)) file = text;
    const counts = [...text.matchAll(COUNT)].map(([, count]) => Number(count));
    const named = text.replace(COUNT, (_, _count, what: string) => what.replace(/s$/, ""));
    return [{ line, text: BELOW.test(line) ? `${file}: ${named}` : named, counts }]; // guard: lines-with-their-file
  });
};

const withoutPlaces = (line: string): string =>
  line
    .replace(BELOW, "")
    // Line numbers beside code that is shown.
    .replace(/^[ >]{0,9}\d{0,9} {0,9}[|│]/, "|")
    .replace(/(?<=\.\w{1,20})(?::\d{1,9}){1,2}/g, ":")
    .replace(/(?<=\.\w{1,20})\(\d{1,9}(?:,\d{1,9})?\)/g, "()")
    .replace(/(?<=\.\w{1,20}"?,? |\b(?:from|on|at) )line \d{1,9}/g, "line")
    .replace(/\b\d{1,9}(?:\.\d{1,9})? ?m?s\b/g, "")
    // A column's width depends on its other cells.
    .replace(/\s+/g, " ")
    .trim();
