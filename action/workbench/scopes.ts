// The parts of a monorepo, as its workspaces name them: npm, pnpm, yarn, cargo, go.work and uv. Read from manifests, so
// that nothing of the project runs. What is not understood is left out.
import type { ModuleRecord } from "../../core/model/knowledge.ts";
import { matchesGlob } from "../../core/model/patch/glob.ts";
import { readMap } from "../../host/front-matter.ts";
import type { Git } from "./git.ts";
import * as trees from "./tree.ts";

const MOST = 60;
const MOST_BYTES = 256 * 1024;
const MOST_GLOBS = 100;
const MOST_DIRECTORIES = 500;
/** In characters, for a glob and for a directory. */
const LONGEST_PATH = 100;
const LONGEST_NAME = 60;
const LONGEST_DESCRIPTION = 200;

type Text = string | null;

interface Workspace {
  readonly of: string;
  /** Which file at the root has the globs, and which file each member has. */
  readonly root: string;
  readonly manifest: string;
  /** Globs of directories; a leading `!` excludes. */
  readonly members: (text: string) => readonly string[] | Promise<readonly string[]>;
  readonly about: (text: string) => { readonly name: Text; readonly description: Text };
}

export const WORKSPACES: readonly Workspace[] = [
  {
    of: "npm",
    root: "package.json",
    manifest: "package.json",
    members: text => {
      const { workspaces } = objectIn(text);
      return textsIn(Array.isArray(workspaces) ? workspaces : mapIn(workspaces).packages);
    },
    about: text => aboutIn(objectIn(text)),
  },
  {
    of: "pnpm",
    root: "pnpm-workspace.yaml",
    manifest: "package.json",
    members: async text => textsIn(mapIn(await readMap(text)).packages),
    about: text => aboutIn(objectIn(text)),
  },
  {
    of: "cargo",
    root: "Cargo.toml",
    manifest: "Cargo.toml",
    members: text => membersIn(text, "workspace"),
    about: text => aboutInToml(text, "package"),
  },
  {
    of: "uv",
    root: "pyproject.toml",
    manifest: "pyproject.toml",
    members: text => membersIn(text, "tool.uv.workspace"),
    about: text => aboutInToml(text, "project"),
  },
  {
    of: "go",
    root: "go.work",
    manifest: "go.mod",
    members: text =>
      [...text.replaceAll(/\/\/.*$/gm, "").matchAll(/^[ \t]*use\s+(?:\(([^()]*)\)|([^\s(]+))/gm)].flatMap(
        ([, many, one]) => (many ?? one ?? "").split(/\s+/).filter(path => path !== ""),
      ),
    about: text => ({ name: /^module\s+(\S+)/m.exec(text)?.[1] ?? null, description: null }),
  },
];

export const scopesIn = async (git: Git, entries: trees.Entries): Promise<readonly ModuleRecord[]> => {
  const roots = await textsOf(
    WORKSPACES.map(({ root }) => root),
    { git, entries },
  );
  const found = new Map<string, Workspace>();
  for (const workspace of WORKSPACES) {
    const text = roots.get(workspace.root);
    if (text === undefined) continue;
    const directories = directoriesWith(workspace.manifest, entries);
    for (const directory of membersAmong(directories, await workspace.members(text)))
      if (!found.has(directory)) found.set(directory, workspace);
  }
  const kept = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST);
  const manifests = await textsOf(
    kept.map(([directory, { manifest }]) => `${directory}/${manifest}`),
    { git, entries },
  );
  return kept.map(([path, { of, manifest, about }]) => {
    const { name, description } = about(manifests.get(`${path}/${manifest}`) ?? "");
    return {
      name: oneLine(name ?? path, LONGEST_NAME),
      path,
      description: oneLine(description ?? `a part of the ${of} workspace`, LONGEST_DESCRIPTION),
    };
  });
};

const textsOf = async (
  paths: readonly string[],
  { git, entries }: { readonly git: Git; readonly entries: trees.Entries },
): Promise<ReadonlyMap<string, string>> => {
  const files = paths.flatMap(path => {
    const entry = entries.get(path);
    return entry?.mode.startsWith("100") ? [[path, entry.sha] as const] : [];
  });
  const sizes = await trees.blobSizes(
    git,
    files.map(([, sha]) => sha),
  );
  const small = files.filter(([, sha]) => (sizes.get(sha) ?? 0) <= MOST_BYTES);
  const blobs = await trees.readBlobs(
    git,
    small.map(([, sha]) => sha),
  );
  return new Map(small.map(([path, sha]) => [path, blobs.get(sha)?.toString("utf8") ?? ""]));
};

