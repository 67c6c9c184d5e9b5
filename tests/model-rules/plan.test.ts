import { describe, expect, test } from "vitest";
import { roleOf, selectableRoles } from "../../core/agents/roster.ts";
import type { NumberedRun } from "../../core/agents/runs.ts";
import type { Step } from "../../core/model/pipeline.ts";
import { accept, planOf } from "../../core/pipeline/plan/accept.ts";
import type { PlanContext } from "../../core/pipeline/plan/rules.ts";
import { aConfig, aPipeline } from "../build.ts";
import { type Asked, answerOf, opening, planned, refused, stepsOf, type } from "./planning.ts";
import { aRole, aRoster, ROLES } from "./roles.ts";

const PLAIN = {
  group: "core",
  part: "plan",
  department: null,
  head: false,
  decisions: [],
  criteria: [],
  module: null,
  depends_on: null,
};

describe("a plan that keeps the rules", () => {
  test("is taken as it is, with what each step needs of its role", () => {
    expect(planned(answerOf(stepsOf("debugger", "reviewer")))).toEqual({
      analysis: "Rounding.",
      category: "FIX",
      route_type: "debug",
      completion_mode: "auto_complete",
      repairs: [],
      steps: [
        { ...PLAIN, role: "debugger", brief: "Do debugger.", gate: false, writes: true },
        { ...PLAIN, role: "reviewer", brief: "Do reviewer.", gate: true, writes: false },
      ],
    });
  });
  test("keeps the module that a step names", () => {
    expect(planned(answerOf([{ role: "tester", brief: "b", module: "billing" }])).steps[0]?.module).toBe(
      "billing",
    );
  });
  test("X41: depends on the nearest earlier step of the role that it names", () => {
    const steps = stepsOf("debugger", "debugger", "tester");
    const plan = planned(answerOf([...steps.slice(0, 2), { ...steps[2], depends_on: "debugger" } as Asked]));
    expect(plan.steps.map(step => step.depends_on)).toEqual([null, null, 2]);
    expect(plan.repairs).toEqual([]);
  });
  test("C13: completes as the rules say, whatever the planner asks for", () => {
    const asked = { route_type: "research", completion_mode: "auto_complete" };
    expect(planned(answerOf(stepsOf("tester"), asked)).completion_mode).toBe("review");
  });
  test("of another route than the known ones is custom", () => {
    expect(planned(answerOf(stepsOf("tester"), { route_type: null })).route_type).toBe("custom");
  });
  test("B18: may have more than four steps with a justification", () => {
    const answer = answerOf(stepsOf("architect", "debugger", "debugger", "debugger", "tester"));
    expect(refused(answer)).toHaveLength(1);
    expect(planned({ ...answer, justification: "Three faults." }).steps).toHaveLength(5);
  });
});

test("a plan has forty steps at most, with whatever justification", () => {
  const of = (count: number, role: string) =>
    answerOf(stepsOf(...Array<string>(count).fill(role)), { justification: "Many faults." });
  expect(planned(of(40, "debugger")).steps.length).toBeGreaterThanOrEqual(40);
  expect(refused(of(41, "debugger"))).toEqual([expect.stringMatching(/^pipeline: it has 40 steps at most/)]);
  expect(refused(of(2000, "wizard"))).toHaveLength(1);
});

