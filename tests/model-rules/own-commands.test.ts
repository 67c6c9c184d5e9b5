// The project's own commands compared with their results on the base: what an approval is worth with them.
import { describe, expect, test } from "vitest";
import type { CommandRun } from "../../core/model/event.ts";
import { type Compared, compared } from "../../core/model/own-runs.ts";
import type { Attempt, Step } from "../../core/model/pipeline.ts";
import { readTests } from "../../core/model/test-report.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { dueCommands } from "../../core/pipeline/own-commands.ts";
import { ownRunsText } from "../../core/report/own-runs.ts";
import { type AttemptSpec, aPipeline, type JournalSpec } from "../build.ts";

const TEST = "npm test";
const run = (
  exit_code: number | null,
  failing?: readonly string[],
  failed = failing?.length,
): CommandRun => ({
  command: TEST,
  exit_code,
  seconds: 1,
  output: "",
  ...(failing === undefined
    ? {}
    : { tests: { passed: 3, failed: failed ?? 0, skipped: 0, failing: [...failing] } }),
});
const passing = (passed: number | null, { tests, ...run }: CommandRun): CommandRun => ({
  ...run,
  ...(tests === undefined ? {} : { tests: { ...tests, passed } }),
});
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `t${n}`);
const AS_BEFORE = { kind: "as_before" } as const;
const RED = { kind: "red", failing: [] } as const;
const RED_ANEW = { kind: "red", failing: [expect.any(String)] } as const;
const GREEN = run(0, []);
const unjudged: CommandRun = { ...run(null), not_judged: "it was interrupted" };

