// System git over the bare repositories, in an environment of our own: no user's or machine's configuration
// can change what it does.

import { spawn } from "node:child_process";

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
  /** Exit codes that are answers and not failures. */
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

export function gitRaw(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
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
    // git may exit before it read its input; the exit code tells.
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

/** Null where git says no instead of an answer. */
export async function gitMaybe(directory: string, args: readonly string[]): Promise<string | null> {
  try {
    return await git(directory, args);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