describe("a plan is repaired where the repair is certain", () => {
  test("C15: a reviewer is added where it does not end with a tester or a reviewer", () => {
    const plan = planned(answerOf(stepsOf("architect", "debugger")));
    expect(plan.steps.map(step => step.role)).toEqual(["architect", "debugger", "reviewer"]);
    expect(plan.steps.at(-1)).toMatchObject({ gate: true, writes: false, module: null, depends_on: null });
    expect(plan.repairs).toEqual(["A reviewer was added: every plan ends with a tester or a reviewer."]);
  });
  test("where nobody could be added, it stays without a gate", () => {
    const roster = aRoster(ROLES.filter(role => role.name !== "reviewer"));
    const plan = planned(answerOf(stepsOf("debugger")), { roster });
    expect(plan).toMatchObject({ repairs: [], steps: [{ role: "debugger" }] });
  });
  test.each([["tester"], ["debugger"], ["nobody"]])(
    "G18: a step no longer depends on %s, no earlier step",
    depends_on => {
      const plan = planned(answerOf([{ role: "debugger", brief: "b", depends_on }, ...stepsOf("tester")]));
      expect(plan.steps[0]?.depends_on).toBeNull();
      expect(plan.repairs).toEqual([
        `Step 1 (debugger) no longer depends on "${depends_on}", which is no earlier step.`,
      ]);
    },
  );
  test("C3: the last step answers for the acceptance criteria, which stay apart from its brief: they are the issue's text", () => {
    const plan = planned(answerOf(stepsOf("debugger", "tester")), opening({}, {}, ["The sum is right."]));
    expect(plan.steps.map(step => step.criteria)).toEqual([[], ["The sum is right."]]);
    expect(plan.steps.map(step => step.brief)).toEqual(["Do debugger.", "Do tester."]);
  });
  test("it is the reviewer where one was added", () => {
    const plan = planned(answerOf(stepsOf("debugger")), opening({}, {}, ["It adds up."]));
    expect(plan.steps.at(-1)).toMatchObject({ role: "reviewer", criteria: ["It adds up."] });
  });
  test.each([
    [" fix\n", "FIX"],
    ["docs", "DOCS"],
  ])("the category %j is %s", (category, found) => {
    expect(planned(answerOf(stepsOf("tester"), { category }))).toMatchObject({
      category: found,
      repairs: [],
    });
  });
  test.each([["BUG"], [null]])("the category %j is none", category => {
    const plan = planned(answerOf(stepsOf("tester"), { category }));
    expect(plan.category).toBeNull();
    expect(plan.repairs[0]).toMatch(/^The category ".*" is none of SEC, UI, .*OBS; the task has none\.$/);
  });
});

describe("a plan goes back where no repair is certain", () => {
  test.each<[roles: readonly string[], over: Partial<PlanContext>, reasons: readonly RegExp[]]>([
    [
      ["wizard", "tester"],
      {},
      [/^pipeline\[0\]\.role: there is no role "wizard"\. Allowed: architect, sysadmin, /],
    ],
    [["debugger", "pm"], {}, [/^pipeline\[1\]\.role: "pm" cannot be put into a plan\. Allowed: architect/]],
    [
      ["architect", "debugger", "reviewer"],
      type("operations"),
      [/"architect" does not work in an operations project\. Allowed: sysadmin, debugger, reviewer\.$/],
    ],
    [["tester"], type("operations"), [/"tester" does not work in an operations/]],
    [
      ["debugger", "tester"],
      type("research"),
      [/\[0\].*"debugger" changes files, and a research project changes no code/, /\[1\].*"tester" changes/],
    ],
    [
      ["architect", "debugger", "debugger", "debugger", "tester"],
      {},
      [/^pipeline: 5 steps are more than 4; shorten it or say why in `justification`\.$/],
    ],
    [["x", "x", "x", "x", "x"], {}, [/\[0\]/, /\[1\]/, /\[2\]/, /\[3\]/, /\[4\]/, /5 steps/]],
  ])("%j", (roles, over, reasons) => {
    const found = refused(answerOf(stepsOf(...roles)), over);
    expect(found).toHaveLength(reasons.length);
    for (const [index, reason] of reasons.entries()) expect(found[index]).toMatch(reason);
  });
  test("a blank justification is none", () => {
    const steps = stepsOf("architect", "debugger", "debugger", "debugger", "tester");
    expect(refused(answerOf(steps, { justification: "  " }))).toHaveLength(1);
  });
});

describe("a type of project", () => {
  test.each([
    ["development", ["architect", "sysadmin", "debugger", "tester", "reviewer"]],
    ["operations", ["sysadmin", "debugger", "reviewer"]],
    ["research", ["architect", "sysadmin", "reviewer"]],
  ])("%s lets the planner choose %j", (project_type, names) => {
    const roles = selectableRoles(aRoster(), aConfig({ project_type }));
    expect(roles.map(role => role.name)).toEqual(names);
  });
  test("and a role that nobody knows is an error that names the known ones", () => {
    expect(roleOf(aRoster(), "pm").name).toBe("pm");
    expect(() => roleOf(aRoster(), "wizard")).toThrow(
      expect.objectContaining({ code: "role_unknown", hint: expect.stringContaining("pm, architect") }),
    );
  });
});

