// What a repository is made of, by the manifests at its root and by its layout. Pure; nobody is bound by it.
import * as z from "zod";
import { detectSetup, hasVenv, type RootFile } from "../../core/adapters/workbench/setup-commands.ts";
import type { Config } from "../../core/model/config.ts";

export type Found = Pick<Config, "tech_stack" | "gates"> & {
  readonly setup: readonly string[];
  readonly modules: readonly { readonly name: string; readonly path: string }[];
};

/** `paths`: of the repository's files, with `/`. */
export const detect = (file: RootFile, paths: readonly string[]): Found => {
  const manifest = nodeManifest(file("package.json"));
  return {
    tech_stack: [...nodeStack(manifest), ...pythonStack(file), ...otherStack(file)],
    setup: detectSetup(file),
    gates: [...nodeGates(manifest), ...pythonGates(file), ...otherGates(file)],
    modules: modulesOf(paths),
  };
};

const Strings = z.record(z.string(), z.string()).catch({});
const NodeManifest = z.object({ scripts: Strings, dependencies: Strings, devDependencies: Strings });
type NodeManifest = z.infer<typeof NodeManifest>;

/** Null where there is none that can be read. */
const nodeManifest = (text: string | null): NodeManifest | null => {
  try {
    return NodeManifest.safeParse(JSON.parse(text ?? "null")).data ?? null;
  } catch {
    return null;
  }
};

const PACKAGES: readonly (readonly [name: string, called: string])[] = [
  ["react", "React"],
  ["next", "Next.js"],
  ["vue", "Vue"],
  ["svelte", "Svelte"],
  ["@angular/core", "Angular"],
  ["express", "Express"],
  ["fastify", "Fastify"],
  ["hono", "Hono"],
  ["@nestjs/core", "NestJS"],
  ["vitest", "Vitest"],
  ["jest", "Jest"],
  ["mocha", "Mocha"],
  ["@playwright/test", "Playwright"],
];

const nodeStack = (manifest: NodeManifest | null): readonly string[] => {
  if (manifest === null) return [];
  const has = (name: string) => name in manifest.dependencies || name in manifest.devDependencies;
  return [
    has("typescript") ? "TypeScript" : "JavaScript",
    "Node.js",
    ...PACKAGES.filter(([name]) => has(name)).map(([, called]) => called),
  ];
};

const SCRIPTS = ["lint", "typecheck", "types", "test"];

/** A script that goes on watching never ends, and npm's own first `test` always fails. */
const nodeGates = (manifest: NodeManifest | null): readonly string[] =>
  SCRIPTS.filter(name => {
    const script = manifest?.scripts[name];
    return script !== undefined && !/--watch\b|no test specified/.test(script);
  }).map(name => (name === "test" ? "npm test" : `npm run ${name}`));

const PYTHON_PACKAGES = ["Django", "Flask", "FastAPI", "SQLAlchemy", "pytest"];

const pythonText = (file: RootFile): string | null => {
  const texts = [file("requirements.txt"), file("pyproject.toml")].filter(text => text !== null);
  return texts.length === 0 ? null : texts.join("\n").toLowerCase();
};

const namesPackage = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w-])${name.toLowerCase()}(?![\\w-])`).test(text);

const pythonStack = (file: RootFile): readonly string[] => {
  const text = pythonText(file);
  return text === null ? [] : ["Python", ...PYTHON_PACKAGES.filter(name => namesPackage(text, name))];
};

/** Where setup makes a virtual environment, commands come from there. */
const pythonGates = (file: RootFile): readonly string[] => {
  const text = pythonText(file);
  if (text === null) return [];
  const python = hasVenv(file) ? ".venv/bin/python" : "python3";
  return [
    ...(namesPackage(text, "ruff") ? [`${python} -m ruff check`] : []),
    ...(namesPackage(text, "pytest") ? [`${python} -m pytest`] : []),
  ];
};

const OTHERS: readonly (readonly [manifest: string, called: string, gates: readonly string[]])[] = [
  ["go.mod", "Go", ["go vet ./...", "go test ./..."]],
  ["Cargo.toml", "Rust", ["cargo test --offline"]],
  ["pom.xml", "Java with Maven", ["mvn --offline test"]],
  ["build.gradle", "Gradle", ["./gradlew --offline test"]],
  ["build.gradle.kts", "Gradle", ["./gradlew --offline test"]],
  ["Gemfile", "Ruby", []],
  ["composer.json", "PHP", []],
  ["mix.exs", "Elixir", []],
  ["Package.swift", "Swift", []],
];

const othersIn = (file: RootFile) => OTHERS.filter(([manifest]) => file(manifest) !== null);

const otherStack = (file: RootFile): readonly string[] => othersIn(file).map(([, called]) => called);

const otherGates = (file: RootFile): readonly string[] => othersIn(file).flatMap(([, , gates]) => gates);

/** Directories whose own directories are the parts of a project. */
const CONTAINERS = new Set(["packages", "apps", "services", "libs", "crates", "modules", "plugins", "src"]);
const MOST_MODULES = 20;

const modulesOf = (paths: readonly string[]): Found["modules"] => {
  const directories = paths
    .map(path => path.split("/").slice(0, -1))
    .filter(([top = "."]) => !top.startsWith("."));
  const divided = new Set(directories.filter(({ length }) => length > 1).map(([top]) => top));
  const found = directories.flatMap(([top = "", below]) => {
    if (!CONTAINERS.has(top) || !divided.has(top)) return [top];
    return below === undefined || below.startsWith(".") ? [] : [`${top}/${below}`];
  });
  return [...new Set(found)]
    .sort()
    .slice(0, MOST_MODULES)
    .map(path => ({ name: path.split("/").at(-1) ?? path, path }));
};
