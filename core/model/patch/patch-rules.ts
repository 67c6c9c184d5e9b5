// What a patch may hold, seen as a whole and by content: its size, names that collide, secrets. Pure.
import { foldPath } from "./path-rules.ts";

export const MAX_FILE_BYTES = 512 * 1024;
export const MAX_PATCH_BYTES = 1024 * 1024;
export const MAX_PATCH_FILES = 100;

export const sizeProblem = (bytes: number): string | null =>
  bytes > MAX_FILE_BYTES
    ? `it has ${bytes} bytes and a file may have ${MAX_FILE_BYTES}; make it smaller or generate it in the build`
    : null;

export interface SizedChange {
  readonly path: string;
  /** Of the new content; 0 for a deletion. */
  readonly bytes: number;
}

/**
 * Which of the new changes to refuse, the largest first, so that they and the earlier ones stay within the limits.
 */
export const overLimit = (
  changes: readonly SizedChange[],
  earlier: { readonly files: number; readonly bytes: number },
): ReadonlyMap<string, string> => {
  const files = earlier.files + changes.length;
  const bytes = earlier.bytes + changes.reduce((sum, change) => sum + change.bytes, 0);
  const why =
    `the patch would have ${files} files and ${bytes} bytes, and ${MAX_PATCH_FILES} files and ${MAX_PATCH_BYTES} ` +
    "bytes are allowed; keep to what the task needs, and generate files where .gitignore names the place";
  const refused = new Map<string, string>();
  let left = { files, bytes };
  for (const change of largestFirst(changes)) {
    if (left.files <= MAX_PATCH_FILES && left.bytes <= MAX_PATCH_BYTES) break;
    refused.set(change.path, `${why} (this file: ${change.bytes} bytes)`);
    left = { files: left.files - 1, bytes: left.bytes - change.bytes };
  }
  return refused;
};

/** So many changed files are looked at one by one; what is beyond was unpacked or generated, not written. */
export const MAX_CANDIDATES = 1000;

export const crowdProblem = (index: number, count: number): string | null =>
  index < MAX_CANDIDATES
    ? null
    : `${count} files changed at once; generate or unpack files outside of the project or where .gitignore names the place`;

const largestFirst = (changes: readonly SizedChange[]): readonly SizedChange[] =>
  [...changes].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? 1 : -1));

/** Added paths that differ from another path, or a directory of one, only in letter case or Unicode form. */
export const collisions = (added: readonly string[], all: Iterable<string>): ReadonlyMap<string, string> => {
  if (added.length === 0) return new Map();
  const spellings = new Map<string, Set<string>>();
  for (const path of all)
    for (const prefix of prefixes(path)) {
      const key = foldPath(prefix);
      const found = spellings.get(key);
      if (found) found.add(prefix);
      else spellings.set(key, new Set([prefix]));
    }
  const refused = new Map<string, string>();
  for (const path of added)
    for (const prefix of prefixes(path)) {
      const other = [...(spellings.get(foldPath(prefix)) ?? [])].find(spelling => spelling !== prefix);
      if (other === undefined) continue;
      refused.set(
        path,
        `\`${prefix}\` and \`${other}\` are one name where letter case does not count; choose another`,
      );
    }
  return refused;
};

const prefixes = (path: string): readonly string[] => {
  const segments = path.split("/");
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
};

const SECRETS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "an AWS access key", pattern: /\b(?:AKIA|ASIA)(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}\b/g },
  { what: "a GitHub token", pattern: /\b(?:gh[opsru]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/g },
  { what: "an Anthropic API key", pattern: /\bsk-ant-[A-Za-z0-9_-]{20,}/g },
  {
    what: "a private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|[A-Za-z0-9-]+: [^\n]*\n)*[A-Za-z0-9+/=]{40,}/g,
  },
];

/** What in `content` looks like a secret that `previous` did not hold. Never names the secret itself. */
export const secretProblem = (content: string, previous: string): string | null => {
  for (const { what, pattern } of SECRETS) {
    const known = new Set(previous.match(pattern) ?? []);
    if ((content.match(pattern) ?? []).some(found => !known.has(found)))
      return `it holds what looks like ${what}; read it from the environment, or build the test value at run time`;
  }
  return null;
};
