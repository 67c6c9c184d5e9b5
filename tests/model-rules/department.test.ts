// A head's answer: steps for its members, judged at the end; or just a decision.
import { describe, expect, test } from "vitest";
import { membersOf } from "../../core/agents/roster.ts";
import type { EventOf } from "../../core/model/event.ts";
import type { Step } from "../../core/model/pipeline.ts";
import type { PlannedStep } from "../../core/model/plan.ts";
import { accept } from "../../core/pipeline/plan/accept.ts";
import { departmentSteps } from "../../core/pipeline/plan/department.ts";
import { type AttemptSpec, aPipeline, aPlan, aView, type JournalSpec, later } from "../build.ts";
import { meansOf } from "../means.ts";
import { aRoster, ORGANISATION } from "./roles.ts";

const roster = aRoster(ORGANISATION);
const aHead = (role = "backend_head", over: Partial<PlannedStep> = {}, spec: JournalSpec = {}) => {
  const pipeline = aPipeline({
    plan: ["architect", { role, ...over }],
    play: [{ answer: { spec: "s" } }],
    ...spec,
  });
  return { pipeline, step: pipeline.steps[2] as Step };
};
const member = (role: string, over: object = {}) => ({ role, brief: `Do ${role}.`, ...over });
const answerOf = (...sub_pipeline: object[]) => ({ handoff_notes: "In this order.", sub_pipeline });
const stepsFor = (answer: object, head: ReturnType<typeof aHead>, from = roster) =>
  departmentSteps({ ...answer }, { step: head.step, roster: from, pipeline: head.pipeline });
const rolesFor = (answer: object, head = aHead()) => {
  const made = stepsFor(answer, head);
  return made.kind === "steps" ? made.steps.map(step => step.role) : made.reasons;
};

describe("C7, G19: a head's steps", () => {
  test("are forty at most", () => {
    const made = (count: number) => stepsFor(answerOf(...Array(count).fill(member("backend_dev"))), aHead());
    expect(made(40).kind).toBe("steps");
    expect(made(41)).toEqual({ kind: "refused", reasons: [expect.stringMatching(/40 steps at most/)] });
  });
  test("are its members', each with its brief, behind the head", () => {
    const head = aHead("backend_head", { criteria: ["It adds up."] });
    expect(stepsFor(answerOf(member("backend_dev", { module: "billing" })), head)).toMatchObject({
      kind: "steps",
      steps: [
        {
          role: "backend_dev",
          brief: "Do backend_dev.",
          part: "department",
          department: "backend_head",
          module: "billing",
          writes: true,
          depends_on: 2,
          criteria: [],
        },
        { role: "reviewer", gate: true, department: "backend_head", criteria: ["It adds up."] },
      ],
    });
  });
  test("X30: end with the reviewer where they do not end with a tester or a reviewer", () => {
    expect(rolesFor(answerOf(member("tech_researcher")), aHead("research_head"))).toEqual([
      "tech_researcher",
      "reviewer",
    ]);
    expect(rolesFor(answerOf(member("debugger"), member("reviewer")), aHead("infra_head"))).toEqual([
      "debugger",
      "reviewer",
    ]);
  });
  test("have no gate at their end where the plan behind them has one: one closes what both planned", () => {
    const plan = ["architect", "infra_head", "sysadmin", "tester"];
    const closed = aHead("infra_head", {}, { plan });
    expect(rolesFor(answerOf(member("debugger")), closed)).toEqual(["debugger"]);
    expect(rolesFor(answerOf(member("debugger"), member("reviewer")), closed)).toEqual(["debugger"]);
    expect(rolesFor(answerOf(member("reviewer"), member("debugger")), closed)).toEqual([
      "reviewer",
      "debugger",
    ]);
    expect(rolesFor(answerOf(member("reviewer")), closed)).toEqual([]);
  });
  test("keep the testers at their end where they are the work: nobody else changes files", () => {
    const closed = aHead("cto_advisor", {}, { plan: ["architect", "cto_advisor", "reviewer"] });
    const made = (...roles: readonly string[]) =>
      rolesFor(answerOf(...roles.map(role => member(role))), closed);
    expect(made("tester", "tester", "reviewer")).toEqual(["tester", "tester"]);
    expect(made("debugger", "tester")).toEqual(["debugger"]);
  });
  test("C3: have the head's criteria at their end, whoever that is", () => {
    const head = aHead("infra_head", { criteria: ["It adds up."] });
    expect(stepsFor(answerOf(member("debugger"), member("reviewer")), head)).toMatchObject({
      steps: [{ criteria: [] }, { criteria: ["It adds up."] }],
    });
  });
  test("X41: depend on the nearest earlier member that they name, and else on the head", () => {
    const answer = answerOf(
      member("debugger"),
      member("sysadmin", { depends_on: "debugger" }),
      member("debugger", { depends_on: "nobody" }),
      member("reviewer", { depends_on: "debugger" }),
    );
    const made = stepsFor(answer, aHead("infra_head"));
    expect(made.kind === "steps" && made.steps.map(step => step.depends_on)).toEqual([2, 3, 2, 5]);
  });
  test.each([
    [{}, "none was asked for"],
    [{ sub_pipeline: [] }, "the list is empty"],
    [{ sub_pipeline: null }, "it is null"],
  ])("%j: there are none, because %s", (answer, _why) => {
    expect(rolesFor(answer)).toEqual([]);
  });
  test.each<[object, RegExp]>([
    [{ sub_pipeline: [{ role: "backend_dev", brief: "" }] }, /^sub_pipeline\.0\.brief: /],
    [{ sub_pipeline: [{ brief: "b" }] }, /^sub_pipeline\.0\.role: /],
    [{ sub_pipeline: "backend_dev" }, /^sub_pipeline: /],
  ])("%j goes back to the head with its place, and is not taken for none", (answer, reason) => {
    expect(stepsFor(answer, aHead())).toMatchObject({
      kind: "refused",
      reasons: [expect.stringMatching(reason)],
    });
  });
  test("of no member go back, with the members' names", () => {
    const answer = answerOf(member("tech_researcher"), member("backend_dev"), member("backend_head"));
    expect(rolesFor(answer)).toEqual([
      'sub_pipeline[0].role: "tech_researcher" is no member of your department. Allowed: reviewer, backend_dev.',
      'sub_pipeline[2].role: "backend_head" is no member of your department. Allowed: reviewer, backend_dev.',
    ]);
  });
  test("of a member that this type of project does not have go back, too", () => {
    const research = { config: { project_type: "research" } };
    expect(rolesFor(answerOf(member("debugger")), aHead("infra_head", {}, research))).toEqual([
      expect.stringContaining("Allowed: sysadmin, reviewer."),
    ]);
  });
  test("stay without a reviewer where the roster has none", () => {
    const without = aRoster(ORGANISATION.filter(role => role.name !== "reviewer"));
    expect(stepsFor(answerOf(member("debugger")), aHead("infra_head"), without)).toMatchObject({
      steps: [{ role: "debugger" }],
    });
  });
});

