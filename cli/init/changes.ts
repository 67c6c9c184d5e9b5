// What a command changed in a checkout, by git and by the contents of what git says differs from the commit. What git
// ignores may come and go.
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import { plainLine } from "../../core/text/plain.ts";
import type { Git } from "./git.ts";

/** The state of HEAD, and of each path that differs from the commit. */
export type State = ReadonlyMap<string, string>;

/** Throws `git_failed`. */
export const stateOf = (root: string, git: Git): State => {
  const { code, out, err } = git(STATUS);
  if (code !== 0)
    throw new KinError(`git cannot say what differs in ${root}: ${err}`, {
      code: "git_failed",
      hint: "Mend what it says: without it nobody sees whether a command changes files.",
    });
  return new Map(
    out.split("\0").flatMap(line => {
      const [, name, value] = HEAD.exec(line) ?? [];
      if (name !== undefined && value !== undefined) return [[`HEAD (${name})`, value]];
      const [, state, path] = ENTRY.exec(line) ?? [];
      return state === undefined || path === undefined
        ? []
        : [[path, `${state} ${contentOf(join(root, path))}`]];
    }),
  );
};

/** One line that says why a gate does not count; null if nothing was changed. */
export const changedSince = (
  before: State,
  { root, git }: { readonly root: string; readonly git: Git },
): string | null => {
  try {
    const after = stateOf(root, git);
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      path => before.get(path) !== after.get(path),
    );
    return changed.length === 0
      ? null
      : `It changed ${changed.slice(0, 3).map(plainLine).join(", ")}: a gate only looks`;
  } catch (error) {
    if (error instanceof KinError) return `After it, ${plainLine(error.message)}`;
    throw error;
  }
};

/** A rename is listed as its two halves, so that each entry has one path. */
const STATUS = ["status", "--porcelain=v2", "--branch", "--untracked-files=all", "--no-renames", "-z"];
const HEAD = /^# branch\.(oid|head) (.*)$/s;
/** Changed, unmerged, untracked: each with its number of fields before the path. */
const ENTRY = /^(1(?: \S+){7}|u(?: \S+){9}|\?) (.*)$/s;

/** For a larger file, size and time have to do. */
const MOST_BYTES = 64 * 1024 * 1024;

const contentOf = (path: string): string => {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) return "none";
  if (state.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (!state.isFile()) return "no file";
  const { mode, size, mtimeMs } = state;
  return size > MOST_BYTES
    ? `${mode} ${size} ${mtimeMs}`
    : `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
};