describe("what is submitted", () => {
  const roster = aRoster([
    ...ROLES,
    aRole({ name: "judge", gate: true, output_schema: { verdict: "string" } }),
  ]);
  const pipeline = aPipeline({ plan: ["debugger", "tester", { role: "judge", gate: true }] });
  const submit = (input: unknown, step = 1, ran: NumberedRun[] = []) =>
    accept(input, { pipeline, step: pipeline.steps[step] as Step, roster, runs: ran });
  const proof = { what_was_done: "w", how_verified: [1], verification_result: "v" };
  const ran = (command: string, exit_code: number | null = 0, shown = ""): NumberedRun[] => [
    { command, exit_code, seconds: 1, output: "", number: 1, shown, tree: "kept" },
  ];
  const done = { status: "done", proof };
  const plan = answerOf(stepsOf("debugger", "tester"));

  test.each([
    ["as an object", done],
    ["as JSON text", JSON.stringify(done)],
    ["C19, G3: as JSON text in a code block", `\`\`\`json\n${JSON.stringify(done)}\n\`\`\``],
  ])("is accepted %s", (_, answer) => {
    expect(submit({ answer }, 1, ran("npm test"))).toEqual({ kind: "accepted", answer: done });
  });
  test("is accepted when it says blocked, a gate's and the planner's too", () => {
    const answer = { status: "blocked", reason: "No access." };
    for (const step of [0, 1, 2]) expect(submit({ answer }, step)).toEqual({ kind: "accepted", answer });
  });
  test("X34: and is blocked and a plan at once is blocked", () => {
    const answer = { ...plan, status: "blocked", reason: "Which flats?" };
    expect(submit({ answer }, 0)).toEqual({ kind: "accepted", answer });
  });
  test("by a gate is accepted with its verdict", () => {
    const answer = { verdict: "approved", reason: "r", proof };
    expect(submit({ answer }, 2, ran("npm test"))).toEqual({ kind: "accepted", answer });
    expect(submit({ answer: { ...answer, verdict: "changes_requested" } }, 2)).toMatchObject({
      kind: "accepted",
    });
  });
  test("by a gate whose proof is red is accepted: it is no approval", () => {
    const answer = { verdict: "approved", reason: "r", proof };
    expect(submit({ answer }, 2, ran("npm test", 1))).toEqual({ kind: "accepted", answer });
  });
  test("is accepted as partial without a proof", () => {
    expect(submit({ answer: { ...done, status: "partial" } })).toMatchObject({ kind: "accepted" });
  });

  test.each<[how_verified: number[], ran: NumberedRun[], reason: RegExp]>([
    [[], [], /name the runs that verified it by their numbers/],
    [[1], [], /1 is no run of this conversation, which has 0/],
    [[1], ran("npm test || true"), /the exit code of run 1 is not the check's own; run the check alone/],
    [[1], ran("npm test", 1), /run 1 exited 1\. A check that has to fail succeeds as `! command`/],
    [
      [1],
      ran("npm test").map(one => ({ ...one, tree: "changed" as const })),
      /files were changed after run 1; run it once more/,
    ],
  ])("while there is time to mend it, is refused with the proof %j", (how_verified, runs, reason) => {
    const found = submit({ answer: { ...done, proof: { ...proof, how_verified } } }, 1, runs);
    expect(found).toEqual({ kind: "refused", reasons: [expect.stringMatching(reason)] });
  });

  test.each<[string, how_verified: number[], reason: RegExp | null]>([
    ["twenty runs", Array(20).fill(1), null],
    ["more", Array(21).fill(1), /^proof\.how_verified: name 20 runs at most/],
  ])("with a proof of %s is looked at by its length", (_, how_verified, reason) => {
    const found = submit({ answer: { ...done, proof: { ...proof, how_verified } } }, 1, ran("npm test"));
    if (reason === null) expect(found.kind).toBe("accepted");
    else expect(found).toEqual({ kind: "refused", reasons: [expect.stringMatching(reason)] });
  });

  describe("A4: says of the acceptance criteria", () => {
    const CRITERIA_CHECK = "array of { criterion: integer, met: bool, run?: integer, evidence: string }";
    const schema = (name: string, output_schema: object) => ({
      ...(ROLES.find(role => role.name === name) as (typeof ROLES)[number]),
      output_schema: { ...output_schema, "criteria_check?": CRITERIA_CHECK },
    });
    const asking = aRoster([
      ...ROLES.filter(({ name }) => name !== "tester" && name !== "debugger"),
      schema("tester", { verdict: "approved | changes_requested", reason: "string" }),
      schema("debugger", { status: "done | partial | blocked" }),
    ]);
    const criteria = ["It adds up.", "It is fast."];
    const before = aPipeline({
      task: { acceptance_criteria: criteria },
      plan: ["debugger", { role: "tester", criteria }],
    });
    const [red] = ran("npm test", 1);
    const runs = [
      ...ran("npm test"),
      { ...red, number: 2 },
      { ...red, exit_code: 0, tree: "changed" },
      { ...ran("echo 13 tests pass")[0], number: 4 },
      { ...ran("node /tmp/check.mjs")[0], number: 5 },
    ] as NumberedRun[];
    const said = (answer: object, step = 2) =>
      accept({ answer }, { pipeline: before, step: before.steps[step] as Step, roster: asking, runs });
    const met = (criterion: number, over: object = {}) => ({
      criterion,
      met: true,
      run: 1,
      evidence: "e",
      ...over,
    });
    const approved = (...criteria_check: object[]) => ({ verdict: "approved", reason: "r", criteria_check });
    const DONE_IT = { status: "done", criteria_check: [met(1), met(2, { met: false, run: undefined })] };

    test("each is met, by a run that shows it: a gate approves", () => {
      expect(said(approved(met(1), met(2)))).toMatchObject({ kind: "accepted" });
    });
    test("one is not met: a gate rejects, and a writer is done with its own part", () => {
      const no = [met(1), met(2, { met: false })];
      expect(said({ ...approved(...no), verdict: "changes_requested" })).toMatchObject({ kind: "accepted" });
      expect(said(DONE_IT, 1)).toMatchObject({ kind: "accepted" });
      expect(said({ status: "partial" }, 1)).toMatchObject({ kind: "accepted" });
    });
    test.each<[object, number, RegExp]>([
      [{ verdict: "approved", reason: "r" }, 2, /by which run; 1, 2 is missing/],
      [{ verdict: "changes_requested", reason: "r", criteria_check: [met(2)] }, 2, /; 1 is missing/],
      [{ status: "done" }, 1, /; 1, 2 is missing/],
      [
        approved(met(1), met(2, { met: false })),
        2,
        /criterion 2 is not met, and then the verdict is `changes_requested`/,
      ],
      [approved(met(1), met(2, { run: undefined })), 2, /name the run that shows criterion 2/],
      [approved(met(1), met(2, { run: 9 })), 2, /criterion 2 names run 9; this conversation has 5/],
      [
        approved(met(1), met(2, { run: 2 })),
        2,
        /run 2, which criterion 2 names, did not exit with 0\. .* run what shows it alone/,
      ],
      [approved(met(1), met(2, { run: 3 })), 2, /files were changed after run 3/],
      [approved(met(1), met(2, { run: 4 })), 2, /exit code of run 4, .* is not a check's own/],
      [approved(met(1), met(2, { run: 5 })), 2, /run 5, .* rests on \/tmp\/check\.mjs/],
    ])("anything else is sent back: %j", (answer, step, why) => {
      expect(said(answer, step)).toEqual({ kind: "refused", reasons: [expect.stringMatching(why)] });
    });
    test("a gate that they were not given to says nothing of them, and a role that runs nothing names no run", () => {
      const middle = aPipeline({ task: { acceptance_criteria: criteria }, plan: ["debugger", "tester"] });
      const answer = { verdict: "approved", reason: "r" };
      expect(
        accept({ answer }, { pipeline: middle, step: middle.steps[2] as Step, roster: asking, runs }),
      ).toMatchObject({ kind: "accepted" });
      const reading = aRoster([
        {
          ...schema("reviewer", { verdict: "approved | changes_requested", reason: "string" }),
          name: "tester",
        },
      ]);
      const check = [met(1, { run: undefined }), met(2, { run: undefined })];
      expect(
        accept(
          { answer: approved(...check) },
          { pipeline: before, step: before.steps[2] as Step, roster: reading, runs: [] },
        ),
      ).toMatchObject({ kind: "accepted" });
    });
  });

  describe("says of runs", () => {
    const PRINTED = "# tests 1376\n# pass 1,374\n# fail 2\n";
    const judge = (reason: string, more: object = {}, printed = PRINTED) =>
      submit(
        { answer: { verdict: "changes_requested", reason, ...more, proof } },
        2,
        ran("npm test", 1, printed),
      );
    test.each([
      "Of 1,376 tests 2 failed (run 1).",
      "1374 pass (run 1), of 1376 tests.",
      "It is wrong for 3 flats; run 1 shows it.",
      "The sum is wrong.",
      "0 tests ran.",
      "Nobody ran the suite of the browser.",
      "Each fails as runs 1 and 1 show; npm test runs 1376 tests.",
      // References, versions, days and times are not figures.
      "test/parse.test.js:21-23, which fails (run 1), and src/parse.js:40 fails the same way.",
      "See lines 3-5 and 9 failing, line 12 passes (run 1).",
      "Issue #12 fails, and so do criteria 1 and 2, step 3 and case 4 (run 1).",
      "Node 24 passes, 1.2.30 fails, and PHP 8.2 fails (run 1).",
      "Since 2026-03-04 tests fail, at 23:30 errors began, and on 4 March failures (run 1).",
      "Exit code 3 fails it (run 1).",
      "1374/1376 tests pass (run 1).",
      "At this point 1,376 tests ran, and in this case 1376 tests (run 1).",
      "Lines 1,200 and 1,300 fail, and so does line 1,400 (run 1).",
      "Line 9. 1376 tests pass, on Python 3.12 tests pass, and on PHP 8.2. (run 1)",
    ])("what is so: %s", reason => {
      expect(judge(reason)).toMatchObject({ kind: "accepted" });
    });
    test.each<[reason: string, why: RegExp]>([
      ["1376 tests pass.", /^reason: "1376 tests" names no run\. .*\(run 4\)\. Each field/],
      ["The suite passes.", /^reason: "suite passes" names no run/],
      ["1376 tests pass (run 2).", /^reason: there is no run 2; this conversation has 1\.$/],
      ["1377 tests pass (run 1).", /^reason: the figure of "1377 tests" stands in the output of no run/],
      ["137 pass (run 1).", /^reason: the figure of "137 pass" stands/],
      ["13/13 tests pass (run 1).", /the figure of "13 tests"/],
      ["Lines 3 and 5, and 13 tests pass (run 1).", /the figure of "13 tests"/],
      ["After line 3, 13 tests pass (run 1).", /the figure of "13 tests"/],
      ["In this case 13 tests pass (run 1).", /the figure of "13 tests"/],
      ["At this point 13 tests pass (run 1).", /the figure of "13 tests"/],
      ["At this point 1,300 tests pass (run 1).", /the figure of "1,300 tests"/],
      ["Beyond the issue 40 tests fail (run 1).", /the figure of "40 tests"/],
      ["Lines 3 and 1,300 tests (run 1).", /the figure of "1,300 tests"/],
      ["In 3,000 tests one fails (run 1).", /the figure of "3,000 tests"/],
      ["1376 tests (step 1, run 8).", /^reason: there is no step 1, run 8\.$/],
    ])("what is not, and is sent back: %s", (reason, why) => {
      expect(judge(reason)).toEqual({ kind: "refused", reasons: [expect.stringMatching(why)] });
    });
    test("how many tests there were, as one of them printed it", () => {
      const counts = { tests_run: 1376, passed: 1374, failed: 2 };
      expect(judge("No.", counts)).toMatchObject({ kind: "accepted" });
      expect(judge("No.", { ...counts, passed: 1375 })).toEqual({
        kind: "refused",
        reasons: [expect.stringMatching(/^passed: 1375 stands in the output of no run of yours/)],
      });
    });
    test("what passed, where a runner prints how many ran and failed", () => {
      const counts = { tests_run: 19, passed: 17, failed: 2 };
      const printed = "Ran 19 tests in 0.004s\n\nFAILED (failures=2)\n";
      expect(judge("17 tests pass (run 1).", counts, printed)).toMatchObject({ kind: "accepted" });
      expect(judge("No.", { ...counts, passed: 18 }, printed).kind).toBe("refused");
    });
    test("what its proof came to, in the output of the runs that it names", () => {
      const said = (verification_result: string) =>
        submit(
          { answer: { ...done, proof: { ...proof, verification_result } } },
          1,
          ran("npm test", 0, PRINTED),
        );
      expect(said("All 1376 tests pass.")).toMatchObject({ kind: "accepted" });
      expect(said("All 12 tests pass.").kind).toBe("refused");
    });
    test("of an earlier step, by its number and the run's", () => {
      const before = aPipeline({
        plan: ["debugger", { role: "reviewer", gate: true }],
        play: [{ turns: [{ bash: ["npm test", 0, PRINTED] }, {}], answer: { status: "done", proof } }],
      });
      const read = (reason: string) =>
        accept(
          { answer: { verdict: "approved", reason } },
          { pipeline: before, step: before.steps[2] as Step, roster, runs: [] },
        );
      expect(read("1374 tests pass (step 1, run 1).")).toMatchObject({ kind: "accepted" });
      expect(read("1375 tests pass (step 1, run 1).").kind).toBe("refused");
      expect(read("1374 tests pass (run 1).")).toEqual({
        kind: "refused",
        reasons: [expect.stringMatching(/nothing ran in this conversation.*\(step 1, run 1\)/)],
      });
      expect(read("1374 tests pass.")).toEqual({
        kind: "refused",
        reasons: [expect.stringMatching(/names no run.*\(step 1, run 4\)/)],
      });
    });
  });
  test("with a proof that is too long is refused though it claims nothing", () => {
    const long = { ...proof, how_verified: Array(21).fill(1) };
    expect(submit({ answer: { ...done, status: "partial", proof: long } }).kind).toBe("refused");
  });

  test.each<[input: unknown, reason: RegExp]>([
    [undefined, /^answer: /],
    [null, /^answer: /],
    ["text", /^answer: /],
    [{}, /^answer: /],
    [{ answer: "no JSON" }, /^answer: /],
    [{ answer: [] }, /^answer: /],
    [{ answer: { proof } }, /^status: /],
    [{ answer: { status: "finished", proof } }, /^status: /],
    [
      { answer: { status: "done", proof: { ...proof, how_verified: ["npm test"] } } },
      /^proof\.how_verified\.0: /,
    ],
    [{ answer: { status: "blocked" } }, /reason/],
  ])("is refused with its place: %j", (input, reason) => {
    const found = submit(input);
    expect(found.kind).toBe("refused");
    expect(found.kind === "refused" && found.reasons.join("\n")).toMatch(reason);
  });
  test("is refused with every place at once", () => {
    const found = submit({ answer: { status: 1, proof: { what_was_done: "w" } } });
    expect(found).toMatchObject({ kind: "refused", reasons: { length: 3 } });
  });
  test("by a gate without one of the two verdicts is refused, though its role's schema lets it pass", () => {
    expect(submit({ answer: { verdict: "Fine." } }, 3)).toEqual({
      kind: "refused",
      reasons: ["verdict: must be `approved` or `changes_requested`"],
    });
  });

  test("by the planner is accepted when a plan can be made of it", () => {
    const answer = { ...plan, completion_mode: null };
    expect(submit({ answer }, 0)).toEqual({ kind: "accepted", answer });
    expect(planOf(answer, { pipeline, roster })).toMatchObject({
      kind: "planned",
      plan: { category: "FIX" },
    });
  });
  test.each<[pipeline: object[], reason: RegExp]>([
    [[{ role: "wizard", brief: "b" }], /there is no role "wizard"/],
    [[{ role: "tester", brief: "" }], /^pipeline\.0\.brief: /],
    [[], /^pipeline: /],
  ])("by the planner is refused with %j", (steps, reason) => {
    const found = submit({ answer: { ...plan, pipeline: steps } }, 0);
    expect(found.kind === "refused" && found.reasons[0]).toMatch(reason);
  });
});
