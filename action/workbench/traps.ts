// Files in a work tree that would block git or a search forever, or feed it endlessly. git opens some files just
// because of their names: `.gitignore` and its like in every directory, and whatever makes a nested `.git` a
// repository. So these are found first, without opening them.
import { chmodSync, type Dirent, lstatSync, readdirSync, statSync } from "node:fs";

export interface Trap {
  /** Relative to the work tree, byte for byte. */
  readonly path: Buffer;
  readonly why: string;
}

const READ_BY_GIT = new Set([".gitignore", ".gitattributes", ".gitmodules"]);
const READ_BY_SEARCHES = new Set([".gitignore", ".ignore", ".rgignore", "exclude"]);
/** No such file is this large, and it is read whole. */
const MOST_BYTES = 4 * 1024 ** 2;
/** These say that the rest of a repository is elsewhere. */
const ELSEWHERE = new Set(["commondir", "gitdir"]);

const NOT_REGULAR = "it is not a regular file";
const NESTED =
  "it makes its directory a git repository of its own, by something else than plain files; it was removed";

/** What git would be caught by, below the working directory of this process. The root's own `.git` is skipped. */
export const findTraps = (): readonly Trap[] => {
  const found = new Map<string, string>();
  for (const at of entriesOf(".git")) {
    const { path, entry, nested } = at;
    if (nested !== null) {
      if (isOdd(at)) found.set(nested, NESTED); // guard: nested-repositories-are-plain
    } else if (entry.name === ".git") {
      if (!entry.isDirectory()) found.set(path, NESTED); // guard: nested-git-is-a-directory
    } else {
      const why = whyOf(at, READ_BY_GIT);
      if (why !== null) found.set(path, why);
    }
  }
  return [...found].map(([path, why]) => ({ path: bytes(path), why }));
};

/** The first thing that a search would be caught by, anywhere below a directory; null if there is none. */
export const findSearchTrap = (root = "."): Trap | null => {
  for (const at of entriesOf(null, root)) {
    // A search reads only one file of the root's own repository.
    if (/^\.git(?:\/|$)/.test(at.path) && !READ_BY_SEARCHES.has(at.entry.name)) continue;
    const why = whyOf(at, READ_BY_SEARCHES, root);
    if (why !== null) return { path: bytes(at.path), why };
  }
  return null;
};

const whyOf = ({ path, entry }: Found, names: ReadonlySet<string>, root = "."): string | null => {
  if (entry.isFIFO()) return NOT_REGULAR; // guard: pipes
  if (!names.has(entry.name)) return null;
  // Where a link leads, without opening it.
  const found = statSync(below(root, path), { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return null;
  if (!found.isFile()) return NOT_REGULAR; // guard: links-read-by-name
  if (found.size <= MOST_BYTES) return null; // guard: large-files-read-by-name
  return `git reads it whole, and it has more than ${MOST_BYTES} bytes; make it smaller`;
};

const isOdd = ({ path, entry }: Found): boolean =>
  entry.isSymbolicLink() ||
  entry.isFIFO() ||
  ELSEWHERE.has(entry.name) ||
  (entry.isFile() && !path.includes("/.git/objects/") && lstatSync(bytes(path)).size > MOST_BYTES);

/**
 * Paths have one character per byte, because a name need not be text. They are relative to the directory searched,
 * which is git's working directory: with that in front, a path git can open might be too long.
 */
interface Found {
  readonly path: string;
  readonly entry: Dirent;
  /** The nested `.git` that contains it. */
  readonly nested: string | null;
}

function* entriesOf(but: string | null, root = "."): Generator<Found> {
  const queue: { readonly at: string; readonly nested: string | null }[] = [{ at: "", nested: null }];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { at, nested } = next;
    for (const entry of listed(at === "" ? Buffer.from(root) : below(root, at))) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (path === but) continue; // guard: own-git-is-not-looked-into
      yield { path, entry, nested };
      if (entry.isDirectory())
        queue.push({ at: path, nested: nested ?? (at !== "" && entry.name === ".git" ? path : null) });
    }
  }
}

/** Opens a closed directory: git might be able to enter it later. */
const listed = (directory: Buffer): readonly Dirent[] => {
  const list = (): readonly Dirent[] => readdirSync(directory, { withFileTypes: true, encoding: "latin1" });
  try {
    return list();
  } catch {
    // It may be closed, and is opened below; or it is gone.
  }
  try {
    chmodSync(directory, 0o700); // guard: closed-directories-with-pipes
    return list();
  } catch {
    return [];
  }
};

const below = (root: string, path: string): Buffer =>
  root === "." ? bytes(path) : Buffer.concat([Buffer.from(`${root}/`), bytes(path)]);

const bytes = (path: string): Buffer => Buffer.from(path, "latin1");
