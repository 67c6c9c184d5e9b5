// Runs before `npm start` and `npm test`: installs what package-lock.json names if it is missing. Plain JavaScript,
// because on a fresh clone the system's own Node runs it.
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
  // npm's own record of what it installed may be wrong: a workspace link, or everything that `--package-lock-only` left
  // out.
  return packagesOf("package-lock.json").every(
    ([name, { version }]) => existsSync(name) && found[name]?.version === version,
  );
};

if (!isCurrent()) {
  console.log("Installing packages …");
  // Not `npm ci`: it rejects a lock file without the binaries of every other platform, which not every registry has.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { stdio: "inherit" });
  process.exit(status ?? 1);
}
