// What is read of test runners' words: as the real ones print them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanOutput } from "../../core/adapters/workbench/output.ts";
import { readTests, TestReport } from "../../core/model/test-report.ts";

const PRINTED = join(import.meta.dirname, "printed");

const READ: Readonly<Record<string, TestReport>> = {
  "node-spec": {
    passed: 2,
    failed: 3,
    skipped: 1,
    failing: ["breaks - badly", "inner fails", "s", "nt/b.test.mjs"],
  },
  "node-tap": {
    passed: 2,
    failed: 3,
    skipped: 1,
    failing: ["breaks - badly", "inner fails", "s", "nt/b.test.mjs"],
  },
  vitest: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failing: ["b.test.ts [ b.test.ts ]", "a.test.ts > S > bad one", "a.test.ts > S > deep > worse"],
  },
  "vitest-unhandled": { passed: 1, failed: 2, skipped: 0, failing: ["a.test.ts > bad"] },
  jest: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failing: ["j/a.test.js", "S › bad one", "S › deep › worse", "j/b.test.js"],
  },
  mocha: { passed: 1, failed: 2, skipped: 1, failing: ["S bad one", "S deep worse"] },
  pytest: {
    passed: 1,
    failed: 4,
    skipped: 1,
    failing: ["test_a.py::test_bad", "test_a.py::test_p[a b", "test_a.py::test_p[2]", "test_b.py"],
  },
  "pytest-collection": { passed: 0, failed: 1, skipped: 0, failing: ["test_b.py"] },
  unittest: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failing: ["test_e (__main__.T.test_e)", "test_a (__main__.T.test_a)"],
  },
  go: {
    passed: null,
    failed: 4,
    skipped: 0,
    failing: ["TestBad", "TestBad/sub_a", "x/p", "x/q [build failed]"],
  },
  cargo: { passed: 1, failed: 1, skipped: 1, failing: ["a::c"] },
};

test.each(Object.entries(READ))("%s", (name, report) => {
  expect(readTests(cleanOutput(readFileSync(join(PRINTED, `${name}.txt`), "utf8")))).toEqual(report);
});

test("every sample is read", () => {
  expect(readdirSync(PRINTED).sort()).toEqual(
    Object.keys(READ)
      .map(name => `${name}.txt`)
      .sort(),
  );
});

test.each([
  ["", null],
  ["error: 3 failed, as you see\nFAIL\n", null],
  ["not ok 1 - without any count\n", null],
  ["PHPUnit 11\nTests: many\n", null],
])("of %j nothing is made up", (output, report) => {
  expect(readTests(output)).toEqual(report);
});

test.each([
  ["# pass ", ""],
  ["ℹ fail ", ""],
  ["Tests: ", " failed"],
  ["", " passing"],
  ["=== ", " failed in 1.0s"],
  ["Ran ", " tests in 1s"],
  ["FAILED (failures=", ")"],
  ["test result: FAILED. 0 passed; ", " failed"],
])("a number that nobody counts to, as in %j, is bounded", (before, after) => {
  const report = readTests(`${before}${"9".repeat(330)}${after}\n`);
  expect(TestReport.safeParse(report ?? { failing: 0 }).success).toBe(true);
});

test("several runners of one command are added up, and names are bounded", () => {
  const one = "# pass 2\n# fail 1\nnot ok 1 - a\n";
  const other = "=== 3 passed, 1 failed in 0.1s ===\nFAILED t.py::b - x\n";
  expect(readTests(one + other)).toEqual({ passed: 5, failed: 2, skipped: 0, failing: ["a", "t.py::b"] });
  const many = Array.from({ length: 500 }, (_, at) => `not ok ${at} - ${"n".repeat(300)}${at}`).join("\n");
  const { failing = [] } = readTests(`${many}\n# fail 500`) ?? {};
  expect([failing.length <= 100, Math.max(...failing.map(({ length }) => length))]).toEqual([true, 200]);
});
