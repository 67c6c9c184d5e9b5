// The result of `kin run`: a branch or a patch, made from git objects alone. Neither the repository's work tree nor its
// index is touched.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileChange } from "../../core/model/change.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { freeBranch, type Place } from "./place.ts";

export interface Delivering {
  /** Where git is. */
  readonly path: string;
  readonly repo: string;
  readonly place: Place;
  readonly changes: readonly FileChange[];
  readonly message: string;
}

/** Returns a sentence that says where it is. */
export const deliver = (pipeline: Pipeline, { path, repo, place, changes, message }: Delivering): string => {
  const base = pipeline.opening.base.sha;
  const { tree, git } = treeOf(repo, { path, base, changes });
  if (place.kind === "patch") {
    const patch = git(["diff-tree", "-p", "--binary", base, tree]);
    if (place.file === "-") process.stdout.write(patch);
    else writeFileSync(place.file, patch);
    return `The result is a patch${place.file === "-" ? "" : ` in ${place.file}`}: git apply takes it.`;
  }
  const commit = git(["commit-tree", tree, "-p", base, "-F", "-"], message).trim();
  // Somebody may have taken the name meanwhile.
  const name = freeBranch(repo, place.name);
  git(["update-ref", "-m", "kin run", `refs/heads/${name}`, commit, "0".repeat(commit.length)]);
  return `The result is the branch ${name}: git -C ${quoted(repo)} diff HEAD...${name}`;
};

/** For a shell. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

interface Written {
  readonly path: string;
  readonly base: string;
  readonly changes: readonly FileChange[];
}

const treeOf = (repo: string, { path: programs, base, changes }: Written) => {
  const directory = mkdtempSync(join(tmpdir(), "kin-index-"));
  const git = (args: readonly string[], input?: string | Buffer): string =>
    execFileSync("git", ["-C", repo, ...args], {
      encoding: "utf8",
      input: input ?? "",
      maxBuffer: 256 * 1024 * 1024,
      env: { PATH: programs, GIT_INDEX_FILE: join(directory, "index"), ...IDENTITY },
    });
  try {
    git(["read-tree", base]);
    for (const { path, mode, content, encoding } of changes) {
      if (content === null) git(["update-index", "--force-remove", "--", path]);
      else {
        const bytes = Buffer.from(content, encoding === "base64" ? "base64" : "utf8");
        const blob = git(["hash-object", "-w", "--stdin"], bytes).trim();
        git(["update-index", "--add", "--cacheinfo", `${mode},${blob},${path}`]);
      }
    }
    return { git, tree: git(["write-tree"]).trim() };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const IDENTITY = {
  GIT_AUTHOR_NAME: "Kin",
  GIT_AUTHOR_EMAIL: "kin@localhost",
  GIT_COMMITTER_NAME: "Kin",
  GIT_COMMITTER_EMAIL: "kin@localhost",
};
