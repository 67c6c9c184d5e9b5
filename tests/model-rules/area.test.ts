import { expect, test } from "vitest";
import { isInArea, overlaps } from "../../core/model/area.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";

test.each<[string, readonly string[], boolean]>([
  ["src/a.ts", [], true],
  ["src/a.ts", ["src/"], true],
  ["src/a.ts", ["src"], true],
  ["src/a.ts", ["src/a.ts"], true],
  ["src/[id]/a.ts", ["src/[id]/"], true],
  ["src/a.ts", ["web/", "src/"], true],
  ["source/a.ts", ["src/"], false],
  ["src/a.tsx", ["src/a.ts"], false],
  ["SRC/a.ts", ["src/"], false],
  ["src2/a.ts", ["src"], false],
])("%s lies in %j: %s", (path, area, lies) => {
  expect(isInArea(path, area)).toBe(lies);
});

test.each<[readonly string[], readonly string[], boolean]>([
  [["src/"], ["web/"], false],
  [["src/"], ["src/api/"], true],
  [["src/api/"], ["src/"], true],
  [["src/a.ts"], ["src/b.ts"], false],
  [["a/", "b/"], ["c/", "b/x.ts"], true],
  [[], ["a/"], true],
  [["a/"], [], true],
  [["a"], ["ab"], false],
])("%j and %j overlap: %s", (one, other, overlap) => {
  expect(overlaps(one, other)).toBe(overlap);
  expect(overlaps(other, one)).toBe(overlap);
});

test("a worker changes what its role may change and lies in its area", () => {
  const scope = {
    permission: "full",
    paths: ["*.ts"],
    paths_denied: ["src/own.ts"],
    area: ["src/"],
  } as const;
  const problem = (path: string) => pathProblem(path, { scope, protected: [] });
  expect(problem("src/a.ts")).toBeNull();
  expect(problem("web/a.ts")).toBe(
    "your area is src/; somebody else may be writing there: say in your report what has to change",
  );
  expect(problem("src/a.css")).toContain("your role may only change");
  expect(problem("src/own.ts")).toContain("your role may not change it");
});
