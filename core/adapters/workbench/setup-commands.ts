// Which commands prepare a checkout where the config names none: by the manifests and lock files at its root, with the
// manager whose they are. Pure.

/** The text of a file, by its path from the project's root; null where there is none. */
export type RootFile = (path: string) => string | null;

/** What is looked at. */
export const MANIFESTS: readonly string[] = [
  ...["package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"],
  ...["yarn.lock", "bun.lock", "bun.lockb"],
  ...[
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "Pipfile",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
  ],
  ...["requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt"],
  ...["requirements-test.txt", "requirements_test.txt", "test-requirements.txt"],
  ...["requirements/dev.txt", "requirements/test.txt"],
  ...["go.mod", "Cargo.toml", "Gemfile", "composer.json", "pom.xml", "mvnw"],
  ...["build.gradle", "build.gradle.kts", "gradlew", "mix.exs", "Package.swift"],
];

export const detectSetup = (file: RootFile): readonly string[] => [
  ...forNode(file),
  ...forPython(file),
  ...(hasLine(file("go.mod"), /^\s*(?:require\b|[\w.-]+\.[a-z]+\/\S+ v\d)/) ? ["go mod download"] : []),
  ...(hasLine(file("Cargo.toml"), /^\[(?:[\w.'"()-]*\.)?(?:(?:dev|build)-)?dependencies[.\]]|^\[workspace\]/)
    ? ["cargo fetch"]
    : []),
  ...(hasLine(file("Gemfile"), /^\s*(?:gem|gemspec)\b/)
    ? ["bundle config set --local path vendor/bundle && bundle install"]
    : []),
  ...(requiredByComposer(file("composer.json")).length > 0 ? ["composer install --no-interaction"] : []),
  ...forJava(file),
  ...(hasLine(file("mix.exs"), /^\s*\{:\w+\s*,/) ? ["mix deps.get"] : []),
  ...(hasLine(file("Package.swift"), /\.package\(/) ? ["swift package resolve"] : []),
];

const forNode = (file: RootFile): readonly string[] => {
  const text = file("package.json");
  if (text === null) return [];
  const manifest = parseObject(text);
  if (!hasNodeDependencies(manifest) && file("pnpm-workspace.yaml") === null) return [];
  const [named = "", version = null] =
    /^(npm|pnpm|yarn|bun)@(\d[\w.-]*)/.exec(String(manifest.packageManager))?.slice(1) ?? [];
  const manager = named || (LOCKS.find(([lock]) => file(lock) !== null)?.[1] ?? "npm");
  return [NODE_MANAGERS[manager as NodeManager](file, version)];
};

type NodeManager = "npm" | "pnpm" | "yarn" | "bun";

const LOCKS: readonly (readonly [lock: string, manager: NodeManager])[] = [
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

/** The machine may have none of them but npm, which fetches the others, in the version that wrote the lock file. */
const NODE_MANAGERS: Readonly<Record<NodeManager, (file: RootFile, version: string | null) => string>> = {
  npm: file =>
    file("package-lock.json") === null && file("npm-shrinkwrap.json") === null
      ? "npm install --no-package-lock"
      : "npm ci",
  pnpm: (file, version) => {
    const lock = file("pnpm-lock.yaml");
    return `npx --yes pnpm@${version ?? pnpmOf(lock)} install ${lock === null ? "--no-lockfile" : "--frozen-lockfile"}`;
  },
  yarn: (file, version) => {
    const lock = file("yarn.lock");
    const isClassic = version === null ? hasLine(lock, /^# yarn lockfile v1/) : version.startsWith("1.");
    if (isClassic)
      return `npx --yes yarn@${version ?? "1"} install ${lock === null ? "--no-lockfile" : "--frozen-lockfile"}`;
    return `npx --yes --package=@yarnpkg/cli-dist@${version ?? "4"} yarn install ${lock === null ? "--no-immutable" : "--immutable"}`;
  },
  bun: (file, version) => {
    const isLocked = file("bun.lock") !== null || file("bun.lockb") !== null;
    return `npx --yes bun@${version ?? "1"} install ${isLocked ? "--frozen-lockfile" : "--no-save"}`;
  },
};

/** By the version of the lock's format. */
const pnpmOf = (lock: string | null): string => {
  const format = /^lockfileVersion:\s{0,5}['"]?(\d+)/m.exec(lock ?? "")?.[1];
  if (format === "6") return "8";
  return format === "5" ? "7" : "9";
};

const NODE_KEYS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

const hasNodeDependencies = (manifest: Readonly<Record<string, unknown>>): boolean =>
  "workspaces" in manifest || NODE_KEYS.some(key => namesIn(manifest[key]).length > 0);

const namesIn = (value: unknown): readonly string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** What PHP itself brings is named there, too. */
const requiredByComposer = (text: string | null): readonly string[] => {
  const manifest = parseObject(text ?? "{}");
  return [...namesIn(manifest.require), ...namesIn(manifest["require-dev"])].filter(name =>
    name.includes("/"),
  );
};

/** Whether Python's packages are in `.venv`. */
export const hasVenv = (file: RootFile): boolean => forPython(file).length > 0;

const VENV = "python3 -m venv .venv";

const forPython = (file: RootFile): readonly string[] => {
  const managed = PYTHON_LOCKS.find(([lock]) => file(lock) !== null);
  if (managed !== undefined) return [withTool(managed[1], managed[2])];
  const project = file("pyproject.toml") ?? "";
  const requirements = MANIFESTS.filter(
    name => /requirements/.test(name) && hasLine(file(name), /^\s*[^\s#]/),
  ).map(name => `-r ${name}`);
  const extras = keysOf(project, "project.optional-dependencies").filter(isForWork);
  const groups = keysOf(project, "dependency-groups").filter(isForWork);
  const itself = isInstalled(project, file)
    ? [`-e ${extras.length === 0 ? "." : `'.[${extras.join(",")}]'`}`]
    : [];
  const parts = [...requirements, ...itself, ...groups.map(group => `--group ${group}`)];
  if (parts.length === 0) return [];
  // Groups are younger than the pip that many a Python brings.
  const pip = groups.length === 0 ? "" : " && .venv/bin/pip install --upgrade pip";
  return [`${VENV}${pip} && .venv/bin/pip install ${parts.join(" ")}`];
};

const PYTHON_LOCKS: readonly (readonly [lock: string, tool: string, command: string])[] = [
  ["uv.lock", "uv", "uv sync --frozen"],
  ["poetry.lock", "poetry", "poetry install --no-interaction"],
  ["pdm.lock", "pdm", "pdm sync"],
  ["Pipfile.lock", "pipenv", "pipenv sync --dev"],
  ["Pipfile", "pipenv", "pipenv install --dev --skip-lock"],
];

/** The machine's own, or one for this setup alone. Each is told to make `.venv`, where it does not anyway. */
const withTool = (tool: string, command: string): string =>
  [
    `command -v ${tool} > /dev/null || { python3 -m venv /tmp/${tool} && /tmp/${tool}/bin/pip install ${tool}; }`,
    `PATH=$PATH:/tmp/${tool}/bin POETRY_VIRTUALENVS_IN_PROJECT=1 PIPENV_VENV_IN_PROJECT=1 ${command}`,
  ].join(" && ");

/** Where it has dependencies of its own, it is installed with them. */
const isInstalled = (project: string, file: RootFile): boolean =>
  PYPROJECT_DEPENDENCIES.test(project) ||
  ["setup.py", "setup.cfg"].some(name =>
    hasLine(file(name), /\b(?:install_requires|tests_require|extras_require|options\.extras_require)\b/),
  );

/** A non-empty `dependencies = [`, optional ones, or a table of poetry's. */
const PYPROJECT_DEPENDENCIES =
  /^dependencies\s*=\s*\[\s*(?:#[^\n]*\n\s*)*["']|^\[(?:tool\.poetry\.(?:[\w-]+-)?dependencies|tool\.poetry\.group\.[\w-]+\.dependencies|project\.optional-dependencies)\]/m;

const isForWork = (name: string): boolean => /^(?:dev|develop|development|test|tests|testing)$/.test(name);

/** The keys of a table of TOML, as projects write them: a key a line. */
const keysOf = (text: string, table: string): readonly string[] => {
  const lines = text.split("\n");
  const from = lines.findIndex(line => line.trim() === `[${table}]`);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const to = rest.findIndex(line => line.startsWith("["));
  return rest
    .slice(0, to < 0 ? undefined : to)
    .flatMap(line => /^([\w-]{1,50})\s{0,5}=/.exec(line)?.[1] ?? []);
};

const forJava = (file: RootFile): readonly string[] => {
  if (file("pom.xml") !== null)
    return [`${file("mvnw") === null ? "mvn" : "sh ./mvnw"} --batch-mode dependency:go-offline`];
  const isGradle = ["gradlew", "build.gradle", "build.gradle.kts"].some(name => file(name) !== null);
  return isGradle ? [`${file("gradlew") === null ? "gradle" : "sh ./gradlew"} --no-daemon testClasses`] : [];
};

/** Line by line: a pattern that may begin with blanks would look at a run of empty lines once for each of them. */
const hasLine = (text: string | null, pattern: RegExp): boolean =>
  text?.split("\n").some(line => pattern.test(line)) ?? false;
