// What changed on a bench since the last record, as a tree and whole files; changes that are not allowed are undone. A
// model's commands wrote the work tree, so every path is examined without following links, and every reported byte is
// read from git's store after hashing.

import { isUtf8 } from "node:buffer";
import { access, chmod, constants, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FileChange } from "../../core/model/change.ts";
import { KinError } from "../../core/model/error.ts";
import { readBytes } from "../../core/model/patch/bytes.ts";
import { contentProblem } from "../../core/model/patch/content-rules.ts";
import {
  collisions,
  crowdProblem,
  MAX_FILE_BYTES,
  overLimit,
  sizeProblem,
} from "../../core/model/patch/patch-rules.ts";
import { type PathRules, pathProblem } from "../../core/model/patch/path-rules.ts";
import type { Recorded } from "../drive/ports/workbench.ts";
import type { Git } from "./git.ts";
import { isPointer, keptByLfs } from "./lfs.ts";
import { nameOf } from "./names.ts";
import { findTraps } from "./traps.ts";
import * as trees from "./tree.ts";

export interface Recorder {
  /** `written`: what file tools wrote. If no patch can take such a file, the result says so. */
  readonly record: (written?: readonly string[]) => Promise<Recorded>;
  readonly tree: () => string;
}

export interface RecorderOptions {
  readonly git: Git;
  readonly place: { readonly index: string; readonly workTree: string };
  readonly rules: PathRules;
  /** The tree that the pipeline started from. */
  readonly baseline: string;
  /** The tree that the work tree holds now; the index matches it. */
  readonly tree: string;
}

type Refused = Map<string, string>;

interface Size {
  readonly files: number;
  readonly bytes: number;
  /** Length of their paths. */
  readonly characters: number;
}

const NOTHING: Size = { files: 0, bytes: 0, characters: 0 };

/** Undoing can uncover more, such as the files of a nested repository; a few rounds are plenty. */
const ROUNDS = 12;

