// Trees in the harness's git directory: listing, comparing and laying them over a directory.

import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { chmod, lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "./git.ts";
import { bytesOf, nameOf } from "./names.ts";

export interface Entry {
  readonly mode: string;
  readonly sha: string;
}
/** The mode of a submodule, which is a commit of another repository. */
export const LINK = "160000";
export type Entries = ReadonlyMap<string, Entry>;

export interface Difference {
  readonly path: string;
  readonly before: Entry | null;
  readonly after: Entry | null;
}

export const listTree = async (git: Git, tree: string): Promise<Map<string, Entry>> => {
  const entries = new Map<string, Entry>();
  for (const row of split(await git.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree]))) {
    const [meta = "", path = ""] = cut(row, "\t");
    const [mode = "", , sha = ""] = meta.split(" ");
    entries.set(path, { mode, sha });
  }
  return entries;
};

/** The paths in the first bytes of its list. */
export const pathsOfTree = async (git: Git, tree: string): Promise<readonly string[]> => {
  const read: Buffer[] = [];
  let bytes = 0;
  const hear = (chunk: Buffer): boolean => {
    read.push(chunk);
    bytes += chunk.length;
    return bytes < MOST_LISTED;
  };
  const args = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", tree];
  await git.run(args, { hear });
  return splitAll(Buffer.concat(read));
};

const MOST_LISTED = 256 * 1024;

export interface Sized {
  readonly files: number;
  /** Size when checked out; 0 if there are more files than were looked at. */
  readonly bytes: number;
  readonly entries: Entries;
}

/** A tree with its files' sizes; stops after `most` files. */
export const sizedTree = async (
  git: Git,
  tree: string,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<Sized> => {
  const entries = new Map<string, Entry>();
  // A tree may contain the same object many times, so rows are counted, not names.
  const counts = new Map<string, number>();
  let files = 0;
  let rest = "";
  const hear = (chunk: Buffer): boolean => {
    const rows = (rest + chunk.toString("latin1")).split("\0");
    rest = rows.pop() ?? "";
    files += rows.length;
    for (const row of rows) {
      const [meta = "", path = ""] = cut(row, "\t");
      const [mode = "", , sha = ""] = meta.split(" ");
      entries.set(nameOf(Buffer.from(path, "latin1")), { mode, sha });
      if (mode !== LINK) counts.set(sha, (counts.get(sha) ?? 0) + 1);
    }
    return files <= most;
  };
  await git.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree], { hear, signal });
  // `ls-tree -l` would open a loose object once for each of its names.
  const sizes = files > most ? [] : await blobSizes(git, [...counts.keys()], signal);
  let bytes = 0;
  for (const [sha, size] of sizes) bytes += size * (counts.get(sha) ?? 0);
  return { files, bytes, entries };
};

export const diffTrees = async (
  git: Git,
  trees: readonly [string, string],
): Promise<readonly Difference[]> => {
  if (trees[0] === trees[1]) return [];
  const rows = split(
    await git.run(["diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", "--end-of-options", ...trees]),
  );
  const differences: Difference[] = [];
  for (let index = 0; index + 1 < rows.length; index += 2) {
    const [before = "", after = "", oldSha = "", newSha = ""] = (rows[index] ?? "").slice(1).split(" ");
    differences.push({
      path: rows[index + 1] ?? "",
      before: entry(before, oldSha),
      after: entry(after, newSha),
    });
  }
  return differences;
};

const entry = (mode: string, sha: string): Entry | null => (mode === "000000" ? null : { mode, sha });

/** The content of blobs, in one process. */
export const readBlobs = async (git: Git, shas: readonly string[]): Promise<ReadonlyMap<string, Buffer>> => {
  const blobs = new Map<string, Buffer>();
  const wanted = [...new Set(shas)];
  if (wanted.length === 0) return blobs;
  const output = await git.run(["cat-file", "--batch"], { input: `${wanted.join("\n")}\n` });
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(0x0a, at);
    const [sha = "", , size = ""] = output.toString("latin1", at, end).split(" ");
    const bytes = Number(size);
    blobs.set(sha, output.subarray(end + 1, end + 1 + bytes));
    at = end + 1 + bytes + 1;
  }
  return blobs;
};

export const blobSizes = async (
  git: Git,
  shas: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Set(shas)];
  if (wanted.length === 0) return new Map();
  const input = `${wanted.join("\n")}\n`;
  const text = await git.text(["cat-file", "--batch-check"], { input, ...(signal && { signal }) });
  const rows = text.split("\n");
  return new Map(rows.map(row => row.split(" ")).map(([sha = "", , size = "0"]) => [sha, Number(size)]));
};

/** Makes `directory`, which holds `from`, hold `to`, and leaves everything else in it alone. */
export const layOver = async (
  git: Git,
  trees: { readonly from: string; readonly to: string },
  place: { readonly index: string; readonly workTree: string },
): Promise<void> => {
  await git.run(["read-tree", "--end-of-options", trees.to], place);
  const differences = await diffTrees(git, [trees.from, trees.to]);
  for (const { path, after } of differences) if (after === null) await removeFile(place.workTree, path);
  await checkOut(
    git,
    differences.flatMap(({ path, after }) => (after === null ? [] : [path])),
    place,
  );
};

/** git replaces whatever is in the way, including symbolic links above a path, and never writes through one. */
export const checkOut = async (
  git: Git,
  paths: readonly string[],
  place: { readonly index: string; readonly workTree: string },
): Promise<void> => {
  if (paths.length === 0) return;
  await git.run(["checkout-index", "--force", "-u", "-q", "-z", "--stdin"], {
    ...place,
    input: joined(paths),
  });
};

/** Only below real directories: a link above a path would lead out of the work tree. */
export const removeFile = async (root: string, path: string): Promise<void> => {
  if ((await lstatInside(root, path)) === null) return; // guard: removal-inside
  await rm(bytesOf(join(root, path)), { recursive: true, force: true });
};

/** What is at `path`; null if there is nothing, or if anything but directories is on the way. */
export const lstatInside = async (root: string, path: string): Promise<Stats | null> => {
  const segments = path.split("/");
  let at = root;
  for (const [index, segment] of segments.entries()) {
    at = join(at, segment);
    const found = await lstat(bytesOf(at)).catch(() => null);
    if (found === null || index === segments.length - 1) return found;
    if (!found.isDirectory()) return null; // guard: stop-at-links
    // A closed directory would make everything in it look deleted.
    // guard: closed-directories
    if ((found.mode & 0o700) !== 0o700) await chmod(bytesOf(at), (found.mode & 0o777) | 0o700);
  }
  return null;
};

/** Outermost first. */
export const directoriesAbove = (path: string): readonly string[] => {
  const names = path.split("/").slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
};

/** git's NUL-separated rows, as `nameOf` writes them. */
export const split = (output: Buffer): readonly string[] => splitAll(output).filter(row => row !== "");

/** Includes empty rows. */
export const splitAll = (output: Buffer): readonly string[] => {
  if (isUtf8(output)) return output.toString("utf8").split("\0").slice(0, -1);
  const rows: string[] = [];
  let at = 0;
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, at)) {
    rows.push(nameOf(output.subarray(at, end)));
    at = end + 1;
  }
  return rows;
};
export const joined = (rows: readonly string[]): Buffer => bytesOf(rows.map(row => `${row}\0`).join(""));

const cut = (row: string, at: string): readonly [string, string] => {
  const index = row.indexOf(at);
  return [row.slice(0, index), row.slice(index + 1)];
};
