// What a repository is made of, judging by its layout and the manifests at its root. Pure; only a suggestion.
import * as z from "zod";
import { detectGates, detectSetup, namesPackage } from "../../action/workbench/ecosystems.ts";
import type { Config } from "../../core/model/config.ts";

type RootFile = (path: string) => string | null;

export type Found = Pick<Config, "tech_stack" | "gates"> & {
  readonly setup: readonly string[];
  readonly modules: readonly { readonly name: string; readonly path: string }[];
};

/** `paths`: of the repository's files, with `/`. */
export const detect = (file: RootFile, paths: readonly string[]): Found => {
  const manifest = nodeManifest(file("package.json"));
  const root = { file, names: paths.filter(path => !path.includes("/")) };
  return {
    tech_stack: [...nodeStack(manifest), ...pythonStack(file), ...otherStack(file)],
    setup: detectSetup(root),
    gates: detectGates(root).map(({ command }) => command),
    modules: modulesOf(paths),
  };
};

const Strings = z.record(z.string(), z.string()).catch({});
const NodeManifest = z.object({ dependencies: Strings, devDependencies: Strings });
type NodeManifest = z.infer<typeof NodeManifest>;

/** Null if there is none that can be read. */
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

const PYTHON_PACKAGES = ["Django", "Flask", "FastAPI", "SQLAlchemy", "pytest"];

const pythonText = (file: RootFile): string | null => {
  const texts = [file("requirements.txt"), file("pyproject.toml")].filter(text => text !== null);
  return texts.length === 0 ? null : texts.join("\n").toLowerCase();
};

const pythonStack = (file: RootFile): readonly string[] => {
  const text = pythonText(file);
  return text === null ? [] : ["Python", ...PYTHON_PACKAGES.filter(name => namesPackage(text, name))];
};

const OTHERS: readonly (readonly [manifest: string, called: string])[] = [
  ["go.mod", "Go"],
  ["Cargo.toml", "Rust"],
  ["pom.xml", "Java with Maven"],
  ["build.gradle", "Gradle"],
  ["build.gradle.kts", "Gradle"],
  ["Gemfile", "Ruby"],
  ["composer.json", "PHP"],
  ["CMakeLists.txt", "CMake"],
  ["mix.exs", "Elixir"],
  ["Package.swift", "Swift"],
];

const otherStack = (file: RootFile): readonly string[] =>
  OTHERS.filter(([manifest]) => file(manifest) !== null).map(([, called]) => called);

/** Directories whose subdirectories are the parts of a project. */
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
