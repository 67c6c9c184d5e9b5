// What a patch may hold, seen as a whole: its size, the number of its files, names that collide. Pure.
import { foldPath } from "./path-rules.ts";

export const MAX_PATCH_BYTES = 1024 * 1024;
/** Lock files of large projects come close to this. */
export const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_PATCH_FILES = 100;
/** Characters of all paths together: each path is compared with each of the project's globs. */
export const MAX_PATCH_NAMES = 20_000;

export const sizeProblem = (bytes: number): string | null =>
  bytes > MAX_FILE_BYTES
    ? `it has ${bytes} bytes and a file may have ${MAX_FILE_BYTES}; make it smaller or generate it in the build`
    : null;

export interface SizedChange {
  readonly path: string;
  /** Of the new content; 0 for a deletion. */
  readonly bytes: number;
}

/** Which of the new changes to refuse, the largest first, so that the rest and the earlier ones stay within the limits. */
export const overLimit = (
  changes: readonly SizedChange[],
  earlier: { readonly files: number; readonly bytes: number; readonly characters: number },
): ReadonlyMap<string, string> => {
  const files = earlier.files + changes.length;
  const bytes = earlier.bytes + changes.reduce((sum, change) => sum + change.bytes, 0);
  const characters = earlier.characters + changes.reduce((sum, { path }) => sum + path.length, 0);
  const why =
    `the patch would have ${files} files, ${bytes} bytes and ${characters} characters of paths, and ` +
    `${MAX_PATCH_FILES} files, ${MAX_PATCH_BYTES} bytes and ${MAX_PATCH_NAMES} characters are allowed; ` +
    "keep to what the task needs, and generate files where .gitignore names the place";
  const refused = new Map<string, string>();
  let left = { files, bytes, characters };
  for (const change of largestFirst(changes)) {
    const fits =
      left.files <= MAX_PATCH_FILES && left.bytes <= MAX_PATCH_BYTES && left.characters <= MAX_PATCH_NAMES;
    if (fits) break;
    refused.set(change.path, `${why} (this file: ${change.bytes} bytes)`);
    left = {
      files: left.files - 1,
      bytes: left.bytes - change.bytes,
      characters: left.characters - change.path.length,
    };
  }
  return refused;
};

/** This many changed files are looked at one by one; any more were unpacked or generated, not written. */
export const MAX_CANDIDATES = 1000;

export const crowdProblem = (index: number, count: number): string | null =>
  index < MAX_CANDIDATES
    ? null
    : `${count} files changed at once; generate or unpack files outside of the project or where .gitignore names the place`;

const largestFirst = (changes: readonly SizedChange[]): readonly SizedChange[] =>
  [...changes].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? 1 : -1));

/**
 * Added files that cannot coexist with others: a path that is also another's directory, or two paths that differ only in
 * letter case or Unicode form. `all` are the files after the patch; names that directories already had are nobody's fault.
 */
export const collisions = (added: readonly string[], all: Iterable<string>): ReadonlyMap<string, string> => {
  if (added.length === 0) return new Map();
  const spellings = new Map<string, Map<string, Kinds>>();
  const fresh = new Set(added);
  const old = new Set<string>();
  for (const path of all)
    for (const prefix of prefixes(path)) {
      if (!fresh.has(path)) old.add(prefix);
      const key = foldPath(prefix);
      const found = spellings.get(key) ?? new Map<string, Kinds>();
      const kinds = found.get(prefix) ?? { file: false, directory: false };
      spellings.set(key, found.set(prefix, kinds));
      kinds[prefix === path ? "file" : "directory"] = true;
    }
  const refused = new Map<string, string>();
  for (const path of added)
    for (const prefix of prefixes(path)) {
      const found = spellings.get(foldPath(prefix)) ?? new Map<string, Kinds>();
      const other = [...found.keys()].find(spelling => spelling !== prefix);
      const kinds = found.get(prefix);
      // guard: case-twins
      if (other !== undefined && !old.has(prefix))
        refused.set(
          path,
          `\`${prefix}\` and \`${other}\` are one name where letter case does not count; choose another`,
        );
      // guard: file-and-directory
      else if (kinds?.file && kinds.directory)
        refused.set(path, `\`${prefix}\` would be a file and a directory; choose another name`);
    }
  return refused;
};

interface Kinds {
  file: boolean;
  directory: boolean;
}

const prefixes = (path: string): readonly string[] => {
  const segments = path.split("/");
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
};
