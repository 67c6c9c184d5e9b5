// What a patch changes, as git shows it to a reader: every file with its counts, and their diffs within a budget.
import type { Look } from "../../core/model/look.ts";
import type { Git } from "./git.ts";
import { splitAll } from "./tree.ts";

/** For all diffs together, in characters: some 8,000 tokens. */
const BUDGET = 24_000;
/** At most this much of git's output is read; files after it are only named. */
const MOST_READ = 4 * 1024 ** 2;
const LONGEST_LINE = 500;
/** A shorter piece of a diff says no more than the counts do. */
const LEAST_PART = 2_000;

export const diffBetween = async (
  git: Git,
  between: readonly [string, string],
): Promise<Pick<Look, "changed" | "diff">> => {
  if (between[0] === between[1]) return { changed: [], diff: "" };
  const run = (form: readonly string[], options = {}): Promise<Buffer> =>
    git.run(
      ["diff-tree", "-r", ...form, "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"].concat(
        "--end-of-options",
        between,
      ),
      options,
    );
  const counts = splitAll(await run(["--numstat", "-z"])).map(countsIn);
  const read: Buffer[] = [];
  let bytes = 0;
  const hear = (chunk: Buffer): boolean => {
    read.push(chunk);
    bytes += chunk.length;
    return bytes < MOST_READ;
  };
  await run(["--patch"], { hear });
  const pieces = piecesOf(Buffer.concat(read).toString("utf8"));
  // The last piece may be incomplete.
  const fitted = withinBudget(bytes < MOST_READ ? pieces : pieces.slice(0, -1));
  return {
    changed: counts.map((file, index) => ({ ...file, shown: fitted[index]?.shown ?? "none" })),
    diff: fitted.map(({ text }) => text).join(""),
  };
};

const countsIn = (row: string) => {
  const [, added, removed, path = ""] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(row) ?? [];
  const count = (digits = "-") => (digits === "-" ? null : Number(digits));
  return { path, added: count(added), removed: count(removed) };
};

/** One per file, in git's order; for a file that became a link git writes two. */
const piecesOf = (text: string): readonly string[] => {
  const pieces: string[] = [];
  for (const piece of text.split(/(?<![^\n])(?=diff --git )/)) {
    const isSame = headOf(pieces.at(-1) ?? "") === headOf(piece);
    if (isSame && pieces.length > 0) pieces[pieces.length - 1] += piece;
    else if (piece !== "") pieces.push(piece);
  }
  return pieces;
};

const headOf = (piece: string): string => piece.split("\n", 1)[0] ?? "";

interface Fitted {
  readonly text: string;
  readonly shown: Look["changed"][number]["shown"];
}

/** Small ones first, so that one large file does not displace others; the first that does not fit is cut. */
const withinBudget = (pieces: readonly string[]): readonly Fitted[] => {
  const fitted: Fitted[] = pieces.map(() => ({ text: "", shown: "none" }));
  const bySize = pieces
    .map((piece, index) => ({ index, text: withShortLines(piece) }))
    .sort((a, b) => a.text.length - b.text.length);
  let room = BUDGET;
  for (const { index, text } of bySize) {
    const isWhole = text.length <= room;
    if (!isWhole && room < LEAST_PART) break;
    const kept = isWhole ? text : beginningOf(text, room);
    fitted[index] = { text: kept, shown: isWhole && text === pieces[index] ? "all" : "part" };
    room -= kept.length;
    if (!isWhole) break;
  }
  return fitted;
};

const beginningOf = (text: string, room: number): string => {
  const part = text.slice(0, text.lastIndexOf("\n", room) + 1);
  return `${part}[${linesIn(text) - linesIn(part)} more lines of this file's diff are left out here]\n`;
};

const linesIn = (text: string): number => text.split("\n").length - 1;

const withShortLines = (text: string): string =>
  text
    .split("\n")
    .map(line =>
      line.length <= LONGEST_LINE
        ? line
        : `${line.slice(0, LONGEST_LINE).toWellFormed()}[${line.length - LONGEST_LINE} more characters left out here]`,
    )
    .join("\n");
