// Builds action/dist, readable: the Action in the parts that its jobs load, and the tool process. `--check` fails
// where it is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { readSpecialists } from "../host/specialists.ts";

const DIST = "action/dist";

/** Parsing YAML would take longer than any other part of the Action's start: the roles come as data, checked here. */
const specialists: Plugin = {
  name: "specialists",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/specialists\.yaml$/ }, ({ path }) => ({
      contents: JSON.stringify(readSpecialists(path)),
      loader: "json",
    })),
};

/**
 * Never used here, which esbuild cannot know: the HTTP client of @actions/core, which brings another undici, and what
 * a part of the SDK that is left out would have loaded.
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

/** What the MCP client would check servers' answers with, which Kin does not: a compiler of schemas, and large. */
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
  // Its build for Node requires Node's modules as CommonJS does, which a bundle of ESM cannot.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  logLevel: "warning",
  plugins: [specialists, unused, unchecked],
  write: false,
} satisfies BuildOptions;

type Files = ReadonlyMap<string, string>;

const bundle = async (): Promise<Files> => {
  const built = await Promise.all([
    build({ ...OPTIONS, entryPoints: { index: "action/main.ts" }, splitting: true }),
    // In one file, because the sandbox sees no other.
    build({ ...OPTIONS, entryPoints: { tools: "action/tools.ts" } }),
  ]);
  return new Map(
    built.flatMap(({ outputFiles }) => outputFiles.map(({ path, text }) => [basename(path), text])),
  );
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

/** Parts are named by their content: those of an earlier build would stay. */
const write = (files: Files): void => {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST);
  for (const [name, text] of files) writeFileSync(join(DIST, name), text);
};

const fresh = await bundle();
if (process.argv.includes("--check")) check(fresh, kept());
else write(fresh);
