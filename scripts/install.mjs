// Runs before `npm start` and `npm test`: installs what package-lock.json names where it is not there yet.
// Plain JavaScript, because on a fresh clone the system's own Node runs it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const installed = "node_modules/.package-lock.json";
const packagesOf = file =>
  Object.entries(JSON.parse(readFileSync(file, "utf8")).packages).filter(
    ([name, { optional }]) => name !== "" && !optional,
  );
const isCurrent = () => {
  if (!existsSync(installed)) return false;
  const found = Object.fromEntries(packagesOf(installed));
  // What npm says that it installed need not be there: a link of a workspace, or all that `--package-lock-only` left out.
  return packagesOf("package-lock.json").every(
    ([name, { version }]) => existsSync(name) && found[name]?.version === version,
  );
};

if (!isCurrent()) {
  console.log("Installing packages …");
  // Not `npm ci`: it refuses a lock file without the binaries of every other platform, which not every registry has.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { stdio: "inherit" });
  process.exit(status ?? 1);
}
