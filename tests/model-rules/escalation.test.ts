// A return_analyst's answer: a new brief, questions, or a head who takes over the task.
import { describe, expect, test } from "vitest";
import { TaskCategory } from "../../core/model/return.ts";
import { decide } from "../../core/pipeline/decide.ts";
import {
  Analysis,
  analysisOf,
  ESCALATION_TARGETS,
  escalationBrief,
  headFor,
} from "../../core/pipeline/escalation.ts";
import { handoverOf } from "../../core/pipeline/handover-of.ts";
import { aPipeline, aPlan, aView, type JournalSpec, later } from "../build.ts";
import { meansOf } from "../means.ts";

const ANALYSIS = {
  status: "done",
  root_cause_analysis: "Two places round.",
  refined_brief: "Round in one place.",
  clarification_list: [] as string[],
  escalate_to_dept_head: true as unknown,
};
const steps = ["return_analyst", "debugger", "tester"];
const analysed = (answer: object, spec: JournalSpec = {}) =>
  aPipeline({
    opening: { returns: { count: 3, latest: [] } },
    plan: steps,
    ...spec,
    play: [{ answer: { ...ANALYSIS, ...answer } }],
  });
const inCategory = (category: TaskCategory | null) => analysed({}, { planned: { category } });

const SOFTWARE = { project_type: "development" } as const;

describe("an analysis that escalates", () => {
  test("T23: ends the pipeline in favour of a head, with root cause and brief", () => {
    expect(inCategory("API").outcome).toEqual({
      kind: "superseded",
      reason: "Handed over to backend_head. Two places round.",
      return: null,
      handover: {
        kind: "escalation",
        head: "backend_head",
        root_cause: "Two places round.",
        brief: "Round in one place.",
        clarifications: [],
      },
    });
  });
  test("X43, X8: the parent does no more and waits, blocked, while the handing over is asked for once", () => {
    const pipeline = inCategory("API");
    expect(decide(pipeline)).toEqual([]);
    const events = [pipeline.steps[1]?.attempts[0]?.finished].flatMap(event => event ?? []);
    expect(meansOf(pipeline, { task: aView().task, events, now: 0 })).toMatchObject({
      row: { state: "finished", outcome: "superseded" },
      task: { status: "blocked", brief: "Round in one place.", analysed_return: 3 },
      returned: null,
      jobs: [
        { key: "publish:1" },
        { key: "hand_over:p1", kind: "hand_over", data: { task_id: 1, pipeline: "p1" } },
      ],
    });
  });
  test("F6: the head reads where it came from, the root cause and the brief", () => {
    const handover = inCategory("SEC").outcome?.handover;
    if (handover?.kind !== "escalation") throw new Error("nothing was handed over");
    expect(escalationBrief(handover)).toBe(
      "[ESCALATION from return_analyst]\nRoot cause: Two places round.\nRefined brief: Round in one place.",
    );
  });
  test("takes its questions along", () => {
    const found = analysed({ clarification_list: ["Which month?"] });
    expect(found.outcome).toMatchObject({
      kind: "superseded",
      handover: { clarifications: ["Which month?"] },
    });
  });
  test("F3, G14: is none in a dry run, which ends with the plan", () => {
    expect(aPipeline({ opening: { dry_run: true }, plan: steps }).outcome?.kind).toBe("planned_only");
  });
  test("F3: is none where the attempt did not count", () => {
    expect(analysed({ status: "partial" })).toMatchObject({
      outcome: null,
      steps: [{}, { answer: null }, {}, {}],
    });
  });
  test("is none where a rerun kept the answer of an earlier pipeline", () => {
    const kept = { plan: aPlan(steps), answers: [{ step: 1, answer: { ...ANALYSIS } }] };
    const pipeline = aPipeline({ opening: { kept } });
    expect(pipeline).toMatchObject({ outcome: null, brief: null });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 2 }]);
  });
  test("is none in another role's answer", () => {
    expect(aPipeline({ plan: ["architect", "tester"], play: [{ answer: ANALYSIS }] }).outcome).toBeNull();
  });
  test("X42, F9: is none on a task that is itself an escalation: a maintainer has to look", () => {
    expect(analysed({}, { opening: { type: "escalation" } }).outcome).toEqual({
      kind: "needs_info",
      reason: "A maintainer has to look: Two places round.",
      return: null,
      handover: null,
    });
  });
});

