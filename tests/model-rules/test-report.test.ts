// What is read from test runners' output, as the real ones print it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cleanOutput } from "../../action/workbench/output.ts";
import { readTests, TestReport } from "../../core/model/test-report.ts";

const PRINTED = join(import.meta.dirname, "printed");

const BESIDES: Readonly<Record<string, readonly string[]>> = {
  "node-spec": ["Node.js v#"],
  go: ["q/q_test.go:: undefined: undefined"],
};

const READ: Readonly<Record<string, Omit<TestReport, "besides" | "runners">>> = {
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
  "go-verbose": { passed: null, failed: 3, skipped: 0, failing: ["TestBad", "TestBad/sub_a", "x"] },
  tox: { passed: 1, failed: 1, skipped: 0, failing: ["test_a.py::test_bad"] },
  // It counts skipped tests among those that passed.
  ctest: { passed: 2, failed: 4, skipped: 0, failing: ["old_trouble", "crashes", "not_there", "slow"] },
  surefire: { passed: 2, failed: 2, skipped: 1, failing: ["breaks(SumTest)", "bad(SumTest)"] },
  dotnet: {
    passed: 1,
    failed: 2,
    skipped: 1,
    failing: ["A.Tests.SumTests.Adds(a: 1, b: 2, sum: 4)", "A.Tests.SumTests.Breaks"],
  },
  phpunit: {
    passed: 3,
    failed: 4,
    skipped: 2,
    failing: [
      "App\\Tests\\ATest::testBreaks",
      "App\\Tests\\ATest::testBad",
      'App\\Tests\\ATest::testPairs with data set "two: x" (1, 2)',
      "App\\Tests\\ATest::testPairs with data set #0 (3, 4)",
    ],
  },
  "phpunit-ok": { passed: 1, failed: 0, skipped: 0, failing: [] },
  rspec: {
    passed: 1,
    failed: 3,
    skipped: 1,
    failing: ["Sum goes wrong", "Sum is expected to eq 2", "Sum of nothing breaks"],
  },
  "rspec-load": { passed: 0, failed: 1, skipped: 0, failing: ["./spec/b_spec.rb"] },
  minitest: {
    passed: 1,
    failed: 3,
    skipped: 1,
    failing: ["spec of it#test_0001_goes wrong", "TestSum#test_breaks", "TestSum#test_bad"],
  },
  "test-unit": {
    passed: 1,
    failed: 2,
    skipped: 1,
    failing: ["test_bad(TestSum)", "test_breaks(TestSum)"],
  },
};

test.each(Object.entries(READ))("%s", (name, report) => {
  const {
    besides = [],
    runners,
    ...read
  } = readTests(cleanOutput(readFileSync(join(PRINTED, `${name}.txt`), "utf8"))) ?? {};
  expect([read, besides]).toEqual([report, BESIDES[name] ?? []]);
  // Each Go package reports how it ended, and one that did not build is named.
  expect(Object.values(runners ?? {})).toEqual(name.startsWith("go") ? [] : [1]);
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
  expect(readTests(one + other)).toMatchObject({
    passed: 5,
    failed: 2,
    skipped: 0,
    failing: ["a", "t.py::b"],
  });
  const many = Array.from({ length: 500 }, (_, at) => `not ok ${at} - ${"n".repeat(300)}${at}`).join("\n");
  const { failing = [] } = readTests(`${many}\n# fail 500`) ?? {};
  expect([failing.length <= 100, Math.max(...failing.map(({ length }) => length))]).toEqual([true, 200]);
});

describe("besides tests", () => {
  const RAN = "\u2139 pass 1\n\u2139 fail 0\n";
  test.each([
    ["src/a.ts(3,5): error TS2322: Type 'x'.", "src/a.ts(): error TS2322: Type 'x'."],
    ["src/a.ts:3:5 - error TS2322: Type 'x'.", "src/a.ts: - error TS2322: Type 'x'."],
    ["error TS6053: File 'x' not found.", "error TS6053: File 'x' not found."],
    ["error[E0425]: cannot find value `x`", "error[E0425]: cannot find value `x`"],
    ["/w/a.js\n  3:5  error  'x' is not defined  no-undef", "/w/a.js: error 'x' is not defined no-undef"],
    [
      "ERROR: Coverage for lines (51.2%) does not meet global threshold (80%)",
      "ERROR: Coverage for lines (#%) does not meet global threshold (#%)",
    ],
    [
      'Jest: "global" coverage threshold for lines (80%) not met: 50%',
      'Jest: "global" coverage threshold for lines (#%) not met: #%',
    ],
    [
      "Coverage failure: total of 50 is less than fail-under=90",
      "Coverage failure: total of # is less than fail-under=#",
    ],
    ["Node.js v24.1.0", "Node.js v#"],
    ["Segmentation fault (core dumped)", "Segmentation fault (core dumped)"],
    ["panic: boom", "panic: boom"],
    ["npm error workspace pkg-2@1.0.0", "npm error workspace pkg-2@#"],
    ["make[1]: *** [Makefile:3: check] Error 2", "make[#]: *** [Makefile:#: check] Error #"],
  ])("%s is kept", (line, kept) => {
    expect(readTests(`${RAN}${line}\n`)?.besides).toEqual([kept]);
  });
  test.each([
    "test_a.py:3: AssertionError",
    "a.py:1: in <module>",
    "src/a.ts:3:5: warning: unused",
    "/w/a.py:3: DeprecationWarning: old",
    "    at Object.<anonymous> (/w/a.js:3:5)",
    "AssertionError [ERR_ASSERTION]: 1 == 2",
    "Error: coverage is what it says",
    "error: said by the program",
  ])("%s is not: a test that failed may say so, or one that passed", line => {
    expect(readTests(`${RAN}${line}\n`)).not.toHaveProperty("besides");
  });
  test("it is bounded", () => {
    const { besides = [] } = readTests(`${RAN}${`panic: ${"x".repeat(999)}\n`.repeat(500)}`) ?? {};
    expect([besides.length, Math.max(...besides.map(({ length }) => length))]).toEqual([100, 200]);
  });
});
