// Looks up objects with one `git cat-file --batch-command` per repository, which stays open: starting a process for
// each lookup would take most of the embedded GitHub's time.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import path from "node:path";
import { GIT_ENV } from "./git.ts";

export interface ObjectInfo {
  readonly sha: string;
  readonly type: string;
  readonly size: number;
}

export interface GitObject extends ObjectInfo {
  readonly content: Buffer;
}

type Asked =
  | {
      readonly kind: "info";
      readonly done: (found: ObjectInfo | null) => void;
      readonly fail: (error: Error) => void;
    }
  | {
      readonly kind: "contents";
      readonly done: (found: GitObject | null) => void;
      readonly fail: (error: Error) => void;
    };

interface Batch {
  readonly child: ChildProcessWithoutNullStreams;
  readonly waiting: Asked[];
}

const open = new Map<string, Batch>();

/** Takes anything that names an object: a sha, `refs/heads/main^{tree}`, `<sha>:src/a.js`. Null if there is none. */
export const objectInfo = (directory: string, name: string): Promise<ObjectInfo | null> =>
  new Promise((done, fail) => ask(directory, name, { kind: "info", done, fail }));

export const objectContent = (directory: string, name: string): Promise<GitObject | null> =>
  new Promise((done, fail) => ask(directory, name, { kind: "contents", done, fail }));

/** The sha that a name refers to, peeled as the name says. */
export const shaOf = async (directory: string, name: string): Promise<string | null> =>
  (await objectInfo(directory, name))?.sha ?? null;

export const typeOf = async (directory: string, name: string): Promise<string | null> =>
  (await objectInfo(directory, name))?.type ?? null;

/** Ends the processes of all repositories below a folder. */
export function closeBatches(folder: string): void {
  for (const [directory, { child }] of open) {
    if (!directory.startsWith(`${folder}${path.sep}`)) continue;
    open.delete(directory);
    child.stdin.end();
  }
}

function ask(directory: string, name: string, asked: Asked): void {
  if (name === "" || /[\n\0]/.test(name)) {
    asked.done(null);
    return;
  }
  const batch = open.get(directory) ?? start(directory);
  batch.waiting.push(asked);
  batch.child.stdin.write(`${asked.kind} ${name}\n`);
}

function start(directory: string): Batch {
  const child = spawn("git", ["cat-file", "--batch-command"], { cwd: directory, env: GIT_ENV });
  const batch: Batch = { child, waiting: [] };
  open.set(directory, batch);
  let read: Buffer = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
    read = answerAll(batch, read);
  });
  const ended = (error: Error): void => {
    if (open.get(directory) === batch) open.delete(directory);
    for (const { fail } of batch.waiting.splice(0)) fail(error);
  };
  child.on("error", ended);
  child.on("close", () => ended(new Error(`git cat-file ended in ${directory}`)));
  child.stdin.on("error", () => undefined);
  child.stderr.resume();
  // A pending lookup keeps this process alive through its caller's promise; the idle child must not.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    (stream as unknown as { unref?: () => void }).unref?.();
  return batch;
}

/** Resolves every complete answer and returns the rest of the input. */
function answerAll({ waiting }: Batch, read: Buffer): Buffer {
  let at = 0;
  while (waiting.length > 0) {
    const asked = waiting[0] as Asked;
    const end = read.indexOf(10, at);
    if (end < 0) break;
    const info = infoOf(read.toString("utf8", at, end));
    if (info === null || asked.kind === "info") {
      waiting.shift();
      if (asked.kind === "info") asked.done(info);
      else asked.done(null);
      at = end + 1;
      continue;
    }
    const after = end + 1 + info.size;
    if (read.length < after + 1) break;
    waiting.shift();
    asked.done({ ...info, content: Buffer.from(read.subarray(end + 1, after)) });
    at = after + 1;
  }
  return read.subarray(at);
}

function infoOf(line: string): ObjectInfo | null {
  const [, sha, type, size] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(line) ?? [];
  return sha === undefined || type === undefined ? null : { sha, type, size: Number(size) };
}
