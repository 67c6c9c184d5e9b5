// Which changed files require setup to run again, and what setup may see of them. A table.
import { describe, expect, test } from "vitest";
import { isSetupMatter, type Overlay, overlayFor } from "../../action/workbench/manifests.ts";

const filesOf = (overlay: Overlay): Readonly<Record<string, unknown>> => {
  if (overlay.kind !== "files") throw new Error(`it is ${overlay.kind}`);
  return Object.fromEntries(
    overlay.files.map(({ path, content }) => [path, content === null ? null : parsed(content)]),
  );
};
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const json = (value: unknown): string => JSON.stringify(value);

describe("what setup reads", () => {
  const MANIFESTS =
    "package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock deno.lock requirements.txt requirements-dev.txt requirements.in requirements_test.txt requirements/dev.txt constraints.txt constraints-3.11.txt pyproject.toml poetry.lock uv.lock pdm.lock Pipfile Pipfile.lock setup.cfg environment.yml environment.yaml go.mod go.sum go.work go.work.sum Cargo.toml Cargo.lock composer.json composer.lock Gemfile.lock gradle.lockfile packages.lock.json mix.lock pubspec.yaml pubspec.lock Package.resolved";
  const PROGRAMS =
    "Gemfile my-gem.gemspec setup.py build.gradle build.gradle.kts settings.gradle settings.gradle.kts build.sbt mix.exs Package.swift conanfile.py noxfile.py pom.xml App.csproj a-b.fsproj x.vbproj Directory.Packages.props x.targets";
  const OTHERS =
    "index.js my-package.json package.json.md package.json/index.js packageXjson requirements.md src/requirements.ts requirements/notes.md setup.pyc xsetup.py Gemfile.rb go.modx xgo.mod Cargo.toml.orig docs/cargo.toml main.go conftest.py Makefile csproj";

  test.each(`${MANIFESTS} ${PROGRAMS}`.split(" "))("is %s, at the root and below", path => {
    expect(isSetupMatter(path)).toBe(true);
    expect(isSetupMatter(`packages/a b/${path}`)).toBe(true);
  });

  test.each(OTHERS.split(" "))("is not %s", path => {
    expect(isSetupMatter(path)).toBe(false);
    expect(isSetupMatter(`packages/a/${path}`)).toBe(false);
  });

  test.each(PROGRAMS.split(" "))("is a program that nobody runs with network where it is %s", path => {
    for (const [before, after] of [
      [null, "new"],
      ["old", "new"],
      ["old", null],
    ] as const) {
      const overlay = overlayFor([{ path: `below/${path}`, before, after }]);
      expect(overlay).toEqual({ kind: "refused", why: expect.stringContaining(`\`below/${path}\``) });
    }
  });

  test.each(MANIFESTS.split(" "))("is data where it is %s", path => {
    expect(overlayFor([{ path, before: null, after: "{}" }]).kind).toBe("files");
  });
});

const PACKAGE = { name: "a", version: "1.0.0", scripts: { test: "x" }, dependencies: { left: "1.0.0" } };
const project = (dependencies: string, rest = ""): string =>
  `[project]\nname = "a"\ndependencies = [\n${dependencies}]\n${rest}`;

