// Which commands prepare a checkout where the config names none: by the manifests at its root. Pure.

/** The text of a file at the project's root; null where there is none. */
export type RootFile = (name: string) => string | null;

export const detectSetup = (file: RootFile): readonly string[] => [
  ...forNode(file),
  ...forPython(file),
  ...(hasLine(file("go.mod"), /^\s*(?:require\b|[\w.-]+\.[a-z]+\/\S+ v\d)/) ? ["go mod download"] : []),
  ...(hasLine(file("Cargo.toml"), /^\[(?:[\w.'"()-]*\.)?(?:(?:dev|build)-)?dependencies[.\]]|^\[workspace\]/)
    ? ["cargo fetch"]
    : []),
];

const forNode = (file: RootFile): readonly string[] => {
  const manifest = file("package.json");
  if (manifest === null) return [];
  if (file("package-lock.json") !== null || file("npm-shrinkwrap.json") !== null)
    return hasNodeDependencies(manifest) ? ["npm ci"] : [];
  return hasNodeDependencies(manifest) ? ["npm install --no-package-lock"] : [];
};

const NODE_KEYS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

const hasNodeDependencies = (manifest: string): boolean => {
  const parsed = parseObject(manifest);
  if ("workspaces" in parsed) return true;
  return NODE_KEYS.some(key => Object.keys((parsed[key] as object | null) ?? {}).length > 0);
};

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const VENV = "python3 -m venv .venv";

const forPython = (file: RootFile): readonly string[] => {
  if (hasLine(file("requirements.txt"), /^\s*[^\s#]/))
    return [`${VENV} && .venv/bin/pip install -r requirements.txt`];
  if (PYPROJECT_DEPENDENCIES.test(file("pyproject.toml") ?? ""))
    return [`${VENV} && .venv/bin/pip install -e .`];
  return [];
};

/** A non-empty `dependencies = [`, a table of poetry's, or groups of optional ones. */
const PYPROJECT_DEPENDENCIES =
  /^dependencies\s*=\s*\[\s*(?:#[^\n]*\n\s*)*["']|^\[(?:tool\.poetry\.(?:[\w-]+-)?dependencies|tool\.poetry\.group\.[\w-]+\.dependencies|project\.optional-dependencies|dependency-groups)\]/m;

/** Line by line: a pattern that may begin with blanks would look at a run of empty lines once for each of them. */
const hasLine = (text: string | null, pattern: RegExp): boolean =>
  text?.split("\n").some(line => pattern.test(line)) ?? false;
