// Before any test, rebuilds action/dist if a source has changed since, so that no story runs an outdated Action.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const DIST = "action/dist";
/** What the bundle is made of. Folders count, because removing a file changes its folder. */
const SOURCES = ["core", "host", "action", "specialists.yaml", "package-lock.json", "scripts/bundle.ts"];

export default (): void => {
  // A copy without one runs no Action: mutants are tried in such copies.
  if (!existsSync(join(ROOT, DIST))) return;
  const changed = SOURCES.flatMap(timesIn).reduce((latest, time) => Math.max(latest, time));
  const made = timesIn(DIST).slice(1);
  if (made.every(time => time >= changed)) return;
  execFileSync(process.execPath, ["scripts/bundle.ts"], { cwd: ROOT, stdio: "inherit" });
};

/** When it, and each thing in it, last changed. */
const timesIn = (path: string): readonly number[] => {
  const found = statSync(join(ROOT, path));
  if (!found.isDirectory()) return [found.mtimeMs];
  const names = readdirSync(join(ROOT, path)).filter(name => join(path, name) !== DIST);
  return [found.mtimeMs, ...names.flatMap(name => timesIn(join(path, name)))];
};
