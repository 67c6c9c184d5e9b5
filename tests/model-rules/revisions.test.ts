// A gate's rejection inside a pipeline: the writer and the gate once more, before it becomes a return.
import { describe, expect, test } from "vitest";
import type { EventOf } from "../../core/model/event.ts";
import type { Step } from "../../core/model/pipeline.ts";
import type { PlannedStep } from "../../core/model/plan.ts";
import { revisionOf, standingSteps } from "../../core/pipeline/added-steps.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { currentStep, isPassed } from "../../core/pipeline/state.ts";
import { type AttemptSpec, aPipeline, aPlan, type JournalSpec, later } from "../build.ts";

const DONE: AttemptSpec = { answer: { status: "done" } };
const NO: AttemptSpec = { answer: { verdict: "changes_requested", reason: "A cent is lost." } };
const YES: AttemptSpec = { answer: { verdict: "approved", reason: "Right." } };
const WHY: AttemptSpec = {
  answer: { why_revisions_failed: "It rounds twice.", new_approach: "Round last." },
};

const revised = (revisions: number, spec: JournalSpec) =>
  aPipeline({ config: { limits: { revisions } }, ...spec });
const two = (revisions: number, ...play: NonNullable<JournalSpec["play"]>) =>
  revised(revisions, { plan: ["debugger", "tester"], play });
const rolesOf = (pipeline: ReturnType<typeof two>) =>
  pipeline.steps.map(
    ({ number, role, part, depends_on }) => `${number} ${role} ${part} ${depends_on ?? "-"}`,
  );

describe("D8: a gate that asks for changes, with a writer before it and a revision left", () => {
  test("has the writer go on and the gate judge again, in new steps", () => {
    const pipeline = two(2, DONE, NO);
    expect(rolesOf(pipeline)).toEqual([
      "0 pm plan -",
      "1 debugger plan -",
      "2 tester plan -",
      "3 debugger revision 2",
      "4 tester revision 3",
    ]);
    expect(pipeline).toMatchObject({
      outcome: null,
      revisions: 1,
      steps: [{}, {}, { revised: true }, {}, {}],
    });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "3/1" }]);
  });
  test("has whoever wrote what the gate speaks of go on, and the last writer where that is nobody", () => {
    const wrote = (path: string): AttemptSpec => ({ turns: [{ wrote: [path] }, {}], ...DONE });
    const writerFor = (file: string | null) => {
      const findings = [{ severity: "high", file, issue: "A cent is lost." }];
      const play = [wrote("src/server.js"), wrote("src/page.js"), { answer: { ...NO.answer, findings } }];
      return revised(1, { plan: ["backend_dev", "frontend_dev", "tester"], play }).steps[4]?.role;
    };
    expect(writerFor("src/server.js")).toBe("backend_dev");
    expect(writerFor("src/page.js")).toBe("frontend_dev");
    expect(writerFor("README.md")).toBe("frontend_dev");
    expect(writerFor(null)).toBe("frontend_dev");
  });
  test("brings nothing that the rejected step did: answers and attempts are the old step's", () => {
    const { steps } = two(2, DONE, NO);
    expect(steps.slice(3)).toMatchObject([{ answer: null, attempts: [], revised: false }, { answer: null }]);
    expect(steps[1]?.answer).toEqual({ status: "done" });
  });
  test("lets the criteria, the module and the decisions of both stand", () => {
    const part = { criteria: ["It adds up."], module: "billing", decisions: [3] };
    const pipeline = revised(1, { plan: ["debugger", { role: "tester", ...part }], play: [DONE, NO] });
    expect(pipeline.steps[4]).toMatchObject(part);
  });
  test("passes where the second verdict approves, with that one's reason", () => {
    const pipeline = two(2, DONE, NO, DONE, YES);
    expect(pipeline.outcome).toMatchObject({ kind: "passed", reason: "Right." });
  });
  test("is told apart from a return: nothing is recorded, nothing counted", () => {
    expect(two(2, DONE, NO).outcome).toBeNull();
  });
  test("has its second revision begin with an analyst", () => {
    const pipeline = two(2, DONE, NO, DONE, NO);
    expect(rolesOf(pipeline).slice(5)).toEqual([
      "5 analyst revision -",
      "6 debugger revision 4",
      "7 tester revision 6",
    ]);
    expect(pipeline.steps[5]).toMatchObject({ gate: false, writes: false, head: false });
    expect(two(2, DONE, NO, DONE, NO, WHY, DONE, YES).outcome?.kind).toBe("passed");
  });
  test("returns the task when no revision is left, by the last verdict", () => {
    expect(two(2, DONE, NO, DONE, NO, WHY, DONE, NO).outcome).toMatchObject({
      kind: "returned",
      return: { source: "gate:p1:7:1" },
    });
    expect(two(1, DONE, NO, DONE, NO).outcome).toMatchObject({
      kind: "returned",
      return: { source: "gate:p1:4:1" },
    });
    expect(two(0, DONE, NO).outcome).toMatchObject({ kind: "returned", return: { source: "gate:p1:2:1" } });
  });
  test("returns the task where nobody before it writes", () => {
    const pipeline = revised(2, {
      plan: ["architect", "reviewer", "debugger", "tester"],
      play: [{ answer: { spec: "s" } }, NO],
    });
    expect(pipeline.outcome).toMatchObject({
      kind: "returned",
      return: { by: "reviewer", source: "gate:p1:2:1" },
    });
  });
  test("takes the nearest writer, and never a gate that writes", () => {
    const plan = ["backend_dev", "debugger", "architect", "tester", "reviewer"];
    const pipeline = revised(2, { plan, play: [DONE, DONE, DONE, YES, NO] });
    expect(rolesOf(pipeline).slice(6)).toEqual(["6 debugger revision 5", "7 reviewer revision 6"]);
  });
  test("of an escalation is revised, too, and blocks when none is left", () => {
    const spec = { plan: ["debugger", "tester"], opening: { type: "escalation" as const } };
    expect(revised(1, { ...spec, play: [DONE, NO] }).revisions).toBe(1);
    expect(revised(1, { ...spec, play: [DONE, NO, DONE, NO] }).outcome).toMatchObject({
      kind: "blocked",
      return: null,
    });
  });
});