const directoriesWith = (manifest: string, entries: trees.Entries): readonly string[] =>
  [...entries.keys()].flatMap(path =>
    path.endsWith(`/${manifest}`) && !/(?:^|\/)(?:node_modules|vendor)\//.test(path)
      ? [path.slice(0, -manifest.length - 1)]
      : [],
  );

/**
 * Every glob is matched against every directory, so at most a hundred globs and five hundred directories count: those
 * named without a star first, then the shortest.
 */
export const membersAmong = (
  directories: readonly string[],
  written: readonly string[],
): readonly string[] => {
  const globs = written.filter(isShort).map(globOf);
  const named = new Set(globs);
  const wanted = globs.filter(glob => !glob.startsWith("!") && /[*?[]/.test(glob)).slice(0, MOST_GLOBS);
  const unwanted = globs.flatMap(glob => (glob.startsWith("!") ? [glob.slice(1)] : [])).slice(0, MOST_GLOBS);
  const isMember = (directory: string): boolean =>
    (named.has(directory) || wanted.some(glob => isLike(directory, glob))) &&
    !unwanted.some(glob => matchesGlob(directory, glob));
  return directories
    .filter(isShort)
    .toSorted((a, b) => Number(named.has(b)) - Number(named.has(a)) || a.length - b.length)
    .slice(0, MOST_DIRECTORIES)
    .filter(isMember);
};

const isShort = ({ length }: string): boolean => length <= LONGEST_PATH;

const globOf = (written: string): string => written.replace(/^(!?)(?:\.\/)+/, "$1").replace(/\/+$/, "");

/** A pattern that matches a directory would match everything below it. */
const isLike = (directory: string, glob: string): boolean =>
  matchesGlob(directory, glob) &&
  (glob.includes("**") || glob.split("/").length === directory.split("/").length);

/** `members` of a table, and `exclude` with a leading `!`. */
const membersIn = (text: string, table: string): readonly string[] => [
  ...arrayIn(text, { table, key: "members" }),
  ...arrayIn(text, { table, key: "exclude" }).map(glob => `!${glob}`),
];

const arrayIn = (text: string, { table, key }: { readonly table: string; readonly key: string }) => {
  const value = valueIn(tableIn(text, table), key);
  const whole = value
    .split("\n")
    .map(line => line.split("#", 1)[0])
    .join("\n");
  const end = whole.indexOf("]");
  const inner = whole.startsWith("[") && end > 0 ? whole.slice(1, end) : "";
  return [...inner.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map(([, double, single]) => double ?? single ?? "");
};

const aboutInToml = (text: string, table: string) => {
  const lines = tableIn(text, table);
  const value = (key: string): Text => /^["']([^"'\n]*)["']/.exec(valueIn(lines, key))?.[1] ?? null;
  return { name: value("name"), description: value("description") };
};

/** The value of a key, with everything that follows. */
const valueIn = (lines: readonly string[], key: string): string => {
  const at = lines.findIndex(line => line.split("=", 1)[0]?.trim() === key);
  if (at < 0) return "";
  const rest = lines.slice(at).join("\n");
  return rest.slice(rest.indexOf("=") + 1).trimStart();
};

/** In the usual form: the name alone on a line, and the keys below. */
const tableIn = (text: string, table: string): readonly string[] => {
  const lines = text.split("\n");
  const from = lines.findIndex(line => line.trim() === `[${table}]`);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const to = rest.findIndex(line => line.startsWith("["));
  return rest.slice(0, to < 0 ? undefined : to);
};

const objectIn = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return mapIn(JSON.parse(text.replace(/^\ufeff/, "")));
  } catch {
    return {};
  }
};

const mapIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === "string") : [];

const aboutIn = ({ name, description }: Readonly<Record<string, unknown>>) => ({
  name: typeof name === "string" && name !== "" ? name : null,
  description: typeof description === "string" && description !== "" ? description : null,
});

const oneLine = (text: string, most: number): string =>
  text
    .replace(/[\s\p{C}]+/gu, " ")
    .trim()
    .slice(0, most)
    .toWellFormed();