describe("who is a member", () => {
  const names = (head: string) => membersOf(roster, head).map(role => role.name);
  test("whoever is of the head's department, and the reviewer of everything; never a head", () => {
    expect(names("infra_head")).toEqual(["sysadmin", "debugger", "reviewer"]);
    expect(names("research_head")).toEqual(["reviewer", "tech_researcher"]);
  });
  test("X3: for cto_advisor, who has no department, any role that a plan may have and that is no head", () => {
    expect(names("cto_advisor")).toEqual([
      ..."architect tester sysadmin debugger reviewer backend_dev tech_researcher error_coordinator smoke_tester".split(
        " ",
      ),
    ]);
  });
  test("E1: never the return_analyst", () => {
    for (const head of ["cto_advisor", "backend_head", "infra_head", "research_head"])
      expect(names(head)).not.toContain("return_analyst");
  });
});

describe("what a head submits", () => {
  const head = aHead();
  const submit = (answer: object) =>
    accept({ answer }, { pipeline: head.pipeline, step: head.step, roster, runs: [] });
  test("is accepted with steps of its members, or with none", () => {
    for (const answer of [answerOf(member("backend_dev")), { decision: "Leave it." }])
      expect(submit(answer)).toEqual({ kind: "accepted", answer });
  });
  test("is refused with others, so that it can choose again", () => {
    expect(submit(answerOf(member("debugger")))).toMatchObject({ kind: "refused", reasons: [/no member/] });
  });
});

