// Makes git objects: blobs, trees from a list of changes, commits. Written directly as loose objects, because git would
// need several processes for each; `git fsck` accepts them.

import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { unprocessable } from "./failure.ts";
import { objectContent, typeOf } from "./git-batch.ts";
import type { Person } from "./git-read.ts";

export interface TreeChange {
  readonly path: string;
  readonly mode?: string | undefined;
  readonly type?: string | undefined;
  readonly sha?: string | null | undefined;
  readonly content?: string | Uint8Array | undefined;
}

async function writeObject(directory: string, type: string, content: Uint8Array): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const sha = createHash("sha1").update(whole).digest("hex");
  const folder = path.join(directory, "objects", sha.slice(0, 2));
  const file = path.join(folder, sha.slice(2));
  const known = await stat(file).then(
    () => true,
    () => false,
  );
  if (known) return sha;
  await mkdir(folder, { recursive: true });
  const neighbour = path.join(folder, `tmp_obj_${randomBytes(6).toString("hex")}`);
  await writeFile(neighbour, deflateSync(whole, { level: 1 }), { mode: 0o444 });
  await rename(neighbour, file);
  return sha;
}

export const writeBlob = (directory: string, content: string | Uint8Array): Promise<string> =>
  writeObject(directory, "blob", typeof content === "string" ? Buffer.from(content) : content);

const KINDS: Readonly<Record<string, string>> = {
  "100644": "blob",
  "100755": "blob",
  "120000": "blob",
  "040000": "tree",
  "160000": "commit",
};

interface Leaf {
  readonly kind: "leaf";
  readonly mode: string;
  readonly sha: string;
}

interface Folder {
  readonly kind: "folder";
  /** Null if it is new. */
  readonly sha: string | null;
  /** Null until it has been read. */
  entries: Map<string, Leaf | Folder> | null;
  changed: boolean;
}

/** `base` is a tree, or a commit for its tree; null starts empty. */
export async function writeTree(
  directory: string,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<string> {
  const root = folder(base === null ? null : `${base}^{tree}`);
  for (const change of changes) await apply(directory, root, change);
  await entriesOf(directory, root);
  root.changed = true;
  return (await writeFolder(directory, root)) ?? (await writeObject(directory, "tree", new Uint8Array()));
}

const folder = (sha: string | null): Folder => ({
  kind: "folder",
  sha,
  entries: null,
  changed: sha === null,
});

async function entriesOf(directory: string, at: Folder): Promise<Map<string, Leaf | Folder>> {
  if (at.entries !== null) return at.entries;
  const object = at.sha === null ? null : await objectContent(directory, at.sha);
  at.entries = object === null ? new Map() : parseTree(object.content);
  return at.entries;
}

function parseTree(content: Buffer): Map<string, Leaf | Folder> {
  const entries = new Map<string, Leaf | Folder>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const zero = content.indexOf(0, space);
    const mode = content.toString("latin1", at, space);
    const sha = content.toString("hex", zero + 1, zero + 21);
    entries.set(
      content.toString("utf8", space + 1, zero),
      mode === "40000" ? folder(sha) : { kind: "leaf", mode, sha },
    );
    at = zero + 21;
  }
  return entries;
}

async function apply(directory: string, root: Folder, change: TreeChange): Promise<void> {
  checkPath(change.path);
  const names = change.path.split("/");
  const name = names.pop() as string;
  const gone = change.content === undefined && change.sha === null;
  const value = gone ? null : await leafOf(directory, change);
  let at = root;
  for (const part of names) {
    at.changed = true;
    const entries = await entriesOf(directory, at);
    const next = entries.get(part);
    if (gone && next?.kind !== "folder") throw unprocessable("GitRPC::BadObjectState");
    const into = next?.kind === "folder" ? next : folder(null);
    entries.set(part, into);
    at = into;
  }
  at.changed = true;
  const entries = await entriesOf(directory, at);
  if (value === null) {
    if (!entries.delete(name)) throw unprocessable("GitRPC::BadObjectState");
  } else entries.set(name, value);
}

async function leafOf(directory: string, change: TreeChange): Promise<Leaf | Folder> {
  const mode = change.mode ?? "100644";
  const kind = KINDS[mode];
  if (kind === undefined)
    throw unprocessable("tree.mode must be one of 100644, 100755, 040000, 160000, 120000");
  if (change.content !== undefined)
    return { kind: "leaf", mode, sha: await writeBlob(directory, change.content) };
  const sha = change.sha ?? "";
  if (!/^[0-9a-f]{40}$/.test(sha) || (kind !== "commit" && (await typeOf(directory, sha)) !== kind))
    throw unprocessable(`tree.sha ${sha} is not a valid ${kind}`);
  return kind === "tree" ? folder(sha) : { kind: "leaf", mode, sha };
}

function checkPath(file: string): void {
  const bad =
    /[\0\n]/.test(file) ||
    file === "" ||
    file.split("/").some(part => ["", ".", ".."].includes(part) || /^\.git$/i.test(part));
  if (bad) throw unprocessable("tree.path contains a malformed path component");
}

/** Null for a folder without files: git stores none. */
async function writeFolder(directory: string, at: Folder): Promise<string | null> {
  if (!at.changed || at.entries === null) return at.sha;
  const rows: { readonly key: Buffer; readonly bytes: Buffer }[] = [];
  for (const [name, entry] of at.entries) {
    const sha = entry.kind === "leaf" ? entry.sha : await writeFolder(directory, entry);
    if (sha === null) continue;
    const mode = entry.kind === "leaf" ? entry.mode : "40000";
    rows.push({
      // Git sorts folders as if their names ended with a slash.
      key: Buffer.from(entry.kind === "leaf" ? name : `${name}/`),
      bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, "hex")]),
    });
  }
  if (rows.length === 0) return null;
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  return writeObject(directory, "tree", Buffer.concat(rows.map(row => row.bytes)));
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

export function writeCommit(directory: string, commit: NewCommit): Promise<string> {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map(parent => `parent ${parent}`),
    `author ${signature(commit.author)}`,
    `committer ${signature(commit.committer)}`,
  ];
  const text = `${head.join("\n")}\n\n${commit.message.replaceAll("\0", "")}`;
  return writeObject(directory, "commit", Buffer.from(text));
}

function signature({ name, email, date }: Person): string {
  const plain = (text: string): string => text.replace(/[<>\n\0]/g, "").trim();
  const zone = /([+-]\d\d):?(\d\d)$/.exec(date.slice(10));
  const offset = zone === null ? "+0000" : `${zone[1]}${zone[2]}`;
  return `${plain(name)} <${plain(email)}> ${Math.floor(Date.parse(date) / 1000)} ${offset}`;
}
