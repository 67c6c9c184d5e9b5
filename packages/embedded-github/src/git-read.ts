// What git says about commits: their data, their order, what changed between two, whether two merge cleanly.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { git, gitMaybe, gitRaw } from "./git.ts";
import { objectContent, shaOf } from "./git-batch.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export interface FileChange {
  readonly path: string;
  readonly previous: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

export const ZERO = "0".repeat(40);
export const isSha = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

const FORMAT = "%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1e";

export async function commitsOf(directory: string, args: readonly string[]): Promise<Commit[]> {
  const text = await git(directory, ["log", `--format=${FORMAT}`, ...args, "--"]);
  return text
    .split("\x1e")
    .map(record => record.replace(/^\n/, ""))
    .filter(record => record !== "")
    .map(parseCommit);
}

export async function commitOf(directory: string, sha: string): Promise<Commit | null> {
  const object = await objectContent(directory, `${sha}^{commit}`);
  if (object === null) return null;
  const text = object.content.toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = text.slice(0, end).split("\n");
  const values = (name: string): string[] =>
    headers.filter(line => line.startsWith(`${name} `)).map(line => line.slice(name.length + 1));
  return {
    sha: object.sha,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: personOf(values("author")[0] ?? ""),
    committer: personOf(values("committer")[0] ?? ""),
    message: text.slice(end + 2).trimEnd(),
  };
}

function personOf(line: string): Person {
  const [, name = "", email = "", seconds = "0"] = /^(.*?) ?<(.*)> (\d+)/.exec(line) ?? [];
  return { name, email, date: utc(new Date(Number(seconds) * 1000).toISOString()) };
}

function parseCommit(record: string): Commit {
  const [
    sha = "",
    tree = "",
    parents = "",
    an = "",
    ae = "",
    ad = "",
    cn = "",
    ce = "",
    cd = "",
    message = "",
  ] = record.split("\x1f");
  return {
    sha,
    tree,
    parents: parents.split(" ").filter(parent => parent !== ""),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  };
}

const utc = (date: string): string => new Date(date).toISOString().replace(/\.\d+Z$/, "Z");

/** The commit that a branch, tag, full ref or sha names. */
export async function resolveCommit(directory: string, name: string): Promise<string | null> {
  const candidates = isSha(name)
    ? [name]
    : [
        `refs/heads/${name}`,
        `refs/tags/${name}`,
        `refs/${name}`,
        ...(name.startsWith("refs/") ? [name] : []),
      ];
  if (name === "HEAD") candidates.push("HEAD");
  else if (/^[0-9a-f]{7,39}$/.test(name)) candidates.push(name);
  for (const candidate of candidates) {
    const sha = await shaOf(directory, `${candidate}^{commit}`);
    if (sha !== null && sha !== "") return sha;
  }
  return null;
}

