// A case's files as a git repository with one commit.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** `directory` is made. Answers the commit and its tree. */
export const commitFiles = (
  directory: string,
  { files, path }: { readonly files: Readonly<Record<string, string>>; readonly path: string },
): { readonly base: string; readonly tree: string } => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: path, GIT_CONFIG_NOSYSTEM: "1", ...IDENTITY },
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all", "--force");
  git("commit", "--quiet", "-m", "The repository of a case");
  return { base: git("rev-parse", "HEAD"), tree: git("rev-parse", "HEAD^{tree}") };
};

const IDENTITY = {
  HOME: "/nonexistent",
  GIT_AUTHOR_NAME: "Kin",
  GIT_AUTHOR_EMAIL: "kin@localhost",
  GIT_COMMITTER_NAME: "Kin",
  GIT_COMMITTER_EMAIL: "kin@localhost",
};
