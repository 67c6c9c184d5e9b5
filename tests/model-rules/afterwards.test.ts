// What happens after the gate has passed: it finds further work and facts worth keeping, and can do no harm.
import { describe, expect, test } from "vitest";
import { decide } from "../../core/pipeline/decide.ts";
import { followUpsOf, pendingActionsOf } from "../../core/pipeline/follow-ups.ts";
import { currentStep } from "../../core/pipeline/state.ts";
import { type AttemptSpec, aPipeline, aPlan, type JournalSpec, later } from "../build.ts";

const DONE: AttemptSpec = { answer: { status: "done" } };
const YES: AttemptSpec = { answer: { verdict: "approved", reason: "Right." } };
const REMARKS: AttemptSpec = {
  answer: {
    verdict: "approved",
    reason: "Right.",
    findings: [{ severity: "low", issue: "A typo next door." }],
  },
};
const NO: AttemptSpec = { answer: { verdict: "changes_requested", reason: "No." } };
const FAILED: AttemptSpec = { failed: "The model refused to go on." };

const passing = (spec: JournalSpec) =>
  aPipeline({ config: { learn: "propose" }, plan: ["debugger", "tester"], ...spec });
const behind = (pipeline: ReturnType<typeof passing>) =>
  pipeline.steps.filter(step => step.part === "afterwards").map(step => step.role);

describe("behind the last gate come", () => {
  const returns = { count: 1, latest: [] };
  test.each<[string, JournalSpec, string[]]>([
    ["nobody, where nothing was remarked and nothing went wrong", { play: [DONE, YES] }, []],
    ["followup, where the gate approved with remarks", { play: [DONE, REMARKS] }, ["followup"]],
    ["learner, where the task had come back", { opening: { returns }, play: [DONE, YES] }, ["learner"]],
    ["learner, where an attempt failed", { play: [FAILED, DONE, YES] }, ["learner"]],
    [
      "learner, where a gate was revised",
      { config: { learn: "auto", limits: { revisions: 1 } }, play: [DONE, NO, DONE, YES] },
      ["learner"],
    ],
    ["both", { play: [FAILED, DONE, REMARKS] }, ["followup", "learner"]],
    [
      "nobody to learn, where the config says off",
      { config: { learn: "off" }, play: [FAILED, DONE, YES] },
      [],
    ],
    [
      "no followup in an escalation, whose own follow-ups are its parent's",
      { opening: { type: "escalation" }, play: [DONE, REMARKS] },
      [],
    ],
    [
      "nobody, where the remarks are those of a rejection",
      {
        config: { limits: { revisions: 0 } },
        play: [DONE, { answer: { ...NO.answer, findings: [{ issue: "i" }] } }],
      },
      [],
    ],
  ])("%s", (_, spec, roles) => {
    expect(behind(passing(spec))).toEqual(roles);
  });
  test("G11: readers that are no gate, in steps of their own", () => {
    const pipeline = passing({ play: [FAILED, DONE, REMARKS] });
    expect(pipeline.steps.slice(3)).toMatchObject(
      [3, 4].map(number => ({ number, gate: false, writes: false, head: false, depends_on: null })),
    );
    expect(pipeline.outcome).toBeNull();
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "3/1" }]);
  });
});

describe("what comes afterwards never blocks", () => {
  const spec: JournalSpec = { play: [FAILED, DONE, REMARKS] };
  const closing = (...play: readonly AttemptSpec[]) =>
    passing({ ...spec, play: [...(spec.play ?? []), ...play] });
  const PASSED = { kind: "passed", reason: "Right.", return: null, handover: null };
  const blocked: AttemptSpec = { answer: { status: "blocked", reason: "I see nothing." } };

  test.each<[string, AttemptSpec[]]>([
    ["done", [DONE, DONE]],
    ["failed", [FAILED, FAILED]],
    ["blocked", [blocked, blocked]],
    ["partial", [{ answer: { status: "partial" } }, DONE]],
  ])("%s: the pipeline has passed, with the gate's reason", (_, play) => {
    expect(closing(...play).outcome).toEqual(PASSED);
  });
  test("each has one attempt", () => {
    const pipeline = closing(FAILED);
    expect(currentStep(pipeline)).toMatchObject({ number: 4, role: "learner" });
    const again = {
      kind: "attempt_started" as const,
      step: 3,
      attempt: 2,
      role: "followup",
      model: "m",
      system: [],
      first: "",
    };
    expect(() => later(pipeline, again)).toThrow("step 3 is not the one to work on");
  });
  test("a limit of the pipeline ends them, in whatever place they are", () => {
    const config = { learn: "propose", limits: { pipeline_usd: 1 } };
    const dear: AttemptSpec = { turns: [{ usd: 2 }] };
    expect(passing({ ...spec, config, play: [...(spec.play ?? []), dear] }).outcome).toEqual(PASSED);
    expect(passing({ config, play: [DONE, { ...REMARKS, ...dear }] }).outcome).toEqual(PASSED);
  });
  test("a limit of the attempt ends that one", () => {
    const config = { learn: "propose", limits: { step_turns: 1 } };
    const pipeline = passing({ ...spec, config, play: [...(spec.play ?? []), {}] });
    expect(pipeline.steps[3]?.attempts[0]?.finished?.reason).toContain("limits.step_turns");
    expect(pipeline).toMatchObject({ outcome: null });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 4 }]);
  });
  test("a stop ends them like anything else", () => {
    const stop = { kind: "stop_asked" as const, message: 1, by: "monalisa", reason: "Enough." };
    expect(
      aPipeline({ ...spec, config: { learn: "propose" }, plan: ["debugger", "tester"], more: [stop] })
        .outcome,
    ).toMatchObject({
      kind: "stopped",
    });
  });
});

