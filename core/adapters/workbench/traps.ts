// What in a work tree would hold git, or a search, for ever, or feed it without an end. git opens some files by their
// names alone: `.gitignore` and its like in every directory, and what makes a nested `.git` a repository. So these are
// looked for first, without being opened.
import { chmodSync, type Dirent, lstatSync, readdirSync } from "node:fs";

export interface Trap {
  /** In the work tree, byte for byte. */
  readonly path: Buffer;
  readonly why: string;
}

const READ_BY_NAME = new Set([".gitignore", ".gitattributes", ".gitmodules"]);
/** So large no such file is: git reads it whole. */
const MOST_BYTES = 4 * 1024 ** 2;
/** They say that the rest of a repository is elsewhere. */
const ELSEWHERE = new Set(["commondir", "gitdir"]);

const NESTED =
  "it makes its directory a git repository of its own, by something else than plain files; it was removed";

/** The root's own `.git` is not looked into. `isLink`: whether the project itself has a link at that path. */
export const findTraps = (workTree: string, isLink: (path: string) => boolean): readonly Trap[] => {
  const found = new Map<string, string>();
  const size = (path: string): number => lstatSync(bytes(`${latin(workTree)}/${path}`)).size;
  const whyInTree = ({ path, entry }: Found): string | null => {
    if (entry.isFIFO()) return "it is not a regular file"; // guard: pipes
    if (entry.name === ".git") return entry.isDirectory() ? null : NESTED; // guard: nested-git-is-a-directory
    if (!READ_BY_NAME.has(entry.name)) return null;
    // guard: links-read-by-name
    if (entry.isSymbolicLink())
      return isLink(text(path)) ? null : "it is a symbolic link; write a regular file";
    if (!entry.isFile() || size(path) <= MOST_BYTES) return null; // guard: large-files-read-by-name
    return `git reads it whole, and it has more than ${MOST_BYTES} bytes; make it smaller`;
  };
  const isOdd = ({ path, entry }: Found): boolean =>
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    ELSEWHERE.has(entry.name) ||
    (entry.isFile() && !path.includes("/.git/objects/") && size(path) > MOST_BYTES);
  for (const at of entriesOf(workTree, ".git")) {
    if (at.nested !== null && isOdd(at)) found.set(at.nested, NESTED); // guard: nested-repositories-are-plain
    const why = at.nested === null ? whyInTree(at) : null;
    if (why !== null) found.set(at.path, why);
  }
  return [...found].map(([path, why]) => ({ path: bytes(path), why }));
};

/** Pipes anywhere in it, for which a search would wait. */
export const findPipes = (workTree: string): readonly Buffer[] =>
  [...entriesOf(workTree, null)].filter(({ entry }) => entry.isFIFO()).map(({ path }) => bytes(path));

/** Paths in one character for each byte, because a name need not be text. */
interface Found {
  readonly path: string;
  readonly entry: Dirent;
  /** The nested `.git` that holds it. */
  readonly nested: string | null;
}

function* entriesOf(workTree: string, but: string | null): Generator<Found> {
  const queue: { readonly at: string; readonly nested: string | null }[] = [{ at: "", nested: null }];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { at, nested } = next;
    for (const entry of listed(bytes(`${latin(workTree)}/${at}`))) {
      const path = at + entry.name;
      if (path === but) continue; // guard: own-git-is-not-looked-into
      yield { path, entry, nested };
      if (entry.isDirectory())
        queue.push({ at: `${path}/`, nested: nested ?? (at !== "" && entry.name === ".git" ? path : null) });
    }
  }
}

/** A directory that was closed is opened: what git cannot enter now it may enter later. */
const listed = (directory: Buffer): readonly Dirent[] => {
  const list = (): readonly Dirent[] => readdirSync(directory, { withFileTypes: true, encoding: "latin1" });
  try {
    return list();
  } catch {
    // It may be closed, to be opened; or gone.
  }
  try {
    chmodSync(directory, 0o700); // guard: closed-directories-with-pipes
    return list();
  } catch {
    return [];
  }
};

const bytes = (path: string): Buffer => Buffer.from(path, "latin1");
const latin = (path: string): string => Buffer.from(path).toString("latin1");
const text = (path: string): string => bytes(path).toString("utf8");
