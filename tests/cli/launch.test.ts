// `kin` on a Node that cannot run TypeScript: the one beside the sources runs it, with the same input and output.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-launch-"));
afterAll(() => rmSync(temp, { recursive: true }));
mkdirSync(join(temp, "cli"));
copyFileSync(join(ROOT, "cli", "kin.mjs"), join(temp, "cli", "kin.mjs"));

const launch = (root: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, ["--no-strip-types", join(root, "cli", "kin.mjs"), ...args], {
    encoding: "utf8",
  });

test("the Node that npm installed takes over, and its exit code is handed on", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(launch(ROOT, "--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  expect(launch(ROOT, "sql")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/needs a statement/),
  });
});

test("the Node that `.node-version` names is the one that npm installs", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(readFileSync(join(ROOT, ".node-version"), "utf8")).toBe(`${devDependencies.node}\n`);
});

test("without packages, and without such a Node, it says what to do", () => {
  expect(launch(temp).stderr).toBe(`Kin's packages are not installed.\nRun \`npm install\` in ${temp}.\n`);
  mkdirSync(join(temp, "node_modules"));
  expect(launch(temp)).toMatchObject({
    status: 1,
    stderr: `Kin's sources need Node 22.18 or newer, and this is ${process.version}.\nRun \`npm install\` in ${temp}: it puts one beside them, which \`kin\` then takes.\n`,
  });
});
