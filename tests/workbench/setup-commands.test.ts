import { expect, test } from "vitest";
import { detectSetup } from "../../core/adapters/workbench/setup-commands.ts";

const withDependency = JSON.stringify({ dependencies: { a: "1" } });
const VENV = "python3 -m venv .venv";

const CASES: readonly (readonly [
  what: string,
  files: Record<string, string>,
  commands: readonly string[],
])[] = [
  ["an empty project", {}, []],
  ["a manifest without dependencies", { "package.json": "{}" }, []],
  ["a lock without dependencies", { "package.json": '{"name":"a"}', "package-lock.json": "{}" }, []],
  ["empty dependencies", { "package.json": '{"dependencies":{},"devDependencies":{}}' }, []],
  ["a manifest that does not parse", { "package.json": "{" }, []],
  ["a lock", { "package.json": withDependency, "package-lock.json": "{}" }, ["npm ci"]],
  ["a shrinkwrap", { "package.json": withDependency, "npm-shrinkwrap.json": "{}" }, ["npm ci"]],
  ["no lock", { "package.json": '{"devDependencies":{"a":"1"}}' }, ["npm install --no-package-lock"]],
  ["workspaces", { "package.json": '{"workspaces":["a"]}', "package-lock.json": "{}" }, ["npm ci"]],
  [
    "requirements",
    { "requirements.txt": "# x\nflask==3\n" },
    [`${VENV} && .venv/bin/pip install -r requirements.txt`],
  ],
  ["requirements of comments", { "requirements.txt": "# nothing\n\n" }, []],
  [
    "a pyproject with dependencies",
    { "pyproject.toml": '[project]\ndependencies = [\n  "flask",\n]' },
    [`${VENV} && .venv/bin/pip install -e .`],
  ],
  ["a pyproject without any", { "pyproject.toml": "[project]\ndependencies = []\n[tool.ruff]\n" }, []],
  [
    "poetry",
    { "pyproject.toml": "[tool.poetry.dependencies]\npython = '3'" },
    [`${VENV} && .venv/bin/pip install -e .`],
  ],
  ["a go module", { "go.mod": "module a\n\nrequire (\n\tgithub.com/x/y v1.0.0\n)\n" }, ["go mod download"]],
  ["a go module on its own", { "go.mod": "module a\n\ngo 1.22\n" }, []],
  ["a crate", { "Cargo.toml": '[package]\nname = "a"\n[dependencies]\nserde = "1"\n' }, ["cargo fetch"]],
  ["a crate for tests", { "Cargo.toml": '[dev-dependencies]\nx = "1"\n' }, ["cargo fetch"]],
  ["a crate on its own", { "Cargo.toml": '[package]\nname = "a"\n' }, []],
  [
    "two languages",
    { "package.json": withDependency, "package-lock.json": "{}", "requirements.txt": "flask" },
    ["npm ci", `${VENV} && .venv/bin/pip install -r requirements.txt`],
  ],
];

test.each(CASES)("%s", (_, files, commands) => {
  expect(detectSetup(name => files[name] ?? null)).toEqual(commands);
});