describe("with network setup is done again", () => {
  const published = (path: string, before: string, after: string): boolean | null => {
    const overlay = overlayFor([{ path, before, after }]);
    return overlay.kind === "files" ? overlay.published : null;
  };

  test.each<readonly [string, string, string, string]>([
    [
      "an npm package",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, devDependencies: { right: "^2.0.0" } }),
    ],
    [
      "another version",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, dependencies: { left: ">=1.0 <2" } }),
    ],
    ["a package less", "package.json", json(PACKAGE), json({ ...PACKAGE, dependencies: {} })],
    [
      "a script, which is not taken",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, scripts: { test: "y" } }),
    ],
    ["a requirement", "requirements.txt", "a==1\n", "a==1\nb[x]>=2.0,<3\n# why\n"],
    ["a hash", "requirements.txt", "a==1\n", "a==2 \\\n    --hash=sha256:00ff\n"],
    [
      "a project's dependency",
      "pyproject.toml",
      project('  "a>=1",\n'),
      project('  "a>=1",\n  "b[x]>=2,<3",\n'),
    ],
    ["a crate", "Cargo.toml", '[dependencies]\na = "1"\n', '[dependencies]\na = "1"\nb = "^2.1"\n'],
    ["a module", "go.mod", "module x\n", "module x\nrequire golang.org/x/text v0.3.0\n"],
    [
      "a locked package",
      "package-lock.json",
      "{\n}",
      '{\n  "resolved": "https://registry.example/left-1.0.0.tgz"\n}',
    ],
  ])("for %s", (_, path, before, after) => {
    expect(published(path, before, after)).toBe(true);
  });

  test.each<readonly [string, string, string, string]>([
    [
      "a package of the tree",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, dependencies: { x: "file:./x" } }),
    ],
    [
      "a package of the tree, as a path",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, dependencies: { x: "./x" } }),
    ],
    ["a repository", "package.json", json(PACKAGE), json({ ...PACKAGE, dependencies: { x: "user/repo" } })],
    [
      "an address",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, dependencies: { x: "https://x.example/x.tgz" } }),
    ],
    ["an alias", "package.json", json(PACKAGE), json({ ...PACKAGE, dependencies: { x: "npm:y@1" } })],
    [
      "a program of its own",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, bin: { node: "requirements.txt" } }),
    ],
    ["workspaces", "package.json", json(PACKAGE), json({ ...PACKAGE, workspaces: ["x"] })],
    [
      "settings of a manager",
      "package.json",
      json(PACKAGE),
      json({ ...PACKAGE, pnpm: { nodeOptions: "-r ./x" } }),
    ],
    ["a requirement of the tree", "requirements.txt", "a==1\n", "a==1\n./x\n"],
    ["a requirement by address", "requirements.txt", "a==1\n", "a==1\nb @ https://x.example/b.zip\n"],
    ["an option of pip", "requirements.txt", "a==1\n", "a==1\n--index-url https://x.example\n"],
    ["a file that pip installs", "requirements.txt", "a==1\n", "a==1\n-e .\n"],
    [
      "a build backend",
      "pyproject.toml",
      project(""),
      project("", '[build-system]\nbackend-path = ["requirements-x.txt"]\n'),
    ],
    ["a table moved", "pyproject.toml", "[a]\nx = 1\n[b]\ny = 2\n", "[b]\ny = 2\n[a]\nx = 1\n"],
    ["a build script", "Cargo.toml", "[package]\n", '[package]\nbuild = "requirements.txt"\n'],
    ["a crate of the tree", "Cargo.toml", "[dependencies]\n", '[dependencies]\na = { path = "x" }\n'],
    ["a module of the tree", "go.mod", "module x\n", "module x\nreplace a.b/c => ./c\n"],
    [
      "a lock file that leads into the tree",
      "package-lock.json",
      "{\n}",
      '{\n  "resolved": "file:requirements.txt"\n}',
    ],
    ["a linked package", "package-lock.json", "{\n}", '{\n  "link": true\n}'],
    ["a file that nobody knows", "environment.yml", "a: 1\n", "a: 2\n"],
  ])("and without for %s", (_, path, before, after) => {
    expect(published(path, before, after)).not.toBe(true);
  });

  test("and without where a manifest is new or gone", () => {
    const of = (before: string | null, after: string | null) =>
      overlayFor([{ path: "package.json", before, after }]);
    expect([of(null, "{}"), of("{}", null)]).toMatchObject([{ published: false }, { published: false }]);
  });
});