describe("a gate in the middle of a plan", () => {
  const plan: Partial<PlannedStep>[] = [
    { role: "debugger" },
    { role: "tester", gate: true },
    { role: "backend_dev", depends_on: 1 },
    { role: "reviewer", gate: true, writes: false, depends_on: 3 },
  ];
  test("is revised where it stands, and what comes behind moves up with what it depends on", () => {
    const pipeline = revised(2, { plan, play: [DONE, NO] });
    expect(rolesOf(pipeline)).toEqual([
      "0 pm plan -",
      "1 debugger plan -",
      "2 tester plan -",
      "3 debugger revision 2",
      "4 tester revision 3",
      "5 backend_dev plan 1",
      "6 reviewer plan 5",
    ]);
  });
  test("and the plan goes on behind it", () => {
    const pipeline = revised(2, { plan, play: [DONE, NO, DONE, YES] });
    expect(currentStep(pipeline)).toMatchObject({ number: 5, role: "backend_dev" });
    expect(revised(2, { plan, play: [DONE, NO, DONE, YES, DONE, YES] }).outcome?.kind).toBe("passed");
  });
  test("counts with the others: revisions are the pipeline's", () => {
    const pipeline = revised(2, { plan, play: [DONE, NO, DONE, YES, DONE, NO] });
    expect(pipeline.revisions).toBe(2);
    expect(rolesOf(pipeline).slice(7)).toEqual([
      "7 analyst revision -",
      "8 backend_dev revision 6",
      "9 reviewer revision 8",
    ]);
  });
});

describe("what the other rules see of it", () => {
  const standing = (pipeline: ReturnType<typeof two>) =>
    standingSteps(pipeline).map(({ number, role }) => `${number} ${role}`);
  test("a rejection that was dealt with stands no more; what it rejected stands until it is written again", () => {
    expect(standing(two(2, DONE, NO))).toEqual(["0 pm", "1 debugger", "3 debugger", "4 tester"]);
    expect(standing(two(2, DONE, NO, DONE))).toEqual(["0 pm", "3 debugger", "4 tester"]);
    const twice = two(2, DONE, NO, DONE, NO, WHY, DONE, YES);
    expect(standing(twice).slice(1, 4)).toEqual(["5 analyst", "6 debugger", "7 tester"]);
  });
  test("nobody else's work is left out", () => {
    const plan = ["backend_dev", "debugger", "tester"];
    expect(standing(revised(1, { plan, play: [DONE, DONE, NO, DONE, YES] })).slice(0, 4)).toEqual([
      "0 pm",
      "1 backend_dev",
      "4 debugger",
      "5 tester",
    ]);
  });
  const wrote = (path: string): AttemptSpec => ({ turns: [{ wrote: [path] }], answer: { status: "done" } });
  test("a rejection that was dealt with does not keep a pipeline from passing, an open one does", () => {
    const passed = two(2, DONE, NO, DONE, YES);
    expect(isPassed(passed)).toBe(true);
    const steps = passed.steps.map(step => ({ ...step, revised: false }));
    expect(isPassed({ ...passed, steps })).toBe(false);
  });
  test("each verdict has its commit", () => {
    const pipeline = two(2, wrote("a.js"), NO, wrote("b.js"), YES);
    expect(commitPoints(pipeline).map(({ key, changes }) => [key, changes.map(({ path }) => path)])).toEqual([
      ["p1/2/1", ["a.js"]],
      ["p1/4/1", ["b.js"]],
    ]);
  });
  test("C11: an analyst's refined brief is for the revision, not in place of the task's", () => {
    const why: AttemptSpec = { answer: { ...WHY.answer, refined_brief: "Another." } };
    expect(two(2, DONE, NO, DONE, NO, why).brief).toBeNull();
  });
});

