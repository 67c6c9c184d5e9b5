import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const PACKAGE = path.join(import.meta.dirname, "..");
const PAGE = readFileSync(path.join(PACKAGE, "README.md"), "utf8");

test("the page's code, from its first line to its last, prints what the page says", async () => {
  const program = [...PAGE.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code).join("\n");
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(said.length).toBeGreaterThan(3);
  const child = spawn(process.execPath, ["--input-type=module"], {
    cwd: PACKAGE,
    env: { PATH: process.env.PATH, LOG_LEVEL: "fatal" },
  });
  child.stdin.end(program);
  const [printed, wrong] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(printed.trimEnd().split("\n"), wrong).toEqual(said);
});