describe("an overlay", () => {
  test.each([
    [
      "a manifest that is no JSON",
      "package.json",
      '{ // x\n "scripts": { "postinstall": "evil" } }',
      "no JSON",
    ],
    ["hooks of pdm", "pyproject.toml", "[tool.pdm.scripts]\npost_install = 'evil'\n", "hooks"],
  ])("is refused for %s", (_, path, after, why) => {
    const overlay = overlayFor([{ path, before: null, after }]);
    expect(overlay).toEqual({ kind: "refused", why: expect.stringContaining(why) });
  });

  test("is none where nothing changed, or nothing that setup reads", () => {
    expect(overlayFor([])).toEqual({ kind: "none" });
    expect(
      overlayFor([
        { path: "src/a.ts", before: "a", after: "b" },
        { path: "conftest.py", before: null, after: "evil()" },
      ]),
    ).toEqual({ kind: "none" });
  });

  test("holds what setup reads and nothing else, byte for byte", () => {
    expect(
      overlayFor([
        { path: "src/a.ts", before: "a", after: "b" },
        { path: "requirements.txt", before: "a==1\n", after: "a==2\r\n# é\n" },
        { path: "package-lock.json", before: "{}", after: '{ "scripts": {"postinstall": "x"} }' },
        { path: "node/.npmrc", before: null, after: "script-shell=./evil" },
      ]),
    ).toEqual({
      kind: "files",
      published: true,
      files: [
        { path: "requirements.txt", content: "a==2\r\n# é\n" },
        { path: "package-lock.json", content: '{ "scripts": {"postinstall": "x"} }' },
      ],
    });
  });

  test("removes what the patch removes", () => {
    expect(
      filesOf(
        overlayFor([
          { path: "go.sum", before: "x", after: null },
          { path: "sub/package.json", before: json({ scripts: { prepare: "x" } }), after: null },
        ]),
      ),
    ).toEqual({ "go.sum": null, "sub/package.json": null });
  });

  test("is refused as a whole for one program among manifests, and names it", () => {
    expect(
      overlayFor([
        { path: "requirements.txt", before: null, after: "a" },
        { path: "pkg/setup.py", before: null, after: "import os" },
      ]),
    ).toEqual({
      kind: "refused",
      why: "the patch changes `pkg/setup.py`, a program that setup runs with network; Kin runs none there that nobody has reviewed",
    });
  });
});

describe("scripts of a package", () => {
  test.each<readonly [what: string, before: unknown, after: unknown, seen: unknown]>([
    [
      "that the patch adds are left out",
      { name: "a" },
      { name: "a", scripts: { postinstall: "evil" }, dependencies: { b: "1" } },
      { name: "a", dependencies: { b: "1" } },
    ],
    [
      "that the patch changes are those of before",
      { name: "a", scripts: { prepare: "good", test: "t" } },
      { name: "a", scripts: { prepare: "evil", install: "evil" }, devDependencies: { b: "1" } },
      { name: "a", devDependencies: { b: "1" }, scripts: { prepare: "good", test: "t" } },
    ],
    [
      "that the patch removes are still run",
      { name: "a", scripts: { prepare: "good" } },
      { name: "a" },
      { name: "a", scripts: { prepare: "good" } },
    ],
    [
      "of a package that is new are left out",
      null,
      { name: "new", scripts: { install: "evil" } },
      { name: "new" },
    ],
    ["whose package was no object before are left out", [], { scripts: { install: "evil" } }, {}],
    ["that are no object are left out, too", { name: "a" }, { name: "a", scripts: "evil" }, { name: "a" }],
  ])("%s", (_, before, after, seen) => {
    for (const path of ["package.json", "packages/x/package.json", "composer.json"])
      expect(
        filesOf(overlayFor([{ path, before: before === null ? null : json(before), after: json(after) }])),
      ).toEqual({ [path]: seen });
  });

  test("are left out behind a byte order mark, and where a key is there twice", () => {
    for (const after of [
      '\ufeff{"name":"a","scripts":{"postinstall":"evil"}}',
      '{"scripts":{"postinstall":"evil"},"name":"a","scripts":{"install":"evil"}}',
      '{"name":"a","\\u0073cripts":{"postinstall":"evil"}}',
    ])
      expect(filesOf(overlayFor([{ path: "package.json", before: null, after }]))).toEqual({
        "package.json": { name: "a" },
      });
  });

  test("elsewhere than at the top are no scripts", () => {
    const after = { name: "a", config: { scripts: { x: "y" } } };
    expect(filesOf(overlayFor([{ path: "package.json", before: null, after: json(after) }]))).toEqual({
      "package.json": after,
    });
  });
});