describe("G10, G12: what a passed pipeline leaves for other issues", () => {
  const debt = {
    description: "Rounds in two places.",
    reason_temporary: "Time.",
    proper_fix: "One place.",
    category: "FIX",
  };
  const owing = (over: object = {}, ...more: readonly AttemptSpec[]) =>
    passing({ play: [{ answer: { status: "done", tech_debt: { ...debt, ...over } } }, REMARKS, ...more] });
  const found: AttemptSpec = {
    answer: {
      status: "done",
      created: [
        { title: "Dates", brief: "They are local." },
        { title: "" },
        { title: "Names" },
        "not an issue",
      ],
      pending_actions: [
        { type: "decide", description: "Which currency?", options: ["EUR", "USD"] },
        { type: "none" },
      ],
    },
  };
  test("the debt that a step took on, with its key", () => {
    expect(followUpsOf(owing({}, DONE))).toEqual([
      {
        key: "p1:1:debt",
        title: debt.description,
        text: debt.description,
        debt,
      },
    ]);
  });
  test("what followup found and can be read", () => {
    const pipeline = owing({}, found);
    expect(followUpsOf(pipeline).slice(1)).toMatchObject([
      { key: "p1:3:0", title: "Dates", text: "They are local.", debt: null },
      { key: "p1:3:1", title: "Names", text: "", debt: null },
    ]);
    expect(pendingActionsOf(pipeline)).toEqual([
      { type: "decide", description: "Which currency?", options: ["EUR", "USD"] },
    ]);
  });
  test("the first five that followup found, and no more", () => {
    const created = Array.from({ length: 7 }, (_, index) => ({ title: `Fault ${index}` }));
    const keys = followUpsOf(owing({}, { answer: { status: "done", created } })).map(({ key }) => key);
    expect(keys).toEqual(["p1:1:debt", "p1:3:0", "p1:3:1", "p1:3:2", "p1:3:3", "p1:3:4"]);
  });
  test("each once, whatever its title's dress", () => {
    const twice: AttemptSpec = { answer: { status: "done", created: [{ title: "rounds in TWO places" }] } };
    expect(followUpsOf(owing({}, twice))).toHaveLength(1);
  });
  test("no debt of an answer that a revision replaced", () => {
    const owes = (description: string): AttemptSpec => ({
      answer: { status: "done", tech_debt: { ...debt, description } },
    });
    const config = { limits: { revisions: 1 } };
    const pipeline = passing({ config, play: [owes("It rounds."), NO, owes("It is slow."), YES] });
    expect(followUpsOf(pipeline).map(({ title }) => title)).toEqual(["It is slow."]);
  });
  test.each([[null], ["later"], [{ description: "" }]])("K7: no debt where it says %j", tech_debt => {
    const pipeline = passing({ play: [{ answer: { status: "done", tech_debt } }, YES] });
    expect(followUpsOf(pipeline)).toEqual([]);
  });
  test("nothing of a followup that gave no lists, and nothing of another role's", () => {
    const other: AttemptSpec = { answer: { ...found.answer, verdict: "approved" } };
    expect(followUpsOf(passing({ play: [DONE, other] }))).toEqual([]);
    expect(pendingActionsOf(owing({}, { answer: { status: "done", created: "none" } }))).toEqual([]);
  });
  test("nothing where the pipeline did not pass, and nothing of what a rerun kept", () => {
    const returned = passing({
      config: { limits: { revisions: 0 } },
      play: [{ answer: { status: "done", tech_debt: debt } }, NO],
    });
    expect([followUpsOf(returned), pendingActionsOf(returned)]).toEqual([[], []]);
    const kept = { plan: aPlan(["debugger", "tester"]), answers: [{ step: 1, answer: { tech_debt: debt } }] };
    const rerun = passing({ opening: { kept }, play: [YES] });
    expect(rerun.outcome?.kind).toBe("passed");
    expect(followUpsOf(rerun)).toEqual([]);
  });
});
