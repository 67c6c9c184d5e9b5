// Where the result of `kin run` goes. Decided before the first call to the model, so that a paid result always ends up on a
// branch, or in the named file.
import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { misused } from "../arguments.ts";

export type Place =
  | { readonly kind: "branch"; readonly name: string }
  /** - for standard output. */
  | { readonly kind: "patch"; readonly file: string };

export interface Wanted {
  readonly branch: string | undefined;
  readonly patch: string | undefined;
  /** The branch's name if none is given; numbered if it is taken. */
  readonly usual: string;
}

/** Throws if nothing could be put there. */
export const findPlace = (repo: string, { branch, patch, usual }: Wanted): Place => {
  if (branch !== undefined && patch !== undefined)
    throw misused("--branch and --patch are both given.", "The result goes to one of them.");
  if (patch !== undefined) return { kind: "patch", file: patch === "-" ? patch : writable(patch) };
  if (branch === undefined) return { kind: "branch", name: freeBranch(repo, usual) };
  const problem = problemOf(repo, branch);
  if (problem === null) return { kind: "branch", name: branch };
  throw misused(
    `The branch ${branch} cannot be made: ${problem}.`,
    "Name another with --branch, or leave it out: then Kin takes a name that is free.",
  );
};

const MOST_NAMES = 100;

/** The wanted name, or the first free one with a number. */
export const freeBranch = (repo: string, wanted: string): string => {
  let problem: string | null = null;
  for (let number = 1; number <= MOST_NAMES; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    problem = problemOf(repo, name);
    if (problem === null) return name;
    if (!problem.endsWith(" already exists")) break;
  }
  throw misused(
    `The branch ${wanted} cannot be made: ${problem}.`,
    "Name another with --branch, or a file with --patch: nothing is then written into the repository.",
  );
};

/** git's verdict: it makes the branch, which is deleted again. */
const problemOf = (repo: string, name: string): string | null => {
  const git = (...args: string[]) => execFileSync("git", ["-C", repo, ...args], { stdio: "pipe" });
  if (name.startsWith("-")) return "its name begins with a hyphen";
  try {
    git("branch", "--no-track", "--", name, "HEAD");
    git("branch", "-D", "--", name);
    return null;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error);
    return /fatal: (.*)/.exec(said)?.[1]?.replace(/\.$/, "") ?? said.trim();
  }
};

const writable = (file: string): string => {
  try {
    closeSync(openSync(file, "a"));
    return file;
  } catch (cause) {
    throw misused(
      `The patch cannot be written to ${file} (${(cause as NodeJS.ErrnoException).code}).`,
      "Name another file with --patch, or - for standard output.",
    );
  }
};