describe("`steps_added` by a head, in a journal", () => {
  const head: AttemptSpec = { answer: answerOf(member("backend_dev")) };
  const DONE: AttemptSpec = { answer: { status: "done" } };
  const YES: AttemptSpec = { answer: { verdict: "approved", reason: "Right." } };
  const NO: AttemptSpec = { answer: { verdict: "changes_requested", reason: "No." } };
  const of = (...steps: Partial<PlannedStep>[]): EventOf<"steps_added"> => ({
    kind: "steps_added",
    after: 1,
    part: "department",
    steps: aPlan(
      steps.map(step => ({ part: "department", department: "backend_head", depends_on: 1, ...step })),
    ).steps,
  });
  const own = of({ role: "backend_dev" }, { role: "reviewer" });
  const plan = ["backend_head", { role: "tester", depends_on: 1 }];
  /** No gate follows, so the department needs its own. */
  const answered = () => aPipeline({ plan: ["backend_head", "architect"], play: [head] });

  test("puts them between the head and what comes behind", () => {
    const pipeline = aPipeline({ plan, play: [head, own] });
    expect(pipeline.steps.map(({ number, role, depends_on }) => [number, role, depends_on])).toEqual([
      [0, "pm", null],
      [1, "backend_head", null],
      [2, "backend_dev", 1],
      [3, "reviewer", 1],
      [4, "tester", 1],
    ]);
    expect(aPipeline({ plan, play: [head, own, DONE, YES, YES] }).outcome?.kind).toBe("passed");
  });
  test("without a gate of their own where the plan's closes them", () => {
    const alone = of({ role: "backend_dev" });
    expect(aPipeline({ plan, play: [head, alone, DONE, YES] }).outcome?.kind).toBe("passed");
  });
  test("and their gate's rejection is revised like any other", () => {
    const config = { limits: { revisions: 1 } };
    const pipeline = aPipeline({ config, plan, play: [head, own, DONE, NO] });
    expect(pipeline.steps.slice(4).map(({ role, part, department }) => [role, part, department])).toEqual([
      ["backend_dev", "revision", "backend_head"],
      ["reviewer", "revision", "backend_head"],
      ["tester", "plan", null],
    ]);
  });
  test.each<[string, () => EventOf<"steps_added">]>([
    ["without a gate at their end", () => of({ role: "backend_dev" })],
    [
      "with a head among them: departments are one level deep",
      () => of({ role: "infra_head" }, { role: "reviewer" }),
    ],
    [
      "of another department",
      () => of({ role: "backend_dev", department: "infra_head" }, { role: "reviewer" }),
    ],
    ["of another part", () => of({ role: "backend_dev", part: "plan" }, { role: "reviewer" })],
    ["behind a step that is no head", () => ({ ...own, after: 2 })],
  ])("is refused %s", (_, data) => {
    expect(() => later(answered(), data())).toThrow(/no department is due behind step/);
  });
  test("is refused before the head's answer, and twice", () => {
    expect(() => later(aPipeline({ plan }), own)).toThrow("no department is due behind step 1");
    expect(() => later(answered(), own, own)).toThrow("no department is due behind step 1");
  });
});

describe("X26: an escalation", () => {
  const escalation = (role: string, ...play: NonNullable<JournalSpec["play"]>) => {
    const kept = { plan: aPlan([role]), answers: [] };
    return aPipeline({ opening: { type: "escalation", kept }, play });
  };
  const decision = { status: "done", decision: "Keep both tables.", handoff_notes: "n", sub_pipeline: [] };
  const taskAfter = (pipeline: ReturnType<typeof escalation>) =>
    meansOf(pipeline, { task: aView().task, events: [], now: 0 }).task;

  test("begins with its head, without a planner, and needs no approval", () => {
    expect(escalation("cto_advisor")).toMatchObject({
      plan: { steps: [{ role: "cto_advisor" }] },
      approved_by: "monalisa",
    });
  });
  test.each([
    [decision, "Keep both tables."],
    [{ ...decision, decision: undefined }, "n"],
    [{ status: "done" }, ""],
  ])("passes by a decision alone, with its words, and the task is done: %j", (answer, reason) => {
    const pipeline = escalation("cto_advisor", { answer });
    expect(pipeline.outcome).toMatchObject({ kind: "passed", reason });
    expect(taskAfter(pipeline)).toMatchObject({ status: "done", status_reason: reason });
  });
  test("does not pass by a decision whose steps are not there: they are to be judged", () => {
    const pipeline = escalation("cto_advisor", { answer: { ...decision, ...answerOf(member("debugger")) } });
    expect(pipeline.outcome).toMatchObject({ kind: "blocked", reason: "The plan does not end with a gate." });
  });
  test("with steps passes by their gate, and the task is a person's to review", () => {
    const steps = aPlan(
      ["debugger", "reviewer"].map(role => ({ role, part: "department", department: "cto_advisor" })),
    ).steps;
    const pipeline = escalation(
      "cto_advisor",
      { answer: { ...decision, ...answerOf(member("debugger")) } },
      { kind: "steps_added", after: 1, part: "department", steps },
      { turns: [{ wrote: ["a.js"] }], answer: { status: "done" } },
      { answer: { verdict: "approved", reason: "Right." } },
    );
    expect(pipeline.outcome).toMatchObject({ kind: "passed", reason: "Right." });
    expect(taskAfter(pipeline)).toMatchObject({ status: "review" });
  });
  test("is no advice where Kin's branch has commits of an earlier pipeline", () => {
    const pipeline = escalation("cto_advisor", { answer: decision });
    const branch = { ...pipeline.opening.branch, head: "c".repeat(40) };
    expect(taskAfter({ ...pipeline, opening: { ...pipeline.opening, branch } })).toMatchObject({
      status: "review",
    });
  });
  test("alone passes by advice: in any other pipeline a head's answer is nothing to pass by", () => {
    const kept = { plan: aPlan(["backend_head"]), answers: [] };
    expect(aPipeline({ opening: { kept }, play: [{ answer: decision }] }).outcome?.kind).toBe("blocked");
  });
});