describe("a run held against the base", () => {
  const CASES: readonly (readonly [string, readonly CommandRun[], readonly CommandRun[], object])[] = [
    ["succeeds", [GREEN], [GREEN], { kind: "green" }],
    ["did not run", [unjudged], [GREEN], { kind: "not_run" }],
    ["fails anew", [run(1, ["a"])], [GREEN], { kind: "red", failing: ["a"] }],
    ["fails as before", [run(1, ["a"])], [run(1, ["a", "b"]), run(1, ["a", "b"])], { kind: "as_before" }],
    ["fails with one more", [run(1, ["a", "c"])], [run(1, ["a"])], { kind: "red", failing: ["c"] }],
    [
      "fails with another in the old one's place",
      [run(1, ["c"])],
      [run(1, ["a"])],
      { kind: "red", failing: ["c"] },
    ],
    [
      "fails more often under the same name",
      [run(1, ["a"], 2)],
      [run(1, ["a"], 1)],
      { kind: "red", failing: [] },
    ],
    [
      "fails more often in a suite that is named, too",
      [run(1, ["s", "a"], 2)],
      [run(1, ["s", "a"], 1)],
      { kind: "red", failing: [] },
    ],
    ["fails without a word now", [run(1)], [run(1, ["a"])], { kind: "red", failing: [] }],
    ["failed without a word before", [run(1, ["a"])], [run(1)], { kind: "red", failing: ["a"] }],
    ["has no failing test and fails, as before", [run(1, [])], [run(1, [])], { kind: "red", failing: [] }],
    ["runs into its limit", [run(null)], [GREEN], { kind: "red", failing: [] }],
    ["fails once and succeeds", [run(1, ["a"]), GREEN], [GREEN], { kind: "now_and_then", failing: ["a"] }],
    ["fails with what failed now and then", [run(1, ["a"])], [run(1, ["a"]), GREEN], { kind: "as_before" }],
    ["fails as before, but ends otherwise", [run(2, ["a"])], [run(1, ["a"])], { kind: "red", failing: [] }],
    ["is killed where it failed", [run(139, ["a"])], [run(1, ["a"])], { kind: "red", failing: [] }],
    ["runs into its limit where it failed", [run(null, ["a"])], [run(1, ["a"])], { kind: "red" }],
    ["ran into its limit before, too", [run(null, ["a"])], [run(null, ["a"])], { kind: "red" }],
    ["ends as one of two did", [run(2, ["a"])], [run(1, ["a"]), run(2, ["a"])], { kind: "as_before" }],
    [
      "fails with one without a name in the place of one with",
      [run(1, ["a"], 2)],
      [run(1, ["a", "b"])],
      { kind: "red", failing: [] },
    ],
    [
      "fails with more names than are kept",
      [run(1, many(100), 130)],
      [run(1, many(100), 130)],
      { kind: "red" },
    ],
    [
      "fails with fewer than it did, when more than are kept failed",
      [run(1, many(99))],
      [run(1, many(100), 130)],
      { kind: "as_before" },
    ],
    [
      "fails with what was not among those kept of the base",
      [run(1, [...many(98), "z"])],
      [run(1, many(100), 130)],
      { kind: "red", failing: ["z"] },
    ],
    [
      "fails as before, and fewer tests pass",
      [passing(1, run(1, ["a"]))],
      [passing(9, run(1, ["a"])), run(1, ["a"])],
      { kind: "as_before", fewer: 2 },
    ],
    [
      "fails as before, and more pass",
      [run(1, ["a"])],
      [passing(1, run(1, ["a"]))],
      { kind: "as_before", fewer: 0 },
    ],
    [
      "fails as before, and nobody counts what passes",
      [passing(null, run(1, ["a"]))],
      [run(1, ["a"])],
      { kind: "as_before", fewer: 0 },
    ],
    [
      "fails twice, once as before",
      [run(1, ["a", "b"]), run(1, ["a"])],
      [run(1, ["a"])],
      { kind: "as_before" },
    ],
  ];
  const vet = (...lines: readonly string[]): CommandRun => ({
    ...run(2),
    output: ["# example.com/toml", ...lines].map(line => `${line}\n`).join(""),
  });
  const WAS = "./decode_test.go:1144:11: result of String call not used";
  const LINES: typeof CASES = [
    [
      "a linter that finds the same at another line",
      [vet(WAS.replace("1144", "1252"))],
      [vet(WAS)],
      { kind: "as_before" },
    ],
    [
      "a linter that finds less",
      [vet(WAS)],
      [vet(WAS, "./a.go:1:2: unreachable code")],
      { kind: "as_before" },
    ],
    [
      "a linter that finds something else",
      [vet(WAS, "./a.go:1:2: unreachable code")],
      [vet(WAS)],
      { kind: "red", failing: [] },
    ],
    [
      "a linter that finds the same once more",
      [vet(WAS, WAS.replace("1144", "9"))],
      [vet(WAS)],
      { kind: "red", failing: [] },
    ],
    [
      "a linter that counts more",
      [vet("Found 3 errors.")],
      [vet("Found 2 errors.")],
      { kind: "red", failing: [] },
    ],
    [
      "a linter whose output is longer than what is kept",
      [vet(WAS.repeat(90))],
      [vet(WAS.repeat(90))],
      { kind: "red", failing: [] },
    ],
    [
      "a linter that ends otherwise",
      [{ ...vet(WAS), exit_code: 1 }],
      [vet(WAS)],
      { kind: "red", failing: [] },
    ],
  ];
  /** ESLint's default format: the file on its own line, positions at the beginning of the others. */
  const stylish = (...lines: readonly string[]): CommandRun => ({
    ...run(1),
    output: ["", "/work/a.js", ...lines, "", "✖ 1 problem (1 error, 0 warnings)", ""].join("\n"),
  });
  const UNUSED = "  12:5  error  'x' is never used  no-unused-vars";
  const lint = (line: string, exit_code = 1): CommandRun => ({ ...run(exit_code), output: `${line}\n` });
  const counted = (count: number): CommandRun => {
    const { output, ...rest } = stylish(UNUSED);
    const more = output.replace("1 problem (1 error", `${count} problems (${count} errors`);
    return { ...rest, output: more };
  };
  const twoFiles = (a: readonly string[], b: readonly string[]): CommandRun => ({
    ...run(1),
    output: ["/w/a.js", ...a, "", "/w/b.js", ...b, "", "✖ 3 problems (3 errors, 0 warnings)", ""].join("\n"),
  });
  const at = (place: string, rule: string): string => `  ${place}  error  ${rule}`;
  const BOTH = twoFiles([at("8:5", "no-undef")], [at("1:1", "no-y"), at("4:5", "no-undef")]);
  const PLACES: typeof CASES = [
    [
      "ESLint with one less in a file, and one more of its kind in another",
      [twoFiles([at("8:5", "no-undef"), at("9:5", "no-undef")], [at("1:1", "no-y")])],
      [BOTH],
      RED,
    ],
    [
      "ESLint with the same in two files, at other lines",
      [twoFiles([at("18:5", "no-undef")], [at("1:1", "no-y"), at("14:5", "no-undef")])],
      [BOTH],
      AS_BEFORE,
    ],
    ...[
      ["a.py:9:1: F811 redefinition of unused 'os' from line 3", "from line 3", "from line 5"],
      ['a.py:9: error: Name "x" already defined on line 7  [no-redef]', "on line 7", "on line 17"],
      ["a.py:9:1: E1 the first one is at line 7", "at line 7", "at line 8"],
    ].map(([was = "", from = "", to = ""]): (typeof CASES)[number] => [
      `one that names another place in words: ${from}`,
      [lint(was.replace(from, to).replace(":9:", ":11:"))],
      [lint(was)],
      AS_BEFORE,
    ]),
    ["ESLint at another line", [stylish(UNUSED.replace("12:5", "112:5"))], [stylish(UNUSED)], AS_BEFORE],
    ["ESLint with less, and so with a lower count", [stylish(UNUSED)], [counted(3)], AS_BEFORE],
    ["ESLint with the same and a higher count, by what it does not show", [counted(3)], [counted(2)], RED],
    [
      "ESLint with less, and so with narrower columns",
      [stylish(UNUSED)],
      [stylish(UNUSED.replace("used  no", "used                no").replace("5  error", "5    error"))],
      AS_BEFORE,
    ],
    ["ESLint with another rule", [stylish(UNUSED.replace("x", "y"))], [stylish(UNUSED)], RED],
    ["ESLint with one more", [stylish(UNUSED, UNUSED.replace("12", "13"))], [stylish(UNUSED)], RED],
    [
      "what is counted behind a colon",
      [lint("a.go:3:1: expected:4 arguments")],
      [lint("a.go:3:1: expected:3 arguments")],
      RED,
    ],
    [
      "what is called a line",
      [lint("a.go:3:1: more than line 80")],
      [lint("a.go:3:1: more than line 79")],
      RED,
    ],
    ["what stands in brackets", [lint("a.go:3:1: f(1,3)")], [lint("a.go:3:1: f(1,2)")], RED],
    [
      "a compiler",
      [lint("src/a.ts(14,5): error TS2322", 2)],
      [lint("src/a.ts(9,5): error TS2322", 2)],
      AS_BEFORE,
    ],
    [
      "one that says where in words",
      [lint('File "a.py", line 12, in b.py:1')],
      [lint('File "a.py", line 9, in b.py:2')],
      AS_BEFORE,
    ],
    [
      "one that shows the code with its lines' numbers",
      [lint("--> a.py:12:8\n   |\n12 | import os")],
      [lint("--> a.py:9:8\n  |\n9 | import os")],
      AS_BEFORE,
    ],
  ];
  const printed = (...lines: readonly string[]): CommandRun => {
    const tests = readTests(lines.map(line => `${line}\n`).join(""));
    return { ...run(1), ...(tests === null ? {} : { tests }) };
  };
  const OF_A = ["✖ old (1.2ms)", "ℹ pass 3", "ℹ fail 1", "npm error workspace a@1.0.0"];
  const OF_B = ["ℹ pass 2", "ℹ fail 0"];
  const TSC = "src/a.ts(3,5): error TS2322: Type 'number' is not assignable to type 'string'.";
  const COVERAGE = "ERROR: Coverage for lines (79.1%) does not meet global threshold (80%)";
  const BESIDES: typeof CASES = [
    [
      "a workspace that crashes beside a test that failed before",
      [printed(...OF_A, "Node.js v24.1.0", "npm error workspace b@1.0.0")],
      [printed(...OF_A, ...OF_B)],
      { kind: "red", failing: ["Node.js v#", "npm error workspace b@#"] },
    ],
    [
      "a workspace that crashed before, too",
      [printed(...OF_A, "Node.js v24.1.0", "npm error workspace b@1.0.1")],
      [printed(...OF_A, "Node.js v24.1.0", "npm error workspace b@1.0.0")],
      AS_BEFORE,
    ],
    [
      "a compiler's error beside a test that failed before",
      [printed(TSC, ...OF_A)],
      [printed(...OF_A)],
      { kind: "red", failing: [TSC.replace("3,5", "")] },
    ],
    [
      "a compiler's error that was there before, at another line",
      [printed(TSC.replace("3,5", "13,5"), ...OF_A)],
      [printed(TSC, ...OF_A)],
      AS_BEFORE,
    ],
    [
      "a compiler's error once more",
      [printed(TSC, TSC.replace("3", "4"), ...OF_A)],
      [printed(TSC, ...OF_A)],
      RED_ANEW,
    ],
    ["a threshold of coverage that was met", [printed(...OF_A, COVERAGE)], [printed(...OF_A)], RED_ANEW],
    [
      "a threshold that was missed by more",
      [printed(...OF_A, COVERAGE)],
      [printed(...OF_A, COVERAGE.replace("79.1", "42"))],
      AS_BEFORE,
    ],
    ["a runner that comes to no end", [printed(...OF_A)], [printed(...OF_A, ...OF_B)], RED],
    [
      "another runner in the place of one",
      [printed(...OF_A, "1 passed in 0.1s")],
      [printed(...OF_A, ...OF_B)],
      RED,
    ],
    [
      "a runner that came to its end on one of two runs",
      [printed(...OF_A)],
      [printed(...OF_A, ...OF_B), printed(...OF_A)],
      AS_BEFORE,
    ],
    [
      "a runner of another kind, on one of two runs",
      [printed(...OF_A)],
      [printed(...OF_A, "1 passed in 0.1s"), printed(...OF_A), run(1)],
      AS_BEFORE,
    ],
    [
      "more besides tests than is kept",
      [printed(...OF_A, ...Array(120).fill(TSC))],
      [printed(...OF_A, ...Array(120).fill(TSC))],
      RED,
    ],
  ];
  test.each([...CASES, ...LINES, ...PLACES, ...BESIDES])("%s", (_, runs, base, found) => {
    expect(compared(runs, base)).toMatchObject(found satisfies Partial<Compared>);
  });
});

