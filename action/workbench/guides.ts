// The files in which a project tells agents how to work on it, read from a commit's tree: never from a disk, and never
// through a link. One counts for each directory; those in .github/instructions count for the globs that they name.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { FoundGuide, FoundGuides } from "../../core/model/guide.ts";
import { readFrontMatter } from "../../host/front-matter.ts";
import type { Git } from "./git.ts";
import * as trees from "./tree.ts";

/** In order of precedence within a directory. */
const NAMES = ["AGENTS.md", "CLAUDE.md", "GEMINI.md"];
const COPILOT = ".github/copilot-instructions.md";
const BY_GLOB = /^\.github\/instructions\/(?:.+\/)?[^/]+\.instructions\.md$/;

/** Directories with other people's code. */
const FOREIGN = /(?:^|\/)(?:node_modules|vendor|third_party|\.venv|site-packages)\//;

const MOST = 40;
const MOST_BYTES = 256 * 1024;

export const guidesIn = async (git: Git, entries: trees.Entries): Promise<FoundGuides> => {
  const found = [...entries.keys()].filter(path => isGuide(path) && !FOREIGN.test(path)).sort(byPlace);
  const paths = found.slice(0, MOST);
  const shas = paths.flatMap(path => (isFile(entries.get(path)) ? [entries.get(path)?.sha ?? ""] : []));
  const sizes = await trees.blobSizes(git, shas);
  const small = shas.filter(sha => (sizes.get(sha) ?? 0) <= MOST_BYTES);
  const blobs = await trees.readBlobs(git, small);
  const files: FoundGuide[] = [];
  for (const path of paths) {
    const { sha = "", mode = "" } = entries.get(path) ?? {};
    const read = { path, mode, bytes: sizes.get(sha) ?? 0, blob: blobs.get(sha) ?? null };
    files.push(await (BY_GLOB.test(path) ? byGlob(read) : byDirectory(read, files)));
  }
  return { files, more: found.length - paths.length };
};

const isGuide = (path: string): boolean =>
  path === COPILOT || BY_GLOB.test(path) || NAMES.includes(path.slice(path.lastIndexOf("/") + 1));

const isFile = (entry: trees.Entry | undefined): boolean => entry?.mode.startsWith("100") === true;

/** The directory it counts for; empty for the root. */
const directoryOf = (path: string): string =>
  path === COPILOT ? "" : path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** The root's first, then those with globs, then by depth; within a directory by precedence. */
const byPlace = (a: string, b: string): number => {
  for (const by of [depthOf, directoryOf, rankOf]) {
    const [one, other] = [by(a), by(b)];
    if (one !== other) return one < other ? -1 : 1;
  }
  return a < b ? -1 : 1;
};

const depthOf = (path: string): number => {
  if (BY_GLOB.test(path)) return 0.5;
  const directory = directoryOf(path);
  return directory === "" ? 0 : directory.split("/").length;
};

const rankOf = (path: string): number =>
  path === COPILOT ? NAMES.length : NAMES.indexOf(path.slice(path.lastIndexOf("/") + 1));

interface Read {
  readonly path: string;
  readonly mode: string;
  readonly bytes: number;
  /** Null if it was not read. */
  readonly blob: Buffer | null;
}

const byDirectory = async (read: Read, before: readonly FoundGuide[]): Promise<FoundGuide> => {
  const directory = directoryOf(read.path);
  const globs = directory === "" ? [] : [`${directory}/**`];
  const why = whyUnread(read);
  if (why !== null) return leftOut(read, { globs, why });
  const text = textOf(read);
  if (/^\s*@(?:\.\/)?AGENTS\.md\s*$/.test(text))
    return leftOut(read, { globs, why: "it only imports AGENTS.md" });
  const other = before.find(
    guide => guide.text !== null && !BY_GLOB.test(guide.path) && directoryOf(guide.path) === directory,
  );
  return other === undefined
    ? { path: read.path, globs, bytes: read.bytes, mark: markOf(read), text, why: null }
    : leftOut(read, { globs, why: `${other.path} counts there` });
};

const byGlob = async (read: Read): Promise<FoundGuide> => {
  const unread = whyUnread(read);
  if (unread !== null) return leftOut(read, { globs: [], why: unread });
  const { data, text } = await readFrontMatter(textOf(read));
  const globs = globsOf(data.applyTo);
  if (globs.length === 0) return leftOut(read, { globs, why: "it names no `applyTo`" });
  const kept = globs.some(glob => EVERYTHING.has(glob)) ? [] : [...globs];
  if (/\b(?:coding|cloud)-agent\b/.test([data.excludeAgent ?? []].flat().join()))
    return leftOut(read, { globs: kept, why: "it excludes agents that write code" });
  return { path: read.path, globs: kept, bytes: read.bytes, mark: markOf(read), text, why: null };
};

const EVERYTHING: ReadonlySet<string> = new Set(["*", "**", "**/*"]);
const MOST_GLOBS = 20;

/** A list, or a text separated by commas; commas within braces belong to a glob. */
const globsOf = (value: string | readonly string[] = []): readonly string[] =>
  (typeof value === "string" ? value.slice(0, 4_096).split(/,(?![^{}]*\})/) : value)
    .map(glob => glob.trim())
    .filter(glob => glob !== "" && glob.length <= 200)
    .slice(0, MOST_GLOBS);

const whyUnread = ({ path, mode, blob, bytes }: Read): string | null => {
  if (path.length > 200 || /\p{C}/u.test(path)) return "its path is too long, or holds what does not show";
  if (mode === "120000") return "it is a symbolic link, which is not followed";
  if (!mode.startsWith("100")) return "it is no file";
  if (bytes > MOST_BYTES || blob === null) return `it is larger than ${MOST_BYTES / 1024} KiB`;
  return isUtf8(blob) ? null : "it is no UTF-8";
};

const leftOut = (
  read: Read,
  { globs, why }: { readonly globs: readonly string[]; readonly why: string },
): FoundGuide => ({
  path: read.path,
  globs: [...globs],
  bytes: read.bytes,
  mark: markOf(read),
  text: null,
  why,
});

const textOf = ({ blob }: Read): string => (blob ?? Buffer.alloc(0)).toString("utf8").replace(/^\ufeff/, "");

/** A digest of path and content: nobody can write a text, or choose a name, that contains its own. */
const markOf = ({ path, blob }: Read): string =>
  createHash("sha256")
    .update(`${path}\0`)
    .update(blob ?? "")
    .digest("hex")
    .slice(0, 24);
