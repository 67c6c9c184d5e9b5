// What `/kin rerun from <step>` keeps of the previous pipeline, and what starts over.
import { describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { keepBefore } from "../../core/pipeline/kept.ts";
import { departmentSteps } from "../../core/pipeline/plan/department.ts";
import { type AttemptSpec, aPipeline, type JournalSpec } from "../build.ts";
import { aRoster, ORGANISATION } from "./roles.ts";

const SPEC: AttemptSpec = { answer: { spec: "s" } };
const DONE: AttemptSpec = { answer: { status: "done" } };
const YES: AttemptSpec = { answer: { verdict: "approved", reason: "Right." } };
const NO: AttemptSpec = { answer: { verdict: "changes_requested", reason: "No." } };
const HEAD: AttemptSpec = {
  answer: { handoff_notes: "x", sub_pipeline: [{ role: "backend_dev", brief: "Do." }] },
};

const rolesKept = (pipeline: Pipeline, from: number): string => {
  const found = keepBefore(pipeline, from);
  if (found.kind !== "kept") return `${found.kind}: ${"message" in found ? found.message : found.last}`;
  const { plan, answers } = found.kept;
  return plan.steps.map(({ role }, index) => (index < answers.length ? `(${role})` : role)).join(" ");
};

describe("of a plan", () => {
  const spec: JournalSpec = { plan: ["architect", "debugger", "tester"], play: [SPEC, DONE, NO] };
  test.each([
    [1, "architect debugger tester"],
    [2, "(architect) debugger tester"],
    [3, "(architect) (debugger) tester"],
    [4, "no_such_step: 3"],
  ])("from step %d: %s", (from, kept) => {
    expect(rolesKept(aPipeline(spec), from)).toBe(kept);
  });
  test("nothing without an answer", () => {
    const early = aPipeline({ ...spec, play: [SPEC] });
    expect(rolesKept(early, 3)).toBe("failed: Step 2 (debugger) has no answer yet.");
  });
  test("no rejection: nothing would be asked, and it would count as another return", () => {
    const rejected = aPipeline({
      plan: [{ role: "security", gate: true, writes: false }, "reviewer"],
      play: [NO],
    });
    expect(keepBefore(rejected, 2)).toEqual({
      kind: "failed",
      message: "Step 1 (security) rejected the work.",
      hint: "Run from step 1 or an earlier one.",
    });
  });
  test("nothing where there is no plan", () => {
    expect(rolesKept(aPipeline(), 1)).toBe("no_such_step: 0");
  });
  test("with what each step builds on", () => {
    const plan = ["architect", "debugger", { role: "tester", depends_on: 1 }];
    const found = keepBefore(aPipeline({ plan, play: [SPEC, DONE] }), 2);
    expect(found).toMatchObject({ kept: { plan: { steps: [{}, {}, { depends_on: 1 }] } } });
  });
  test("without the revisions that followed, which are added again where they are due again, and without what a kept one replaced", () => {
    const config = { limits: { revisions: 1 } };
    const revised = aPipeline({
      config,
      plan: ["debugger", "tester", "reviewer"],
      play: [DONE, NO, DONE, YES],
    });
    expect(rolesKept(revised, 1)).toBe("debugger tester reviewer");
    expect(rolesKept(revised, 3)).toBe("(debugger) debugger tester reviewer");
    expect(rolesKept(revised, 4)).toBe("(debugger) tester reviewer");
    const found = keepBefore(revised, 4);
    expect(found.kind === "kept" && found.kept.plan.steps[0]?.part).toBe("revision");
  });
});

describe("of a plan with a head", () => {
  const roster = aRoster(ORGANISATION);
  const plan = ["architect", "backend_head", "reviewer"];
  const before = aPipeline({ plan, play: [SPEC, HEAD] });
  const head = before.steps[2] as Pipeline["steps"][number];
  const made = departmentSteps(head.answer ?? {}, { step: head, roster, pipeline: before });
  if (made.kind !== "steps") throw new Error("the head's steps were refused");
  const added: EventData = { kind: "steps_added", after: 2, part: "department", steps: [...made.steps] };
  const worked = aPipeline({ plan, play: [SPEC, HEAD, added, DONE, NO] });
  test.each([
    [1, "architect backend_head reviewer"],
    [2, "(architect) backend_head reviewer"],
    [3, "(architect) (backend_head) backend_dev reviewer"],
  ])(
    "from step %d, the department's steps come from its head again where it answers again: %s",
    (from, kept) => {
      expect(rolesKept(worked, from)).toBe(kept);
    },
  );
  test("so that its head's new answer can follow", () => {
    const again = keepBefore(worked, 1);
    const kept = again.kind === "kept" ? again.kept : null;
    const opening = { pipeline: "p2", number: 2, kept };
    expect(aPipeline({ opening, play: [SPEC, HEAD, added] }).steps.map(({ role }) => role)).toEqual([
      "pm",
      "architect",
      "backend_head",
      "backend_dev",
      "reviewer",
    ]);
  });
});
