// Making git objects: blobs, trees from a list of changes, commits.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { unprocessable } from "./failure.ts";
import { git, gitMaybe, gitRaw } from "./git.ts";
import type { Person } from "./git-read.ts";

export interface TreeChange {
  readonly path: string;
  readonly mode?: string | undefined;
  readonly type?: string | undefined;
  readonly sha?: string | null | undefined;
  readonly content?: string | Uint8Array | undefined;
}

export const writeBlob = (directory: string, content: string | Uint8Array): Promise<string> =>
  git(directory, ["hash-object", "-w", "--stdin"], { input: content });

const KINDS: Readonly<Record<string, string>> = {
  "100644": "blob",
  "100755": "blob",
  "120000": "blob",
  "040000": "tree",
  "160000": "commit",
};

export async function writeTree(
  directory: string,
  baseTree: string | null,
  changes: readonly TreeChange[],
): Promise<string> {
  const scratch = await mkdtemp(path.join(tmpdir(), "github-index-"));
  const env = { GIT_INDEX_FILE: path.join(scratch, "index") };
  try {
    await git(directory, baseTree === null ? ["read-tree", "--empty"] : ["read-tree", baseTree], { env });
    // Only deletions and whole trees need to know what is there.
    const asks = changes.some(change => change.content === undefined);
    const present = asks ? await indexPaths(directory, env) : new Set<string>();
    const lines: string[] = [];
    for (const change of changes) lines.push(...(await indexLines(directory, change, present)));
    await git(directory, ["update-index", "-z", "--add", "--replace", "--index-info"], {
      env,
      input: lines.map(line => `${line}\0`).join(""),
    });
    return await git(directory, ["write-tree"], { env });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function indexPaths(directory: string, env: Record<string, string>): Promise<Set<string>> {
  const listed = await gitRaw(directory, ["ls-files", "-z"], { env });
  return new Set(listed.stdout.toString("utf8").split("\0"));
}

async function indexLines(
  directory: string,
  change: TreeChange,
  present: ReadonlySet<string>,
): Promise<string[]> {
  checkPath(change.path);
  if (change.content === undefined && change.sha === null) return deletions(change.path, present);
  const mode = change.mode ?? "100644";
  const kind = KINDS[mode];
  if (kind === undefined)
    throw unprocessable("tree.mode must be one of 100644, 100755, 040000, 160000, 120000");
  if (change.content !== undefined)
    return [`${mode} ${await writeBlob(directory, change.content)}\t${change.path}`];
  const sha = change.sha ?? "";
  if (kind !== "commit" && (await gitMaybe(directory, ["cat-file", "-t", sha])) !== kind)
    throw unprocessable(`tree.sha ${sha} is not a valid ${kind}`);
  if (kind !== "tree") return [`${mode} ${sha}\t${change.path}`];
  const under = (await git(directory, ["ls-tree", "-r", "-z", sha])).split("\0").filter(row => row !== "");
  const replaced = [...present].filter(file => file.startsWith(`${change.path}/`));
  return [
    ...replaced.map(file => `0 ${"0".repeat(40)}\t${file}`),
    ...under.map(row => row.replace(/^(\d+) \w+ (\w+)\t/, `$1 $2\t${change.path}/`)),
  ];
}

function checkPath(file: string): void {
  const bad =
    file === "" || file.split("/").some(part => ["", ".", ".."].includes(part) || /^\.git$/i.test(part));
  if (bad) throw unprocessable("tree.path contains a malformed path component");
}

function deletions(file: string, present: ReadonlySet<string>): string[] {
  const gone = [...present].filter(one => one === file || one.startsWith(`${file}/`));
  if (gone.length === 0) throw unprocessable("GitRPC::BadObjectState");
  return gone.map(one => `0 ${"0".repeat(40)}\t${one}`);
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

export function writeCommit(directory: string, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap(parent => ["-p", parent]);
  return git(directory, ["commit-tree", commit.tree, ...parents, "-F", "-"], {
    input: commit.message,
    env: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_AUTHOR_DATE: commit.author.date,
      GIT_COMMITTER_NAME: commit.committer.name,
      GIT_COMMITTER_EMAIL: commit.committer.email,
      GIT_COMMITTER_DATE: commit.committer.date,
    },
  });
}
