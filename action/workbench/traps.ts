// What in a work tree would hold git, or a search, for ever, or feed it without an end. git opens some files by their
// names alone: `.gitignore` and its like in every directory, and what makes a nested `.git` a repository. So these are
// looked for first, without being opened.
import { chmodSync, type Dirent, lstatSync, readdirSync, statSync } from "node:fs";

export interface Trap {
  /** In the work tree, byte for byte. */
  readonly path: Buffer;
  readonly why: string;
}

const READ_BY_GIT = new Set([".gitignore", ".gitattributes", ".gitmodules"]);
const READ_BY_SEARCHES = new Set([".gitignore", ".ignore", ".rgignore", "exclude"]);
/** So large no such file is: it is read whole. */
const MOST_BYTES = 4 * 1024 ** 2;
/** They say that the rest of a repository is elsewhere. */
const ELSEWHERE = new Set(["commondir", "gitdir"]);

const NOT_REGULAR = "it is not a regular file";
const NESTED =
  "it makes its directory a git repository of its own, by something else than plain files; it was removed";

/** What git would fall into, below the working directory of this process. The root's own `.git` is not looked into. */
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

/** The first thing that a search would fall into, anywhere below a directory; null where there is none. */
export const findSearchTrap = (root = "."): Trap | null => {
  for (const at of entriesOf(null, root)) {
    // Of the root's own repository a search reads one file.
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
 * Paths in one character for each byte, because a name need not be text; and from the directory that is looked through,
 * which for git is the working directory: what it can just open is too long with the way there before it.
 */
interface Found {
  readonly path: string;
  readonly entry: Dirent;
  /** The nested `.git` that holds it. */
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

const below = (root: string, path: string): Buffer =>
  root === "." ? bytes(path) : Buffer.concat([Buffer.from(`${root}/`), bytes(path)]);

const bytes = (path: string): Buffer => Buffer.from(path, "latin1");
