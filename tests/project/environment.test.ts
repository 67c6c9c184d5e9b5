// The environment is read where a process begins and nowhere else; everything below is passed what it needs. Scripts,
// benchmarks and tests are such beginnings themselves.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const FOLDERS = ["app", "action", "cli", "core", "host", "local", "packages"];

const sources = (): readonly string[] =>
  FOLDERS.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map(name => join(folder, name))
      .filter(
        path =>
          /\.(ts|mjs)$/.test(path) && !/^(action\/dist|local\/example|packages\/[^/]+\/tests)\//.test(path),
      ),
  );

/** `const { env } = process` and `import { env } from "node:process"` also read it. */
const READS =
  /\bprocess\s*\.\s*env\b|\bprocess\s*\[|\benv\b[^}\n]*\}\s*=\s*process\b|from "(?:node:)?process"/;

test("only the file that a process begins with reads `process.env`", () => {
  const all = sources();
  expect(all.length).toBeGreaterThan(100);
  const readers = all.filter(path => READS.test(readFileSync(join(ROOT, path), "utf8")));
  expect(readers.filter(path => !/(^|\/)main\.ts$/.test(path))).toEqual([]);
});

test.each([
  "process.env.PATH",
  "const { env } = process;",
  'import { env } from "node:process";',
  'process["env"]',
])("%s counts as reading it", text => {
  expect(READS.test(text)).toBe(true);
});
