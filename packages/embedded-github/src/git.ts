// System git over the bare repositories, in an environment of our own: no user's or machine's configuration affects it.

import { spawn } from "node:child_process";
import path from "node:path";

export const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are not failures. */
  readonly allow?: readonly number[];
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
}

export class GitError extends Error {
  readonly stderr: string;

  constructor(args: readonly string[], stderr: string) {
    super(`git ${args.join(" ")}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/** Answers by directory and arguments. */
const answered = new Map<string, Map<string, Promise<GitOutput>>>();
const MOST_ANSWERS = 1000;

/**
 * A query that names commits and trees only by full sha always has the same answer, so it runs once: starting processes
 * would take most of the embedded GitHub's time.
 */
export function gitRaw(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  if (options.input !== undefined || options.env !== undefined || !isFixed(args))
    return run(directory, args, options);
  const known = answered.get(directory) ?? new Map<string, Promise<GitOutput>>();
  answered.set(directory, known);
  const question = args.join("\0");
  const before = known.get(question);
  if (before !== undefined) return before;
  if (known.size >= MOST_ANSWERS) known.clear();
  const asked = run(directory, args, options);
  known.set(question, asked);
  asked.catch(() => known.delete(question));
  return asked;
}

/** For all repositories below a folder. */
export function forgetAnswers(folder: string): void {
  for (const directory of answered.keys())
    if (directory.startsWith(`${folder}${path.sep}`)) answered.delete(directory);
}

const FIXED: ReadonlySet<string> = new Set([
  ...["diff", "diff-tree", "log", "ls-tree", "merge-base", "merge-tree", "rev-list"],
]);
const BRANCHES = /^--(?:all|branches|tags|remotes|glob)(?:=|$)/;
const SHAS = /^[0-9a-f]{40}(?:\.\.[0-9a-f]{40}|:.*)?$/s;

function isFixed([command = "", ...rest]: readonly string[]): boolean {
  if (command === "check-ref-format") return true;
  const end = rest.indexOf("--");
  return (
    FIXED.has(command) &&
    (end < 0 ? rest : rest.slice(0, end)).every(
      arg => SHAS.test(arg) || /^\d+$/.test(arg) || (arg.startsWith("-") && !BRANCHES.test(arg)),
    )
  );
}

function run(directory: string, args: readonly string[], options: GitOptions): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      cwd: directory,
      env: { ...GIT_ENV, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", chunk => stdout.push(chunk));
    child.stderr.on("data", chunk => stderr.push(chunk));
    // git may exit before it has read its input; the exit code tells.
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", code => {
      if (code === 0 || (code !== null && options.allow?.includes(code)))
        resolve({ code: code ?? 0, stdout: Buffer.concat(stdout) });
      else reject(new GitError(args, Buffer.concat(stderr).toString("utf8")));
    });
    child.stdin.end(options.input ?? "");
  });
}

export async function git(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return (await gitRaw(directory, args, options)).stdout.toString("utf8").trimEnd();
}

/** Null if git exits with a failure. */
export async function gitMaybe(directory: string, args: readonly string[]): Promise<string | null> {
  try {
    return await git(directory, args);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