describe("F1: the head is the category's", () => {
  test.each<[string, TaskCategory | null, string]>([
    ["T25", "SEC", "security_head"],
    ["T26", "UI", "frontend_head"],
    ["T27", "API", "backend_head"],
    ["T28", "INFRA", "infra_head"],
    ["T29", null, "cto_advisor"],
    ["F1", "BIZ", "backend_head"],
    ["F1", "DB", "backend_head"],
    ["F1", "PERF", "backend_head"],
    ["F1", "ARCH", "cto_advisor"],
    ["F1", "FIX", "cto_advisor"],
    ["F1", "DOCS", "cto_advisor"],
    ["F1", "OBS", "infra_head"],
    ["F1", "TEST", "qa_head"],
  ])("%s: the category %s escalates to %s", (_, category, head) => {
    expect(inCategory(category).outcome?.handover).toMatchObject({ kind: "escalation", head });
  });
  test("in an operations project, which has no departments of software, it is infrastructure's or the adviser's", () => {
    const heads = TaskCategory.options.map(category => headFor(category, { project_type: "operations" }));
    expect([...new Set(heads)].toSorted()).toEqual(["cto_advisor", "infra_head"]);
    expect(headFor("SEC", { project_type: "operations" })).toBe("infra_head");
    expect(headFor("ARCH", { project_type: "operations" })).toBe("cto_advisor");
  });
  test.each(TaskCategory.options)("in any letter case: %s", category => {
    for (const written of [category.toLowerCase(), ` ${category} `])
      expect(headFor(written, SOFTWARE)).toBe(headFor(category, SOFTWARE));
  });
  test.each([["NOPE"], [""], ["sec ui"], ["__proto__"], ["constructor"], [null], [undefined]])(
    "%j, which is none of them, goes to cto_advisor",
    category => expect(headFor(category, SOFTWARE)).toBe("cto_advisor"),
  );
  test("X31: six roles are targets", () => {
    expect(ESCALATION_TARGETS.toSorted()).toEqual([
      "backend_head",
      "cto_advisor",
      "frontend_head",
      "infra_head",
      "qa_head",
      "security_head",
    ]);
  });
  test.each(["research_head", "marketing_head", "return_analyst"])("F2: %s is none", role => {
    expect(ESCALATION_TARGETS).not.toContain(role);
  });
  test("and a plan without a category has no other way than the adviser's, before there is one too", () => {
    const pipeline = { ...analysed({ escalate_to_dept_head: false }), plan: null };
    const escalating = {
      ...pipeline,
      steps: pipeline.steps.map(step => (step.number === 1 ? { ...step, answer: ANALYSIS } : step)),
    };
    expect(handoverOf(escalating)).toMatchObject({ head: "cto_advisor" });
  });
});

describe("F7: an analysis that does not escalate", () => {
  test("T24: lets the plan go on", () => {
    expect(analysed({ escalate_to_dept_head: false }).outcome).toBeNull();
  });
  test.each([
    ["X11", "false"],
    ["X11", "true"],
    ["E7", 1],
    ["E7", null],
    ["T33", undefined],
    ["E7", {}],
  ])("%s: is one whose flag is %j, which is no boolean", (_, escalate_to_dept_head) => {
    expect(analysed({ escalate_to_dept_head }).outcome).toBeNull();
  });
  test.each([
    ["T32", {}],
    ["T31", { answer: "no JSON" }],
    ["F4", { escalate_to_dept_head: [true] }],
    ["F4", { clarification_list: "Which?", escalate_to_dept_head: "yes" }],
  ])("%s: is the answer %j", (_, answer) => {
    expect(Analysis.parse(answer)).toMatchObject({ escalate_to_dept_head: false, clarification_list: [] });
  });
  test("T34: is read from the object that was submitted, whatever else it holds", () => {
    const found = analysed({ escalate_to_dept_head: false, pattern_summary: "Three of one kind." });
    const [, step] = found.steps;
    expect(step && analysisOf(step)).toMatchObject({
      root_cause_analysis: "Two places round.",
      pattern_summary: "Three of one kind.",
    });
  });
});