const CARGO = ["build", "test"].map(what => ({ command: `cargo ${what} --offline`, program: "cargo" }));
const APPROVED = { verdict: "approved", reason: "r", findings: [] };
const judged = (spec: {
  readonly base?: readonly CommandRun[] | null;
  readonly gate?: AttemptSpec;
  readonly setup?: object;
  readonly config?: object;
}): { readonly step: Step; readonly text: string; readonly reason: string } => {
  const { base = [GREEN], gate = {}, setup = { detected: [TEST] }, config = {} } = spec;
  const journal: JournalSpec = {
    plan: ["debugger", "tester"],
    setup,
    config: { limits: { revisions: 0 }, ...config },
    ...(base === null ? {} : { base }),
    play: [{ answer: { status: "done" } }, { answer: APPROVED, ...gate }],
  };
  const pipeline = aPipeline(journal);
  const step = pipeline.steps[2] as Step;
  return { step, text: ownRunsText(step, pipeline), reason: step.attempts.at(-1)?.finished?.reason ?? "" };
};

describe("A6: an approval", () => {
  test("counts with the project's own command that the harness ran, and says nothing more", () => {
    const { step, text } = judged({ gate: { checks: [GREEN] } });
    expect([step.answer?.verdict, text]).toEqual(["approved", ""]);
  });
  test.each<[string, AttemptSpec]>([
    ["none did", { turns: [{ bash: "node --version" }] }],
    ["only the gate did, which may have written a ~/.npmrc before it", { turns: [{ bash: TEST }] }],
    ["it ran before the last change", { turns: [{ bash: TEST }, { wrote: ["a.test.js"] }] }],
    ["it ran red", { turns: [{ bash: [TEST, 1] }] }],
  ])("does not count where %s, and the harness did not run it either", (_, gate) => {
    const { step, reason } = judged({ gate });
    expect([step.answer, reason]).toEqual([
      null,
      "It approved, but the project's own `npm test` did not run.",
    ]);
  });
  test("becomes a rejection by what fails anew, by name", () => {
    const { step } = judged({ gate: { checks: [run(1, ["adds › up"]), run(1, ["adds › up"])] } });
    expect(step.answer).toMatchObject({
      verdict: "changes_requested",
      reason:
        "The gate approved, but `npm test` exited 1 with what did not fail before (adds › up); the exit code decides.",
    });
  });
  test.each<[string, Parameters<typeof judged>[0], string]>([
    [
      "what failed before",
      { base: [run(1, ["a"]), run(1, ["a"])], gate: { checks: [run(1, ["a"])] } },
      "`npm test` fails as it did before the change, with nothing new.",
    ],
    [
      "how many fewer pass",
      { base: [run(1, ["a"])], gate: { checks: [passing(1, run(1, ["a"]))] } },
      "`npm test` fails as it did before the change, with nothing new; 2 tests fewer pass.",
    ],
    [
      "what fails now and then",
      { gate: { checks: [run(1, ["a"]), GREEN] } },
      "`npm test` failed once and succeeded once on the same files (a).",
    ],
    [
      "that nothing was detected",
      { base: null, setup: {} },
      "**Nothing of the project's own was run**: `.github/kin.yml` names no `gates`, and Kin found no command by the manifests.",
    ],
    [
      "what could not run for want of its program, and is neither passed nor failed",
      { gate: { checks: [GREEN] }, setup: { detected: [TEST], unavailable: CARGO } },
      "Not available, because the runner has no `cargo`: `cargo build --offline`, `cargo test --offline`.",
    ],
    [
      "that nothing could",
      { base: null, setup: { unavailable: CARGO.slice(0, 1) } },
      "**Nothing of the project's own was run**. Not available, because the runner has no `cargo`: `cargo build --offline`.",
    ],
    [
      "that what was detected tells nothing",
      { base: [run(127), run(127)] },
      "**Nothing of the project's own was run**: `npm test` fails before the change, too, in a way that tells nothing.",
    ],
    [
      "that it could not run",
      { gate: { checks: [unjudged] } },
      "**Nothing of the project's own was run**: `npm test` could not run on it.",
    ],
  ])("says %s", (_, spec, text) => {
    expect(judged(spec)).toMatchObject({ step: { answer: { verdict: "approved" } }, text });
  });
  test("what the configuration names has to succeed, also where it failed before", () => {
    const { step } = judged({
      config: { gates: [TEST] },
      base: [run(1), run(1)],
      gate: { checks: [run(1), run(1)] },
    });
    expect(step.answer).toMatchObject({ verdict: "changes_requested" });
  });
});

