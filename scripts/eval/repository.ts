// A case's files as a git repository: a commit of what was there before the work, and the tree that the work left.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileChange } from "../../core/model/change.ts";
import type { EvalCase } from "./case.ts";

export interface Laid {
  /** The commit that the task started from. */
  readonly base: string;
  readonly baseTree: string;
  /** The tree that the preceding steps left, and how it differs. */
  readonly tree: string;
  readonly changes: readonly FileChange[];
}

/** Creates `directory`. */
export const layFiles = (
  directory: string,
  {
    asked: { files, base },
    path,
  }: { readonly asked: Pick<EvalCase, "files" | "base">; readonly path: string },
): Laid => {
  const lay = (texts: Readonly<Record<string, string | null>>): void => {
    for (const [name, text] of Object.entries(texts)) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file, { force: true });
      else writeFileSync(file, text);
    }
  };
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: path, GIT_CONFIG_NOSYSTEM: "1", ...IDENTITY },
    }).trim();
  lay({ ...files, ...base });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all", "--force");
  git("commit", "--quiet", "-m", "The repository of a case");
  const before = { base: git("rev-parse", "HEAD"), baseTree: git("rev-parse", "HEAD^{tree}") };
  const changes = Object.entries(base).map(([path, text]) => changeOf(path, { from: text, to: files[path] }));
  lay(Object.fromEntries(changes.map(({ path, content }) => [path, content])));
  git("add", "--all", "--force");
  return { ...before, tree: git("write-tree"), changes };
};

const changeOf = (
  path: string,
  { from, to = null }: { readonly from: string | null; readonly to: string | null | undefined },
): FileChange => ({ path, mode: "100644", content: to, encoding: "utf-8", in_base: from !== null });

const IDENTITY = {
  HOME: "/nonexistent",
  GIT_AUTHOR_NAME: "Kin",
  GIT_AUTHOR_EMAIL: "kin@localhost",
  GIT_COMMITTER_NAME: "Kin",
  GIT_COMMITTER_EMAIL: "kin@localhost",
};
