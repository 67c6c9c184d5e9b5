// Builds action/dist: the Action and the tool process, each one readable file. `--check` fails when they are stale.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const ENTRIES = { index: "action/main.ts", tools: "action/tools.ts" };
const DIST = "action/dist";
const BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

const bundle = async (outdir: string): Promise<void> => {
  await build({
    entryPoints: ENTRIES,
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    banner: { js: BANNER },
    legalComments: "none",
    logLevel: "warning",
  });
};

const check = async (): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bundle-"));
  try {
    await bundle(dir);
    const stale = Object.keys(ENTRIES).filter(
      name => read(join(dir, `${name}.js`)) !== read(join(DIST, `${name}.js`)),
    );
    if (stale.length === 0) return;
    console.error(
      `Stale: ${stale.map(name => `${DIST}/${name}.js`).join(", ")}. Run \`npm run bundle\` and commit the result.`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

await (process.argv.includes("--check") ? check() : bundle(DIST));