/** Reads refs from their files, to save a process for the most frequent lookup. */
export async function readRef(directory: string, ref: string): Promise<string | null> {
  if (!/^refs\/[^\s^~:?*[\\]+$/.test(ref) || ref.includes(".."))
    return gitMaybe(directory, ["rev-parse", "--verify", "--quiet", ref]);
  const loose = await readFile(path.join(directory, ref), "utf8").catch(() => "");
  if (isSha(loose.trim())) return loose.trim();
  const packed = await readFile(path.join(directory, "packed-refs"), "utf8").catch(() => "");
  return (
    packed
      .split("\n")
      .find(line => line.slice(41) === ref)
      ?.slice(0, 40) ?? null
  );
}

export async function listRefs(directory: string, prefix: string): Promise<Map<string, string>> {
  const text = await git(directory, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
  const rows = text.split("\n").filter(line => line !== "");
  return new Map(rows.map(line => [line.slice(41), line.slice(0, 40)]));
}

/** A missing commit is nobody's ancestor. */
export async function isAncestor(directory: string, older: string, newer: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", older, newer];
  const found = await gitRaw(directory, args, { allow: [1] }).catch(() => null);
  return found?.code === 0;
}

export async function mergeBase(directory: string, a: string, b: string): Promise<string | null> {
  const found = await gitRaw(directory, ["merge-base", a, b], { allow: [1] }).catch(() => null);
  return found?.code === 0 ? found.stdout.toString("utf8").trimEnd() : null;
}

export async function countCommits(directory: string, range: string): Promise<number> {
  return Number(await git(directory, ["rev-list", "--count", range, "--"]));
}

/** The merged tree, or null if the two conflict. */
export async function mergeTrees(directory: string, base: string, head: string): Promise<string | null> {
  const args = ["merge-tree", "--write-tree", "--allow-unrelated-histories", base, head];
  const merged = await gitRaw(directory, args, { allow: [1] });
  return merged.code === 0 ? merged.stdout.toString("utf8").slice(0, 40) : null;
}

export async function changesBetween(directory: string, from: string, to: string): Promise<FileChange[]> {
  const common = ["diff", "-M", "--no-color", "--no-ext-diff"];
  const [summary, patches] = await Promise.all([
    gitRaw(directory, [...common, "--raw", "--numstat", "--no-abbrev", "-z", from, to, "--"]),
    gitRaw(directory, [...common, "--full-index", "-U3", from, to, "--"]),
  ]);
  return joinChanges(summary.stdout.toString("utf8"), splitPatches(patches.stdout.toString("utf8")));
}

function splitPatches(text: string): (string | null)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter(part => part !== "")
    .map(part => {
      const at = part.search(/^@@ /m);
      return at < 0 ? null : part.slice(at).replace(/\n$/, "");
    });
}

interface RawChange {
  readonly letter: string;
  readonly sha: string;
  readonly path: string;
  readonly previous: string | null;
}

function joinChanges(text: string, patches: readonly (string | null)[]): FileChange[] {
  const fields = text.split("\0");
  const raw: RawChange[] = [];
  const counts: { additions: number; deletions: number }[] = [];
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] ?? "";
    if (field.startsWith(":")) at += pushRaw(raw, field, fields, at);
    else if (field !== "") at += pushCount(counts, field);
    else at += 1;
  }
  return raw.map((change, index) => ({
    path: change.path,
    previous: change.previous,
    status: STATUS[change.letter] ?? "changed",
    sha: change.sha,
    ...(counts[index] ?? { additions: 0, deletions: 0 }),
    patch: patches[index] ?? null,
  }));
}

const STATUS: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

function pushRaw(raw: RawChange[], field: string, fields: readonly string[], at: number): number {
  const [, , before = "", after = "", status = ""] = field.split(" ");
  const letter = status.charAt(0);
  const renamed = letter === "R" || letter === "C";
  const path = fields[at + (renamed ? 2 : 1)] ?? "";
  raw.push({
    letter,
    sha: letter === "D" ? before : after,
    path,
    previous: renamed ? (fields[at + 1] ?? "") : null,
  });
  return renamed ? 3 : 2;
}

function pushCount(counts: { additions: number; deletions: number }[], field: string): number {
  const [additions = "0", deletions = "0", path = ""] = field.split("\t");
  counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
  return path === "" ? 3 : 1;
}

export interface DiffLines {
  readonly left: ReadonlyMap<number, string>;
  readonly right: ReadonlyMap<number, string>;
}

/** The lines of a patch that a review comment may name, each with its hunk's text up to that line. */
export function diffLines(patch: string): DiffLines {
  const left = new Map<number, string>();
  const right = new Map<number, string>();
  let [oldLine, newLine, hunk] = [0, 0, ""];
  for (const line of patch.split("\n")) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    hunk = start === null ? `${hunk}\n${line}` : line;
    if (start !== null) [oldLine, newLine] = [Number(start[1]), Number(start[2])];
    else if (line.startsWith("+")) right.set(newLine++, hunk);
    else if (line.startsWith("-")) left.set(oldLine++, hunk);
    else if (!line.startsWith("\\")) {
      left.set(oldLine++, hunk);
      right.set(newLine++, hunk);
    }
  }
  return { left, right };
}