export const createRecorder = async (options: RecorderOptions): Promise<Recorder> => {
  const { git, place, rules } = options;
  const baseline = { tree: options.baseline, entries: await trees.listTree(git, options.baseline) };
  const isKeptByLfs = keptByLfs(await attributesIn(git, baseline.entries));
  let last = { tree: options.tree, entries: await trees.listTree(git, options.tree) };

  /** Paths that differ from the index; a nested repository ends in a slash. */
  const candidates = async (): Promise<readonly string[]> => [
    // A path that is both modified and deleted is listed twice.
    ...new Set(
      trees.split(await git.run(["ls-files", "-z", "--others", "--modified", "--exclude-standard"], place)),
    ),
  ];

  const record = async (written: readonly string[] = []): Promise<Recorded> => {
    const refused: Refused = new Map();
    await removeTraps(refused); // guard: traps
    // guard: changes-nothing
    if (rules.scope.permission !== "full") {
      await settle(async paths => new Map(paths.map(path => [path, "this role changes nothing"])), refused);
      return { tree: last.tree, changes: [], refused: named(refused) };
    }
    const paths = await settle(async found => inspect(found, options, last.entries), refused);
    const changes = paths.length === 0 ? [] : await enter(paths, refused);
    for (const [path, why] of await leftOut(written)) if (!refused.has(path)) refused.set(path, why);
    return {
      tree: last.tree,
      changes,
      refused: named(refused),
    };
  };

  /** Which files that file tools wrote are there but in no tree, because an ignore rule or a submodule excludes them. */
  const leftOut = async (written: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const there: string[] = [];
    const found = new Map<string, string>();
    for (const path of written) {
      if (last.entries.has(path) || !(await trees.lstatInside(place.workTree, path))?.isFile()) continue;
      const link = trees.directoriesAbove(path).find(above => last.entries.get(above)?.mode === trees.LINK);
      if (link === undefined) there.push(path);
      else found.set(path, `it stays where it is and is in no patch: ${link} is a submodule`);
    }
    if (there.length === 0) return found;
    // It exits 1 if nothing is ignored, and does not support literal pathspecs.
    const options = { ...place, input: trees.joined(there), env: { GIT_LITERAL_PATHSPECS: "0" } };
    const asked = git.run(["check-ignore", "-v", "-z", "--no-index", "--stdin"], options);
    const rows = trees.splitAll(await asked.catch(() => Buffer.alloc(0)));
    for (let at = 0; at + 3 < rows.length; at += 4) {
      const [source = "", line, pattern, path = ""] = rows.slice(at, at + 4);
      found.set(
        path,
        /(?:^|\/)\.gitignore$/.test(source)
          ? `it stays where it is and is in no patch: ${source}:${line} leaves out \`${pattern}\``
          : `it stays where it is and is in no patch: \`${pattern}\` is what setup or a build makes`,
      );
    }
    return found;
  };

  /** No tree holds such files, and nobody needs them any more. What they replaced is put back. */
  const removeTraps = async (refused: Refused): Promise<void> => {
    const lost: string[] = [];
    for (const { path, why } of findTraps()) {
      const name = nameOf(path);
      refused.set(name, why);
      await rm(path, { recursive: true, force: true });
      lost.push(...(last.entries.has(name) ? [name] : below(name)));
    }
    await trees.checkOut(git, lost, place);
  };

  /** Undoes what `judge` refuses until nothing is refused; returns what remains. */
  const settle = async (
    judge: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>,
    refused: Refused,
  ): Promise<readonly string[]> => {
    for (let round = 0; round < ROUNDS; round++) {
      const paths = await candidates();
      const bad = paths.length === 0 ? new Map<string, string>() : await judge(paths);
      if (bad.size === 0) return paths;
      for (const [path, why] of bad) refused.set(path, why);
      await putBack(paths.filter(path => bad.has(path)));
    }
    throw new KinError("The work tree changes while it is being recorded.", {
      code: "record_failed",
      retryable: true,
      hint: "A process of the project may still be writing files.",
    });
  };

  const putBack = async (paths: readonly string[]): Promise<void> => {
    const known: string[] = [];
    for (const name of paths) {
      // guard: nested-repositories
      if (name.endsWith("/")) await trees.removeFile(place.workTree, `${name}.git`);
      else if (last.entries.has(name)) known.push(name);
      else {
        await trees.removeFile(place.workTree, name);
        known.push(...below(name));
      }
    }
    for (const name of known)
      if (last.entries.get(name)?.mode === trees.LINK) await trees.removeFile(place.workTree, name);
    await trees.checkOut(git, known, place);
  };

  /** The paths that a refused file or link replaced. */
  const below = (name: string): readonly string[] =>
    [...last.entries.keys()].filter(path => path.startsWith(`${name}/`));

  /** Adds paths to the index, checks their content, and makes the tree of what is left. */
  const enter = async (paths: readonly string[], refused: Refused): Promise<readonly FileChange[]> => {
    await intoIndex(paths);
    for (;;) {
      const tree = await git.text(["write-tree"], place);
      const differences = await trees.diffTrees(git, [last.tree, tree]);
      const [blobs, others] = await Promise.all([
        trees.readBlobs(git, differences.flatMap(shasOf)),
        earlier(tree, differences),
      ]);
      const bad = judgeContent(differences, blobs, others);
      if (bad.size === 0) {
        last = { tree, entries: withDifferences(last.entries, differences) };
        return differences
          .map(difference => toChange(difference, blobs, baseline.entries))
          .sort((a, b) => (a.path < b.path ? -1 : 1));
      }
      for (const [path, why] of bad) refused.set(path, why);
      await revert(differences.filter(({ path }) => bad.has(path)));
    }
  };

  /** Removals first: a file may have become a directory. */
  const intoIndex = async (paths: readonly string[]): Promise<void> => {
    const gone = new Set<string>();
    for (const path of paths) {
      const found = await trees.lstatInside(place.workTree, path);
      if (found === null || found.isDirectory()) gone.add(path);
    }
    const update = (options: readonly string[], input: readonly string[]): Promise<Buffer> =>
      git.run(["update-index", "-z", ...options, "--stdin"], { ...place, input: trees.joined(input) });
    const there = paths.filter(path => !gone.has(path));
    if (gone.size > 0) await update(["--force-remove"], [...gone]);
    if (there.length > 0) await update(["--add", "--replace"], there);
  };

  const judgeContent = (
    differences: readonly trees.Difference[],
    blobs: ReadonlyMap<string, Buffer>,
    others: Size,
  ): ReadonlyMap<string, string> => {
    const bad = new Map<string, string>();
    for (const difference of differences) {
      const why = problemOf(difference, blobs, baseline.entries) ?? lfsProblem(difference, blobs);
      if (why !== null) bad.set(difference.path, why);
    }
    if (bad.size > 0) return bad;
    const added = differences.flatMap(({ path, before }) => (before === null ? [path] : []));
    const colliding = collisions(added, withDifferences(last.entries, differences).keys());
    if (colliding.size > 0) return colliding; // guard: collisions
    // A file that the patch had added and that is gone again is not in the patch any more: it makes room.
    const patched = differences.filter(({ path, after }) => after !== null || baseline.entries.has(path));
    const sized = (some: readonly trees.Difference[]) =>
      some.map(({ path, after }) => ({ path, bytes: blobs.get(after?.sha ?? "")?.length ?? 0 }));
    const all = overLimit(sized(patched), others); // guard: patch-limits
    return all.size > 0 ? all : overLimit(sized(differences), NOTHING); // guard: limits-of-a-turn
  };

  /** Raw content would not be an LFS file to anybody who checks it out, and Kin writes nothing to LFS storage. */
  const lfsProblem = (
    { path, after }: trees.Difference,
    blobs: ReadonlyMap<string, Buffer>,
  ): string | null => {
    const content = after === null ? undefined : blobs.get(after.sha);
    return content === undefined || !isKeptByLfs(path) || isPointer(content) // guard: pointers-of-lfs
      ? null
      : "Git LFS keeps it (.gitattributes), and here is only a pointer to what it holds; say in your answer what a person should put there";
  };

  /** The size of the patch so far, from the baseline, without the paths that just changed. */
  const earlier = async (tree: string, now: readonly trees.Difference[]): Promise<Size> => {
    if (last.tree === baseline.tree) return NOTHING; // guard: earlier-changes
    const paths = new Set(now.map(({ path }) => path));
    const others = (await trees.diffTrees(git, [baseline.tree, tree])).filter(({ path }) => !paths.has(path));
    const shas = others.flatMap(({ after }) => (after === null ? [] : [after.sha]));
    const sizes = await trees.blobSizes(git, shas);
    return {
      files: others.length,
      bytes: shas.reduce((sum, sha) => sum + (sizes.get(sha) ?? 0), 0),
      characters: others.reduce((sum, { path }) => sum + path.length, 0),
    };
  };

  const revert = async (differences: readonly trees.Difference[]): Promise<void> => {
    const rows = differences.map(({ path, before }) =>
      before === null ? `0 ${"0".repeat(40)}\t${path}` : `${before.mode} ${before.sha}\t${path}`,
    );
    for (const { path, before } of differences)
      if (before === null) await trees.removeFile(place.workTree, path);
    await git.run(["update-index", "-z", "--index-info"], { ...place, input: trees.joined(rows) });
    await trees.checkOut(
      git,
      differences.flatMap(({ path, before }) => (before === null ? [] : [path])),
      place,
    );
  };

  return { record, tree: () => last.tree };
};

