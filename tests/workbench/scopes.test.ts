// The parts of a monorepo, by the workspaces in its manifests.
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGit } from "../../action/workbench/git.ts";
import { membersAmong, scopesIn, WORKSPACES } from "../../action/workbench/scopes.ts";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { listTree } from "../../action/workbench/tree.ts";
import { aRepository, type Files, HOST_PATH } from "./kit.ts";

const found = async (files: Files): Promise<readonly string[]> => {
  const { path, base } = aRepository(files);
  const git = openGit({ dir: join(path, ".git"), program: findProgram("git", HOST_PATH) ?? "" });
  const scopes = await scopesIn(git, await listTree(git, base));
  return scopes.map(({ name, path, description }) => `${name} (${path}): ${description}`);
};

const json = (value: object): string => JSON.stringify(value);
const named = (name: string, description?: string): string => json({ name, description });

const CASES: readonly (readonly [what: string, files: Files, scopes: readonly string[]])[] = [
  ["no workspace", { "package.json": named("a"), "packages/b/package.json": named("b") }, []],
  [
    "npm and yarn: only what has a manifest, one level where one star stands, without what is excluded",
    {
      "package.json": json({ workspaces: ["packages/*", "./apps/web/", "!packages/old"] }),
      "packages/api/package.json": named("@a/api", "Serves\n  the data."),
      "packages/api/deep/package.json": named("deep"),
      "packages/old/package.json": named("old"),
      "packages/README.md": "# a",
      "apps/web/package.json": "{}",
      "packages/api/node_modules/x/package.json": named("x"),
    },
    ["apps/web (apps/web): a part of the npm workspace", "@a/api (packages/api): Serves the data."],
  ],
  [
    "yarn's other form",
    { "package.json": json({ workspaces: { packages: ["a"] } }), "a/package.json": named("a") },
    ["a (a): a part of the npm workspace"],
  ],
  [
    "pnpm",
    {
      "package.json": "{}",
      "pnpm-workspace.yaml": "packages:\n  - 'libs/**'\n  - '!**/test/**'\n",
      "libs/a/b/package.json": named("b"),
      "libs/a/test/c/package.json": named("c"),
    },
    ["b (libs/a/b): a part of the pnpm workspace"],
  ],
  [
    "cargo",
    {
      "Cargo.toml":
        '[workspace]\nresolver = "2"\nmembers = [\n  "crates/*", # all\n  # "gone",\n]\nexclude = ["crates/x"]\n[workspace.dependencies]\nmembers = ["no"]\n',
      "crates/core/Cargo.toml": '[package]\nname = "core"\ndescription = "The heart."\n',
      "crates/x/Cargo.toml": '[package]\nname = "x"\n',
    },
    ["core (crates/core): The heart."],
  ],
  [
    "go.work",
    {
      "go.work": "go 1.22\n\nuse (\n\t./cmd // the command\n\t./lib\n)\nuse ./tools\n",
      "cmd/go.mod": "module example.com/cmd\n",
      "lib/go.mod": "module example.com/lib\n",
      "tools/go.mod": "",
      "other/go.mod": "module other\n",
    },
    [
      "example.com/cmd (cmd): a part of the go workspace",
      "example.com/lib (lib): a part of the go workspace",
      "tools (tools): a part of the go workspace",
    ],
  ],
  [
    "uv",
    {
      "pyproject.toml": "[project]\nname = 'all'\n\n[tool.uv.workspace]\nmembers = ['packages/*']\n",
      "packages/a/pyproject.toml": '[project]\nname = "a"\ndescription = "Reads."\n',
    },
    ["a (packages/a): Reads."],
  ],
  [
    "manifests that do not parse, and one that is a link",
    {
      "package.json": "{",
      "Cargo.toml": { link: "/etc/passwd" },
      "pnpm-workspace.yaml": "packages: [",
      "go.work": "use (",
    },
    [],
  ],
];

test.each(CASES)("%s", async (_, files, scopes) => {
  expect(await found(files)).toEqual(scopes);
});

test("those that are named one by one are found however many they are, and globs go before none of them", async () => {
  const gone = Array.from({ length: 300 }, (_, n) => `gone/${n}`);
  const globs = Array.from({ length: 150 }, (_, n) => `g${n}/*`);
  const files = {
    "package.json": json({ workspaces: [...globs, ...gone, "far/away/from/all", "!gone/*"] }),
    "far/away/from/all/package.json": named("last"),
    "g99/a/package.json": named("of the last glob that counts"),
    "g100/a/package.json": named("of one more"),
  };
  expect(await found(files)).toEqual([
    "last (far/away/from/all): a part of the npm workspace",
    "of the last glob that counts (g99/a): a part of the npm workspace",
  ]);
});

test("where a project has more manifests than are compared with globs, the named ones and the shortest are", () => {
  const fixtures = Array.from({ length: 2_000 }, (_, n) => `packages/tests/fixtures/${n}`);
  const directories = [...fixtures, "packages/api", "packages/very/long/path/of/one/that/is/named"];
  const members = membersAmong(directories, ["packages/*", "packages/**/[0-9]", directories.at(-1) ?? ""]);
  expect(members.filter(path => !path.includes("fixtures")).sort()).toEqual(directories.slice(-2));
  expect(membersAmong(directories, [`${"packages/*".padEnd(101, "?")}`])).toEqual([]);
});

test.each([
  ["in one line, with another quote", "members = ['a', \"b\"] # ]", ["a", "b"]],
  [
    "over lines, with what is commented out",
    "members=[\n'a', # ] 'x'\n  'b'\n]\nexclude = [ 'c' ]",
    ["a", "b", "!c"],
  ],
  ["never ended", "members = [\n'a'", []],
  ["no list", "members = 'a'\n[x]\nmembers = ['b']", []],
  ["a longer key", "members_of = ['a']\ndefault-members = ['b']", []],
])("members of Cargo's workspace: %s", (_, text, members) => {
  const cargo = WORKSPACES.find(({ of }) => of === "cargo");
  expect(cargo?.members(`[workspace]\r\n${text}`)).toEqual(members);
});

test("60 of them at most", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 70 }, (_, n) => [`p/${n}/package.json`, named(`p${n}`)]),
  );
  expect(await found({ "package.json": json({ workspaces: ["p/*"] }), ...many })).toHaveLength(60);
});
