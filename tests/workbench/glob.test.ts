// Globs in tables, and compared with git's own reading of `.gitignore`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { globsWithMatches, matchesAnyGlob, matchesGlob } from "../../core/model/patch/glob.ts";
import { random } from "../text/corpus.ts";

const CASES: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
  ["*.ts", "a.ts", true],
  ["*.ts", "src/deep/a.ts", true],
  ["*.ts", "a.tsx", false],
  ["*.ts", "a.ts/inside.md", true],
  ["/*.ts", "a.ts", true],
  ["/*.ts", "src/a.ts", false],
  ["src/*.ts", "src/a.ts", true],
  ["src/*.ts", "src/deep/a.ts", false],
  ["src/*.ts", "lib/src/a.ts", false],
  ["src/**", "src/a/b/c.ts", true],
  ["src/**", "src", false],
  ["src/**", "source/a.ts", false],
  ["src/**/*.ts", "src/a.ts", true],
  ["src/**/*.ts", "src/a/b/c.ts", true],
  ["src/**/*.ts", "src/a.js", false],
  ["**/test/**", "a/b/test/c.ts", true],
  ["**/test/**", "test/c.ts", true],
  ["**/test/**", "a/testing/c.ts", false],
  ["**/*.md", "README.md", true],
  ["**", "anything/at/all", true],
  ["docs", "docs/a.md", true],
  ["docs", "docs", true],
  ["docs", "a/docs/b.md", true],
  ["docs", "docs2/a.md", false],
  ["docs/", "docs/a.md", true],
  ["docs/", "a/docs/b.md", true],
  ["docs/", "docs", false],
  ["/docs/", "docs/a.md", true],
  ["/docs/", "a/docs/b.md", false],
  ["a/b/", "a/b/c", true],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["file.[ch]", "src/file.c", true],
  ["file.[ch]", "src/file.o", false],
  ["file.[!ch]", "file.o", true],
  ["file.[!ch]", "file.c", false],
  ["file.[^ch]", "file.o", true],
  ["file.[^ch]", "file.c", false],
  ["***/a", "a", true],
  ["a/***/b", "a/c/d/b", true],
  ["a+b(1).txt", "a+b(1).txt", true],
  ["a.c", "abc", false],
  ["{a,b}", "{a,b}", true],
  [".github/**", ".github/workflows/ci.yml", true],
];

test.each(CASES)("the glob %s and the path %s: %s", (pattern, path, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

/** Where the meaning deliberately differs from git's. */
const OTHERWISE: readonly (readonly [why: string, pattern: string, path: string, matches: boolean])[] = [
  ["a character is one, however many bytes it has", "?", "é", true],
  ["a character is one, in a class as well", "[!a]", "é", true],
  ["a path from here is one from the root", "./src/*.ts", "src/a.ts", true],
  ["what no bracket closes stands for itself", "[", "[", true],
  ["a class ends where its name does", "a[/b]", "ab", false],
  ["a class has no names of classes", "[[:digit:]]", "1", false],
  ["a bracket that comes first in a class ends it", "[]a]", "a", false],
  ["stars beside something else are one, as git's manual says", "a**/b", "ab", false],
  ["nothing is escaped", "\\*", "*", false],
  ["nothing is a comment", "#a", "#a", true],
  ["nothing is let in again", "!a", "!a", true],
  ["a blank at the end is part of the name", "a ", "a ", true],
];

test.each(OTHERWISE)("%s: %s and the path %s: %s", (_, pattern, path, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

const temp = mkdtempSync(join(tmpdir(), "kin-glob-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
let repositories = 0;

/** Whether git ignores the path with only this pattern in a `.gitignore`. */
const gitsOwn = (pairs: readonly (readonly [pattern: string, path: string])[]): readonly boolean[] => {
  const repository = join(temp, String(repositories++));
  execFileSync("git", ["init", "-q", repository]);
  const paths = pairs.map(([pattern, path], index) => {
    mkdirSync(join(repository, String(index)));
    writeFileSync(join(repository, String(index), ".gitignore"), `${pattern}\n`);
    return `${index}/${path}`;
  });
  const { stdout } = spawnSync(
    "git",
    ["-C", repository, "-c", "core.ignorecase=false", "check-ignore", "--no-index", "--stdin", "-z"],
    { input: `${paths.join("\0")}\0`, encoding: "utf8" },
  );
  const ignored = new Set(stdout.split("\0"));
  return paths.map(path => ignored.has(path));
};

test("git reads the same out of the table, but for what is meant otherwise", () => {
  const same = gitsOwn(CASES.map(([pattern, path]) => [pattern, path]));
  expect(CASES.filter(([, , matches], index) => same[index] !== matches)).toEqual([]);
  const other = gitsOwn(OTHERWISE.map(([, pattern, path]) => [pattern, path]));
  expect(OTHERWISE.filter(([, , , matches], index) => other[index] === matches)).toEqual([]);
});

test("git reads the same out of 2,000 random globs", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const next = random(seed);
  const some = (from: readonly string[], most: number) =>
    Array.from({ length: 1 + next(most) }, () => from[next(from.length)] ?? "");
  const parts = "a b ab . .a B - + * ? [ab] [!a] [^b] [a-c] [-a] [b-] {a,b}".split(" ");
  const names = "a b ab a.b .a B a-b ba abc {a,b} ! ^ -".split(" ");
  const pairs = Array.from({ length: 2_000 }, () => {
    const segments = Array.from({ length: 1 + next(3) }, () =>
      (next(3) === 0 ? some(["**", "***"], 1) : some(parts, 3)).join(""),
    );
    const pattern = `${next(4) === 0 ? "/" : ""}${segments.join("/")}${next(5) === 0 ? "/" : ""}`;
    return [pattern, some(names, 4).join("/")] as const;
  }).filter(([pattern]) => !/^\.\/|[^/*]\*\*|\*\*[^/*]/.test(pattern));
  const expected = gitsOwn(pairs);
  const differ = pairs.filter(([pattern, path], index) => matchesGlob(path, pattern) !== expected[index]);
  expect({ seed, differ }).toEqual({ seed, differ: [] });
});

test("of several patterns those that match any path, in their order", () => {
  const globs = ["**/*.go", "test/**", "**/*.ts", "*.md"];
  expect(globsWithMatches(["src/a.ts", "docs/b.md", "src/c.ts"], globs)).toEqual(["**/*.ts", "*.md"]);
  expect(globsWithMatches([], globs)).toEqual([]);
});

test("no globs match nothing", () => {
  expect(matchesAnyGlob("a", [])).toBe(false);
});
