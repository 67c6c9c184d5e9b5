// All checks that need no test run, at once; prints each one's output when it is done.
import { exec } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const CHECKS = ["lint", "types", "layers", "dead", "docs:check", "bundle:check", "workflows"];

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));

/** Without npm, whose own start would take a tenth of the time. */
const run = (check: string): Promise<boolean> =>
  new Promise(resolve => {
    const begun = performance.now();
    exec(scripts[check], (error, said, wrong) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      console.log(`${error === null ? "✓" : "✗"} ${check} (${seconds} s)`);
      if (error !== null) console.log(`${said}${wrong}`.trim());
      resolve(error === null);
    });
  });

const passed = await Promise.all(CHECKS.map(run));
if (passed.includes(false)) process.exitCode = 1;
