// What setup reads from a tree: which changed files require it to run again, and what it may see of them. Only code on
// the default branch and in packages ever runs with network. Pure.
import type { LaidFile } from "./protocol.ts";

/** Data: which packages there are, in which versions. */
const MANIFEST =
  /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lock|deno\.lock|requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pdm\.lock|Pipfile|Pipfile\.lock|setup\.cfg|environment\.ya?ml|go\.mod|go\.sum|go\.work|go\.work\.sum|Cargo\.toml|Cargo\.lock|composer\.json|composer\.lock|Gemfile\.lock|gradle\.lockfile|packages\.lock\.json|mix\.lock|pubspec\.ya?ml|pubspec\.lock|Package\.resolved)$/;

/** Programs that setup runs to install. */
const PROGRAM =
  /(?:^|\/)(?:Gemfile|[\w.-]+\.gemspec|setup\.py|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|build\.sbt|mix\.exs|Package\.swift|conanfile\.py|noxfile\.py|pom\.xml|[\w.-]+\.(?:cs|fs|vb)proj|[\w.-]+\.(?:props|targets))$/;

/** Manifests whose `scripts` run while packages are installed. */
const WITH_SCRIPTS = /(?:^|\/)(?:package|composer)\.json$/;

export interface Changed {
  readonly path: string;
  /** Content in the tree that setup was done for, and in the tree to be judged; null if absent. */
  readonly before: string | null;
  readonly after: string | null;
}

export const isSetupMatter = (path: string): boolean => MANIFEST.test(path) || PROGRAM.test(path);

export type Overlay =
  | { readonly kind: "none" }
  | {
      readonly kind: "files";
      readonly files: readonly LaidFile[];
      /** Whether the change only names published packages and their versions, in which case setup gets the network. */
      readonly published: boolean;
    }
  /** It cannot be done; `why` is for a person. */
  | { readonly kind: "refused"; readonly why: string };

/** What to lay over the default branch's files before setup runs again. */
export const overlayFor = (changed: readonly Changed[]): Overlay => {
  const matter = changed.filter(({ path }) => isSetupMatter(path));
  if (matter.length === 0) return { kind: "none" };
  const program = matter.find(({ path }) => PROGRAM.test(path));
  // guard: programs-of-setup
  if (program !== undefined)
    return {
      kind: "refused",
      why: `the patch changes \`${program.path}\`, a program that setup runs with network; Kin runs none there that nobody has reviewed`,
    };
  const files: LaidFile[] = [];
  for (const { path, before, after } of matter) {
    if (after !== null && PYPROJECT.test(path) && HOOKS.test(after))
      return {
        kind: "refused",
        why: `the patch changes \`${path}\`, whose hooks setup would run with network`,
      };
    // guard: scripts-of-before
    const content = after !== null && WITH_SCRIPTS.test(path) ? withScriptsOf(after, before) : after;
    if (content === null && after !== null)
      return { kind: "refused", why: `the patch makes \`${path}\` something that is no JSON` };
    files.push({ path, content });
  }
  return { kind: "files", files, published: matter.every(isPublished) };
};

/** A manifest can name a file of the tree to install, to build with or to run. Anything unknown counts as that. */
const isPublished = ({ path, before, after }: Changed): boolean => {
  if (before === null || after === null) return false;
  if (/(?:^|\/)package\.json$/.test(path)) return isPublishedJson(before, after);
  const line = LINES.find(([name]) => name.test(path))?.[1];
  if (line === undefined) return false;
  const rest = (text: string): string =>
    text
      .split(/\r?\n/)
      .filter(row => row.length > LONGEST_ROW || !line.test(row))
      .join("\n");
  return rest(before) === rest(after);
};

/** No requirement is longer, and matching the patterns would take long. */
const LONGEST_ROW = 500;

/** Lines that may be added or removed; all others must be unchanged and in order. */
const VERSION = "[<>=!~^]{0,3} ?[\\w.*+!-]+";
const REQUIREMENT = `[A-Za-z0-9][\\w.-]*(?:\\[[\\w,. -]*\\])?(?: ?${VERSION}(?:, ?${VERSION})*)?`;
const LINES: readonly (readonly [RegExp, RegExp])[] = [
  [
    /(?:^|\/)(?:requirements|constraints)[\w./-]*\.(?:txt|in)$/,
    new RegExp(`^(?:\\s*|#.*|${REQUIREMENT}(?:\\s*\\\\)?|\\s+--hash=sha256:[0-9a-f]+(?:\\s*\\\\)?)$`),
  ],
  [/(?:^|\/)pyproject\.toml$/, new RegExp(`^\\s*(?:"${REQUIREMENT}",?)$`)],
  [/(?:^|\/)Cargo\.toml$/, /^[a-z0-9][\w-]* = "[\^~=]?\d[\w.+-]*"$/],
  [/(?:^|\/)go\.mod$/, /^(?:\s*|\s*(?:require )?[\w.~-]+\.[\w.~/-]+ v\d[\w.+-]*(?: \/\/ indirect)?)$/],
  [/(?:^|\/)go\.sum$/, /^[\w.~/-]+ v\d[\w.+/-]* h1:[\w+/=]+$/],
  [
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|pdm\.lock|Cargo\.lock|composer\.lock|Gemfile\.lock|bun\.lock)$/,
    // Almost any line of a lock file, but none that refers to the tree or to a repository.
    /^(?!.*(?:\b(?:file|link|portal|exec|patch|workspace|path|directory|editable|virtual|git|ssh)\b|\.\.?\/))/i,
  ],
];

const GROUPS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const SPEC = /^(?:latest|\*|[\^~]?\d[\w.+-]*|[<>]=? ?\d[\w.+-]*(?: [<>]=? ?\d[\w.+-]*)?)$/;

const isPublishedJson = (before: string, after: string): boolean => {
  const [old, now] = [parseObject(before), parseObject(after)];
  if (old === null || now === null) return false;
  const others = (all: Readonly<Record<string, unknown>>): string =>
    JSON.stringify(Object.entries(all).filter(([key]) => !GROUPS.includes(key) && key !== "scripts"));
  const isNew = (group: string, name: string, spec: unknown): boolean =>
    (old[group] as Readonly<Record<string, unknown>> | undefined)?.[name] !== spec;
  return (
    others(old) === others(now) &&
    GROUPS.every(group =>
      Object.entries((now[group] ?? {}) as object).every(
        ([name, spec]) =>
          !isNew(group, name, spec) ||
          (typeof spec === "string" && SPEC.test(spec) && /^@?[\w./-]+$/.test(name)),
      ),
    )
  );
};

const PYPROJECT = /(?:^|\/)pyproject\.toml$/;
/** pdm runs scripts with these names by itself. */
const HOOKS = /\b(?:pre|post)_(?:install|lock|resolve|init)\b/;

/** The new manifest with the scripts from before; null if it cannot be parsed. */
const withScriptsOf = (after: string, before: string | null): string | null => {
  const now = parseObject(after);
  if (now === null) return null;
  const { scripts: _, ...rest } = now;
  const { scripts } = (before === null ? null : parseObject(before)) ?? {};
  return `${JSON.stringify(scripts === undefined ? rest : { ...rest, scripts }, null, 2)}\n`;
};

const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};
