#!/usr/bin/env node
// `kin` on whatever Node is there. The sources are TypeScript: a Node that cannot run them hands over to the one that
// npm installed beside them. Plain JavaScript, so that any Node can read this.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, "cli", "main.ts");
const own = join(root, "node_modules", "node", "bin", "node");

if (!existsSync(join(root, "node_modules"))) {
  console.error(`Kin's packages are not installed.\nRun \`npm install\` in ${root}.`);
  process.exitCode = 1;
} else if (process.features.typescript) {
  await import("./main.ts");
} else if (existsSync(own)) {
  const options = process.execArgv.filter(option => !option.includes("strip-types"));
  const child = spawn(own, [...options, main, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal's Ctrl-C also reaches the child directly: it takes the two for one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("close", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
} else {
  console.error(
    `Kin's sources need Node 22.18 or newer, and this is ${process.version}.\nRun \`npm install\` in ${root}: it puts one beside them, which \`kin\` then takes.`,
  );
  process.exitCode = 1;
}