test.each([
  ["no status", {}, "done"],
  ["the status done", { status: "done" }, "done"],
  ["the status partial", { status: "partial" }, "failed"],
])("X23: an analysis with %s is %s", (_, given, outcome) => {
  const [attempt] = analysed(given).steps[1]?.attempts ?? [];
  expect(attempt?.finished?.outcome).toBe(outcome);
});

describe("E5, C11, X25: the refined brief", () => {
  test("is in force for every later step, in place of the one before", () => {
    const found = analysed({ escalate_to_dept_head: false }, { opening: { brief: "An older one." } });
    expect(found.brief).toBe("Round in one place.");
  });
  test.each(["", " \n"])("that is %j replaces nothing", refined_brief => {
    const found = analysed(
      { escalate_to_dept_head: false, refined_brief },
      { opening: { brief: "An older one." } },
    );
    expect(found.brief).toBe("An older one.");
  });
  test("of an attempt that did not count replaces nothing", () => {
    expect(analysed({ status: "partial" }).brief).toBeNull();
  });
  test("is the task's from then on, and the return has its analysis", () => {
    const found = analysed({ escalate_to_dept_head: false });
    const finished = found.steps[1]?.attempts[0]?.finished;
    const events = finished == null ? [] : [finished];
    expect(meansOf(found, { task: aView().task, events, now: 0 }).task).toEqual({
      brief: "Round in one place.",
      analysed_return: 3,
    });
  });
});

describe("E6: questions of an analysis", () => {
  test("ask the author, and are no return", () => {
    const questions = { escalate_to_dept_head: false, clarification_list: ["Which month?"] };
    expect(analysed(questions).outcome).toEqual({
      kind: "needs_info",
      reason: "It keeps coming back, and questions are open. Two places round.",
      return: null,
      handover: null,
    });
  });
  test("ask nobody where there is none", () => {
    expect(analysed({ escalate_to_dept_head: false }).outcome).toBeNull();
  });
  test("E10, X7: an analyst that is blocked asks people, and is no return", () => {
    const answer = { status: "blocked", reason: "No return is shown." };
    expect(aPipeline({ plan: steps, play: [{ answer }] }).outcome).toEqual({
      kind: "needs_info",
      reason: "Step 1 (return_analyst): No return is shown.",
      return: null,
      handover: null,
    });
  });
});

describe("`superseded` in a journal", () => {
  const open = () => later(aPipeline({ plan: steps }));
  const escalated = inCategory("API");
  const handover = escalated.outcome?.handover ?? undefined;
  const end = { kind: "finished" as const, outcome: "superseded" as const, reason: "r", return: null };
  test("is refused without a handover, and a handover with another outcome", () => {
    expect(() => later(open(), end)).toThrow("`superseded` hands over, nothing else does");
    expect(() => later(open(), { ...end, outcome: "blocked", handover: handover as never })).toThrow(
      "`superseded` hands over",
    );
  });
  test("is refused where nobody's answer hands over", () => {
    expect(() => later(open(), { ...end, handover: handover as never })).toThrow("nobody handed that over");
  });
  test("is refused with another head than the answer's", () => {
    const before = { ...escalated, outcome: null };
    expect(later(before, { ...end, handover: handover as never }).outcome?.kind).toBe("superseded");
    expect(() => later(before, { ...end, handover: { ...handover, head: "qa_head" } as never })).toThrow(
      "nobody handed that over",
    );
  });
});
