// git, asked about a repository. It changes nothing here.
import { spawnSync } from "node:child_process";
import { KinError } from "../../core/model/error.ts";
import type { Env } from "../arguments.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs in the directory it was made for. */
export type Git = (args: readonly string[], input?: string) => Answer;

const MOST_BYTES = 256 * 1024 * 1024;

export const createGit =
  (directory: string, env: Env): Git =>
  (args, input = "") => {
    const { error, status, stdout, stderr } = spawnSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      env,
      input,
      maxBuffer: MOST_BYTES,
    });
    if (error !== undefined)
      throw new KinError(`git cannot be started: ${error.message}`, {
        code: "no_git",
        hint: "Install git, or bring it into PATH.",
        cause: error,
      });
    return { code: status ?? 1, out: stdout, err: stderr.trim() };
  };
