// Builds action/dist, readable: the Action in the parts that its jobs load, and the tool process. `--check` fails if it
// is stale.
//
// esbuild names parts by their content, so every change would rename some, and any two branches would conflict. So they
// are renamed after the build: an entry by its source, a shared part by those that use it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { readSpecialists } from "../host/specialists.ts";

const DIST = "action/dist";

/**
 * Parsing YAML would take longer than anything else in the Action's start, so the roles are checked here and bundled as
 * data.
 */
const specialists: Plugin = {
  name: "specialists",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/specialists\.yaml$/ }, ({ path }) => ({
      contents: JSON.stringify(readSpecialists(path)),
      loader: "json",
    })),
};

/**
 * Never used here, which esbuild cannot know: the HTTP client of @actions/core, which brings another undici, and what a
 * left-out part of the SDK would have loaded.
 */
const unused: Plugin = {
  name: "unused",
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /^@actions\/http-client/ }, async ({ path, pluginData, ...where }) =>
      pluginData === unused.name
        ? null
        : { ...(await resolve(path, { ...where, pluginData: unused.name })), sideEffects: false },
    );
    onResolve({ filter: /\/agent-toolset\/node/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : null,
    );
  },
};

/** The MCP client's validator for servers' answers, which Kin does not use: a large schema compiler. */
const unchecked: Plugin = {
  name: "unchecked",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: "export class AjvJsonSchemaValidator {}",
      loader: "js",
    })),
};

const OPTIONS = {
  outdir: DIST,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  legalComments: "none",
  // yaml's build for Node requires Node's modules as CommonJS does, which an ESM bundle cannot.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  logLevel: "warning",
  plugins: [specialists, unused, unchecked],
  write: false,
  metafile: true,
} satisfies BuildOptions;

type Files = ReadonlyMap<string, string>;

const bundle = async (): Promise<Files> => {
  const built = await Promise.all([
    build({ ...OPTIONS, entryPoints: { index: "action/main.ts" }, splitting: true }),
    // In one file, because the sandbox sees no other.
    build({ ...OPTIONS, entryPoints: { tools: "action/tools.ts" } }),
  ]);
  return new Map(
    built.flatMap(({ outputFiles, metafile }) => {
      const names = namesOf(metafile.outputs);
      const nameOf = (found: string) => names.get(found) ?? found;
      return outputFiles.map(({ path, text }): [string, string] => [
        nameOf(basename(path)),
        text.replace(/(?<=["']\.\/)[\w-]+\.js(?=["'])/g, nameOf),
      ]);
    }),
  );
};

/** The stable name of each part, by the one that esbuild gave it. */
const namesOf = (outputs: Metafile["outputs"]): ReadonlyMap<string, string> => {
  const parts = Object.keys(outputs);
  const entries = parts.filter(part => outputs[part]?.entryPoint !== undefined);
  const nameOf = (entry: string): string => basename(entry).replace(/(-[A-Z0-9]{8})?\.js$/, "");
  const usersOf = (part: string): readonly string[] =>
    entries.filter(entry => loadedWith(outputs, entry).has(part)).map(nameOf);
  const named = parts.map((part): [string, string] => [
    basename(part),
    `${entries.includes(part) ? nameOf(part) : `of-${usersOf(part).toSorted().join("-")}`}.js`,
  ]);
  if (new Set(named.map(([, name]) => name)).size < named.length)
    throw new Error(`Two parts have one name: ${named.map(([, name]) => name).join(", ")}`);
  return new Map(named);
};

const loadedWith = (outputs: Metafile["outputs"], part: string, known = new Set<string>()): Set<string> => {
  if (known.has(part)) return known;
  known.add(part);
  for (const { path, kind } of outputs[part]?.imports ?? [])
    if (kind === "import-statement" && outputs[path] !== undefined) loadedWith(outputs, path, known);
  return known;
};

const kept = (): Files =>
  new Map(
    existsSync(DIST) ? readdirSync(DIST).map(name => [name, readFileSync(join(DIST, name), "utf8")]) : [],
  );

const check = (fresh: Files, found: Files): void => {
  const names = [...new Set([...fresh.keys(), ...found.keys()])];
  const stale = names.filter(name => fresh.get(name) !== found.get(name)).map(name => `${DIST}/${name}`);
  if (stale.length === 0) return;
  console.error(`Stale: ${stale.join(", ")}. Run \`npm run bundle\` and commit the result.`);
  process.exitCode = 1;
};

/** Runs may be using the files: unchanged ones are not rewritten, only touched. */
const write = (fresh: Files, found: Files): void => {
  const now = new Date();
  mkdirSync(DIST, { recursive: true });
  for (const [name, text] of fresh)
    if (found.get(name) === text) utimesSync(join(DIST, name), now, now);
    else writeFileSync(join(DIST, name), text);
  for (const name of found.keys()) if (!fresh.has(name)) rmSync(join(DIST, name));
};

const fresh = await bundle();
if (process.argv.includes("--check")) check(fresh, kept());
else write(fresh, kept());
