import { expect, test } from "vitest";
import { globsWithMatches, matchesAnyGlob, matchesGlob } from "../../core/model/patch/glob.ts";

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
  ["a+b(1).txt", "a+b(1).txt", true],
  ["a.c", "abc", false],
  ["{a,b}", "{a,b}", true],
  ["[", "[", true],
  ["./src/*.ts", "src/a.ts", true],
  [".github/**", ".github/workflows/ci.yml", true],
];

test.each(CASES)("the glob %s and the path %s: %s", (pattern, path, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

test("of several patterns those that match any path, in their order", () => {
  const globs = ["**/*.go", "test/**", "**/*.ts", "*.md"];
  expect(globsWithMatches(["src/a.ts", "docs/b.md", "src/c.ts"], globs)).toEqual(["**/*.ts", "*.md"]);
  expect(globsWithMatches([], globs)).toEqual([]);
});

test("no globs match nothing", () => {
  expect(matchesAnyGlob("a", [])).toBe(false);
});