test("the base is checked once, before the planner, and not where nobody writes", () => {
  const [next] = decide(aPipeline({ setup: { detected: [TEST] } }));
  expect(next).toEqual({ kind: "check_base", key: "base", commands: [TEST] });
  const named = decide(aPipeline({ setup: { detected: [TEST] }, config: { gates: ["make check"] } }));
  expect(named).toMatchObject([{ kind: "check_base", commands: ["make check"] }]);
  for (const spec of [{ base: [GREEN] }, { config: { project_type: "research" } }])
    expect(decide(aPipeline({ setup: { detected: [TEST] }, ...spec }))).toMatchObject([
      { kind: "take_turn" },
    ]);
});

test("L13: behind a writer what the configuration names runs, the runtime check last, and behind a gate's rejection nothing", () => {
  const due = (spec: JournalSpec, number: number) => {
    const pipeline = aPipeline({
      plan: ["debugger", "tester"],
      setup: { detected: [TEST] },
      base: [GREEN],
      ...spec,
    });
    const step = pipeline.steps[number] as Step;
    return dueCommands(step, step.attempts.at(-1) as Attempt, pipeline);
  };
  const wrote = { turns: [{ wrote: ["a.js"] }], answer: { status: "done" } };
  expect(due({ play: [wrote] }, 1)).toEqual([]);
  expect(due({ play: [wrote], config: { gates: ["make"] } }, 1)).toEqual(["make"]);
  const config = { gates: ["make"], runtime_check: "./up" };
  expect(due({ play: [wrote], config }, 1)).toEqual(["make", "./up"]);
  expect(due({ play: [wrote], config: { runtime_check: "./up" } }, 1)).toEqual(["./up"]);
  const approved = { play: [wrote, { answer: APPROVED }], config: { runtime_check: "./up" } };
  expect(due({ ...approved, base: [GREEN, { ...run(1), command: "./up" }] }, 2)).toEqual([TEST, "./up"]);
  expect(due({ play: [wrote, { answer: { ...APPROVED, verdict: "changes_requested" } }] }, 2)).toEqual([]);
});