/** Read from the project's files, not from what a role wrote; unreasonably large ones are skipped. */
const attributesIn = async (git: Git, entries: trees.Entries): Promise<ReadonlyMap<string, string>> => {
  const found = [...entries].filter(([path]) => /(?:^|\/)\.gitattributes$/.test(path)).slice(0, 100);
  const sizes = await trees.blobSizes(
    git,
    found.map(([, { sha }]) => sha),
  );
  const read = found.filter(([, { sha }]) => (sizes.get(sha) ?? 0) <= 64 * 1024);
  const blobs = await trees.readBlobs(
    git,
    read.map(([, { sha }]) => sha),
  );
  return new Map(read.map(([path, { sha }]) => [path, blobs.get(sha)?.toString("utf8") ?? ""]));
};

/** Sorted by path; beyond a hundred only a count. */
const named = (refused: ReadonlyMap<string, string>): Recorded["refused"] => {
  const all = [...refused]
    .map(([path, why]) => ({ path: printable(path), why }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (all.length <= MOST_NAMED) return all;
  const why = all.at(-1)?.why ?? "";
  return [...all.slice(0, MOST_NAMED), { path: `and ${all.length - MOST_NAMED} more`, why }];
};

const MOST_NAMED = 100;

/** What can be decided before anything is hashed: names, places, kinds and sizes. */
const inspect = async (
  paths: readonly string[],
  { place, rules }: RecorderOptions,
  entries: trees.Entries,
): Promise<ReadonlyMap<string, string>> => {
  const bad = new Map<string, string>();
  for (const [index, name] of paths.entries()) {
    // guard: names-are-text, path-rules, crowds
    const why = !name.isWellFormed()
      ? "its name is not valid UTF-8, and Kin changes no such file; choose another name"
      : name.endsWith("/")
        ? "it is a git repository of its own inside the project; its .git was removed"
        : (pathProblem(name, rules) ??
          crowdProblem(index, paths.length) ??
          (await kindProblem(place.workTree, name, entries.get(name))));
    if (why !== null) bad.set(name, why);
  }
  return bad;
};

const kindProblem = async (
  root: string,
  path: string,
  before: trees.Entry | undefined,
): Promise<string | null> => {
  const found = await trees.lstatInside(root, path);
  // guard: submodules
  if (before?.mode === trees.LINK)
    return "it is a submodule; say in your answer what a person should change there";
  if (found === null) return null;
  if (found.isSymbolicLink()) return "it is a symbolic link; write a regular file"; // guard: links
  if (found.isDirectory()) return null;
  if (!found.isFile()) return "it is not a regular file"; // guard: kinds
  if ((found.mode & 0o6000) !== 0) return "it has a setuid or setgid bit; remove the bit"; // guard: setuid
  const size = sizeProblem(found.size); // guard: size-before-it-is-read
  if (size === null) await makeReadable(join(root, path), found.mode); // guard: can-be-read
  return size;
};

const makeReadable = async (file: string, mode: number): Promise<void> => {
  const readable = await access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) await chmod(file, (mode & 0o777) | 0o600);
};

const problemOf = (
  difference: trees.Difference,
  blobs: ReadonlyMap<string, Buffer>,
  baseline: trees.Entries,
): string | null => {
  const { before, after } = difference;
  if (after === null) return null;
  // guard: mode-behind-it
  if (after.mode !== "100644" && after.mode !== "100755") return "it is not a regular file";
  const content = blobs.get(after.sha);
  if (content === undefined) return "it could not be read";
  const change = toChange(difference, blobs, baseline);
  const previous = (blobs.get(before?.sha ?? "") ?? Buffer.alloc(0)).subarray(0, 8 * MAX_FILE_BYTES);
  // guard: size-behind-it, content-rules
  return sizeProblem(content.length) ?? contentProblem(change, readBytes(previous));
};

export const toChange = (
  { path, before, after }: trees.Difference,
  blobs: ReadonlyMap<string, Buffer>,
  baseline: trees.Entries,
): FileChange => {
  const in_base = baseline.has(path);
  const mode = (after ?? before)?.mode === "100755" ? "100755" : "100644";
  if (after === null) return { path, mode, content: null, encoding: "utf-8", in_base };
  const content = blobs.get(after.sha) ?? Buffer.alloc(0);
  // Not every store of text keeps a NUL.
  return isUtf8(content) && !content.includes(0)
    ? { path, mode, content: content.toString("utf8"), encoding: "utf-8", in_base }
    : { path, mode, content: content.toString("base64"), encoding: "base64", in_base };
};

const shasOf = ({ before, after }: trees.Difference): readonly string[] =>
  [before, after].flatMap(entry => (entry === null || entry.mode === "160000" ? [] : [entry.sha]));

const withDifferences = (
  entries: trees.Entries,
  differences: readonly trees.Difference[],
): Map<string, trees.Entry> => {
  const next = new Map(entries);
  for (const { path, after } of differences)
    if (after === null) next.delete(path);
    else next.set(path, after);
  return next;
};

// guard: printable-names
const printable = (path: string): string => path.toWellFormed().replace(/\p{Cc}|\p{Cf}/gu, "\ufffd");