describe("`steps_added` in a journal", () => {
  /** The gate has rejected, and nothing has been concluded from it yet. */
  const rejected = () => {
    const open = two(2, DONE, NO);
    const judged = { ...open.steps[2], revised: false } as (typeof open.steps)[number];
    return { ...open, revisions: 0, steps: [...open.steps.slice(0, 2), judged] };
  };
  const due = (): EventOf<"steps_added"> => {
    const [command] = decide(rejected());
    if (command?.kind !== "conclude") throw new Error("nothing is concluded");
    return command.events[0] as EventOf<"steps_added">;
  };
  const [step] = aPlan([{ role: "backend_dev", part: "revision", depends_on: 2 }]).steps;

  test("is taken as the rules have it, in whatever order its keys come", () => {
    const data = due();
    const steps = data.steps.map(one => Object.fromEntries(Object.entries(one).toReversed()) as PlannedStep);
    expect(later(rejected(), { ...data, steps }).revisions).toBe(1);
  });
  test.each<[string, (data: EventOf<"steps_added">) => EventOf<"steps_added">]>([
    ["another writer", data => ({ ...data, steps: [step as PlannedStep, ...data.steps.slice(1)] })],
    ["no gate behind the writer", data => ({ ...data, steps: data.steps.slice(0, 1) })],
    ["another brief", data => ({ ...data, steps: data.steps.map(one => ({ ...one, brief: "Approve." })) })],
    ["another place", data => ({ ...data, after: 1 })],
    ["another part", data => ({ ...data, part: "afterwards" })],
    ["a department's part", data => ({ ...data, part: "department" })],
    ["a decomposition's part", data => ({ ...data, part: "decomposition" })],
  ])("is refused with %s", (_, change) => {
    expect(() => later(rejected(), change(due()))).toThrow(
      expect.objectContaining({ code: "illegal_event" }),
    );
  });
  test("is refused twice", () => {
    const data = due();
    expect(() => later(rejected(), data, data)).toThrow("no revision is due behind step 2");
    const revised = later(rejected(), data);
    const again = revisionOf(revised, revised.steps[2] as Step);
    if (again === null) throw new Error("no revision is left");
    const second = { ...data, ...again, steps: [...again.steps] };
    expect(() => later(revised, second)).toThrow("no revision is due behind step 2");
  });
  test("is refused behind a gate that approved, and where no revision is left", () => {
    const approved = aPipeline({
      config: { limits: { revisions: 2 } },
      plan: ["debugger", "tester"],
      play: [DONE, YES],
    });
    expect(() => later({ ...approved, outcome: null }, due())).toThrow("no revision is due behind step 2");
    expect(() => later({ ...rejected(), revisions: 2 }, due())).toThrow("no revision is due behind step 2");
  });
  test("is refused behind a step that is not there, and before one that has begun", () => {
    expect(() => later(rejected(), { ...due(), after: 9 })).toThrow("there is no step 9");
    const begun = revised(2, { plan: ["debugger", "tester"], play: [DONE, {}] });
    expect(() => later(begun, { ...due(), after: 1 })).toThrow("a step behind the added ones has begun");
    const kept = { plan: aPlan(["debugger", "tester"]), answers: [{ step: 2, answer: { ...YES.answer } }] };
    expect(() => later(aPipeline({ opening: { kept } }), { ...due(), after: 1 })).toThrow("has begun");
  });
  test("and then no source of the dealt-with verdict is a return's", () => {
    const end: EventOf<"finished"> = {
      kind: "finished",
      outcome: "returned",
      reason: "r",
      return: { category: "recurring_quality_fail", by: "tester", source: "gate:p1:2:1", findings: [] },
    };
    expect(() => later(rejected(), due(), end)).toThrow(
      "no rejection in this pipeline has the source gate:p1:2:1",
    );
    expect(later(rejected(), end).outcome?.kind).toBe("returned");
  });
});
