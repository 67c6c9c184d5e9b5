// Python: packages go into `.venv`, whose programs come first for every command in a sandbox. Pure.
import {
  type Ecosystem,
  type Gate,
  gatesOf,
  has,
  hasLine,
  keysOf,
  namesPackage,
  type Root,
} from "./ecosystem.ts";

const REQUIREMENTS: readonly string[] = [
  ...["requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt"],
  ...["requirements-test.txt", "requirements_test.txt", "test-requirements.txt"],
  ...["requirements/dev.txt", "requirements/test.txt"],
];

const MANAGERS: readonly (readonly [lock: string, tool: string, command: string])[] = [
  ["uv.lock", "uv", "uv sync --frozen"],
  ["poetry.lock", "poetry", "poetry install --no-interaction"],
  ["pdm.lock", "pdm", "pdm sync"],
  ["Pipfile.lock", "pipenv", "pipenv sync --dev"],
  ["Pipfile", "pipenv", "pipenv install --dev --skip-lock"],
];

export const PYTHON: Ecosystem = {
  manifests: [
    ...MANAGERS.map(([lock]) => lock),
    ...REQUIREMENTS,
    ...["pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini"],
    ...["ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini"],
  ],

  setup: root => {
    const managed = MANAGERS.find(([lock]) => root.file(lock) !== null);
    if (managed !== undefined) return [withTool(managed[1], managed[2])];
    const project = root.file("pyproject.toml") ?? "";
    const requirements = REQUIREMENTS.filter(name => hasLine(root.file(name), /^\s*[^\s#]/)).map(
      name => `-r ${name}`,
    );
    const extras = keysOf(project, "project.optional-dependencies").filter(isForWork);
    const groups = keysOf(project, "dependency-groups").filter(isForWork);
    const itself = isInstalled(project, root)
      ? [`-e ${extras.length === 0 ? "." : `'.[${extras.join(",")}]'`}`]
      : [];
    const tox = testsWith(root) === "tox";
    const parts = [
      ...requirements,
      ...itself,
      ...groups.map(group => `--group ${group}`),
      ...(tox ? ["tox"] : []),
    ];
    if (parts.length === 0) return [];
    // Many a Python comes with a pip that does not know dependency groups.
    const pip = groups.length === 0 ? "" : " && .venv/bin/pip install --upgrade pip";
    const environments = tox ? " && .venv/bin/tox --notest" : "";
    return [`python3 -m venv .venv${pip} && .venv/bin/pip install ${parts.join(" ")}${environments}`];
  },

  gates: root => [
    ...(namesTool(root, "ruff") || has(root, "ruff.toml", ".ruff.toml")
      ? module("ruff", "static", "ruff check")
      : []),
    ...(hasMypyFiles(root) ? module("mypy", "static", "mypy") : []),
    ...TESTS[testsWith(root)],
  ],
};

const module = (name: string, kind: Gate["kind"], command: string): readonly Gate[] =>
  gatesOf(name, [[kind, `python3 -m ${command}`]], `python3 -m ${name} --version`);

const TESTS = {
  pytest: module("pytest", "test", "pytest"),
  tox: module("tox", "test", "tox"),
  nothing: [],
};

/** tox makes environments of its own; pytest alone is faster, if it is installed. */
const testsWith = (root: Root): keyof typeof TESTS => {
  const isTox = root.file("tox.ini") !== null || hasLine(root.file("pyproject.toml"), /^\[tool\.tox\]/);
  const installed = requirementsIn(root).replace(/^\[tool\..*$/gm, "");
  if (isTox && !namesPackage(installed, "pytest")) return "tox";
  const isConfigured =
    root.file("pytest.ini") !== null || hasLine(root.file("setup.cfg"), /^\[tool:pytest\]/);
  return isConfigured || namesTool(root, "pytest") ? "pytest" : "nothing";
};

const namesTool = (root: Root, name: string): boolean => namesPackage(requirementsIn(root), name);

const requirementsIn = ({ file }: Root): string =>
  [...REQUIREMENTS, "pyproject.toml", "Pipfile"]
    .map(name => file(name) ?? "")
    .join("\n")
    .toLowerCase();

/** Without them mypy asks what to check. */
const hasMypyFiles = ({ file }: Root): boolean =>
  [
    ...keysOf(file("pyproject.toml"), "tool.mypy"),
    ...["mypy.ini", ".mypy.ini", "setup.cfg"].flatMap(name => keysOf(file(name), "mypy")),
  ].some(key => /^(?:files|packages|modules)$/.test(key));

/** The machine's own tool, or one installed for this setup only. Tools that do not use `.venv` by default are told to. */
const withTool = (tool: string, command: string): string =>
  [
    `command -v ${tool} > /dev/null || { python3 -m venv /tmp/${tool} && /tmp/${tool}/bin/pip install ${tool}; }`,
    `PATH=$PATH:/tmp/${tool}/bin POETRY_VIRTUALENVS_IN_PROJECT=1 PIPENV_VENV_IN_PROJECT=1 ${command}`,
  ].join(" && ");

/** A project with dependencies is itself installed, together with them. */
const isInstalled = (project: string, { file }: Root): boolean =>
  PYPROJECT_DEPENDENCIES.test(project) ||
  ["setup.py", "setup.cfg"].some(name =>
    hasLine(file(name), /\b(?:install_requires|tests_require|extras_require|options\.extras_require)\b/),
  );

/** A non-empty `dependencies = [`, optional ones, or a poetry table. */
const PYPROJECT_DEPENDENCIES =
  /^dependencies\s*=\s*\[\s*(?:#[^\n]*\n\s*)*["']|^\[(?:tool\.poetry\.(?:[\w-]+-)?dependencies|tool\.poetry\.group\.[\w-]+\.dependencies|project\.optional-dependencies)\]/m;

const isForWork = (name: string): boolean => /^(?:dev|develop|development|test|tests|testing)$/.test(name);
