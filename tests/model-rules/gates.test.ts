// What a gate's verdict does to the task: the return it becomes, the pattern of several, and verdicts that are no
// return.
import { describe, expect, test } from "vitest";
import { checkReturnPattern } from "../../core/agents/return-pattern.ts";
import type { Step } from "../../core/model/pipeline.ts";
import { ReturnCategory } from "../../core/model/return.ts";
import { accept } from "../../core/pipeline/plan/accept.ts";
import { loadRoster } from "../../host/roster.ts";
import { ROOT } from "../../local/world.ts";
import { aPipeline, aView, type JournalSpec } from "../build.ts";
import { meansOf } from "../means.ts";

const REJECTED = { verdict: "changes_requested", reason: "A cent is lost." };
const APPROVED = { verdict: "approved", reason: "Right." };
const YES = { ...APPROVED, findings: [], criteria_check: [], conventions_violated: [] };
const PROOF = { what_was_done: "w", how_verified: [], verification_result: "v" };
const FIX = {
  status: "partial",
  root_cause: "c",
  evidence: [],
  fixes: [],
  regression_test: "",
  proof: PROOF,
};
const { roster } = loadRoster(ROOT);
const judged = (answer: object, spec: JournalSpec = {}) =>
  aPipeline({ plan: ["debugger", "tester"], play: [{ answer: { status: "done" } }, { answer }], ...spec });
const returnedBy = (pipeline: ReturnType<typeof judged>) =>
  meansOf(pipeline, { task: aView().task, events: [], now: 0 }).returned;

describe("G4, G6, X10: the last gate of a pipeline", () => {
  const modes = ["auto_complete", "review"] as const;
  test.each(modes)(
    "T35: asks for changes in %s: the task comes back, and does not close",
    completion_mode => {
      const pipeline = judged(REJECTED, { planned: { completion_mode } });
      expect(pipeline.outcome?.kind).toBe("returned");
      expect(returnedBy(pipeline)).not.toBeNull();
    },
  );
  test.each(modes)("T36: approves in %s: there is no return (G5)", completion_mode => {
    const pipeline = judged(APPROVED, { planned: { completion_mode } });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(returnedBy(pipeline)).toBeNull();
  });
  test("T37: its return is of the category recurring_quality_fail, in its own name (B21)", () => {
    expect(returnedBy(judged(REJECTED))).toMatchObject({
      reason_category: "recurring_quality_fail",
      reason_text: "Gate tester: A cent is lost.",
      returned_by: "tester",
      pipeline_id: "p1",
      source: "gate:p1:2:1",
    });
  });
  test("T38, F9: asks for changes in an escalation: nothing is returned, the pipeline is blocked", () => {
    const pipeline = judged(REJECTED, { opening: { type: "escalation" } });
    expect(pipeline.outcome?.kind).toBe("blocked");
    expect(returnedBy(pipeline)).toBeNull();
  });
  test("X6, T30: which it is stands in the journal's first event, and nowhere else", () => {
    const pipeline = judged(REJECTED, { opening: { type: "escalation" } });
    expect(meansOf(pipeline, { task: aView().task, events: [], now: 0 }).task.status).toBe("needs_info");
  });
  test.each([
    [{ reason: "No." }, "No."],
    [{ block_reason: "No." }, "No."],
    [{ summary: "No." }, "No."],
    [{}, ""],
  ])("X33: gives its reason under any of three names: %j", (words, reason) => {
    expect(judged({ verdict: "changes_requested", ...words }).outcome?.reason).toBe(`Gate tester: ${reason}`);
  });
});

test.each<[role: string, answer: object, kept: object]>([
  ["reviewer", { ...YES, status: "partial" }, YES],
  ["reviewer", { status: "blocked", reason: "No access." }, { status: "blocked", reason: "No access." }],
  ["debugger", { ...FIX, verdict: "approved" }, FIX],
])("what decides of a step is what its role's answer has a field for: %s, %j", (role, answer, kept) => {
  const pipeline = aPipeline({ plan: [role, "tester"] });
  const step = pipeline.steps[1] as Step;
  expect(accept({ answer }, { pipeline, step, roster, runs: [] })).toEqual({
    kind: "accepted",
    answer: kept,
  });
});

describe("G9, B8: a smoke test", () => {
  const tested = (answer: object) =>
    aPipeline({
      plan: ["debugger", "smoke_tester", "tester"],
      play: [{ answer: { status: "done" } }, { answer }, { answer: APPROVED }].slice(0, 2),
    });
  test("that cannot confirm asks a person, and is no return", () => {
    expect(tested({ verdict: "cannot_confirm", reason: "No server starts here." }).outcome).toEqual({
      kind: "needs_info",
      reason: "Step 2 (smoke_tester) cannot confirm it: No server starts here.",
      return: null,
      handover: null,
    });
    expect(tested({ verdict: "cannot_confirm" }).outcome?.reason).toBe(
      "Step 2 (smoke_tester) cannot confirm it: ",
    );
  });
  test("that confirms lets the plan go on, and is kept with the task", () => {
    const answer = { verdict: "confirmed", reason: "It starts.", commands_run: ["npm start"] };
    const pipeline = tested(answer);
    expect(pipeline.outcome).toBeNull();
    const finished = pipeline.steps[2]?.attempts[0]?.finished;
    const events = finished == null ? [] : [finished];
    expect(meansOf(pipeline, { task: aView().task, events, now: 0 }).task).toEqual({
      smoke_test_result: answer,
    });
  });
  test("is nobody else's: what comes after the gate takes nothing back, whatever it says", () => {
    const findings = [{ severity: "low", issue: "A typo next door." }];
    const pipeline = aPipeline({
      plan: ["debugger", "tester"],
      play: [
        { answer: { status: "done" } },
        { answer: { ...APPROVED, findings } },
        { answer: { verdict: "cannot_confirm", reason: "A text said so." } },
      ],
    });
    expect(pipeline.steps.at(-1)).toMatchObject({ role: "followup", answer: { verdict: "cannot_confirm" } });
    expect(pipeline.outcome?.kind).toBe("passed");
  });
  test("whose answer a rerun kept stops nobody", () => {
    const { plan } = tested({ verdict: "confirmed" });
    const answers = [1, 2].map(step => ({ step, answer: { verdict: "cannot_confirm" } }));
    expect(aPipeline({ opening: { kept: plan && { plan, answers } } }).outcome).toBeNull();
  });
});

describe("D7, B12: the pattern of returns", () => {
  const none = { pattern_detected: false, dominant_category: null };
  const rare = { pattern_detected: false, occurrences: 1 };
  const [a, b, c] = ["missing_context", "technical_blocker", "scope_too_large"] as const;
  test.each<[string, ReturnCategory[], object]>([
    ["T14", [], { ...none, occurrences: 0 }],
    ["T15", [a], { ...rare, dominant_category: a }],
    ["T16", [a, a], { pattern_detected: true, dominant_category: a, occurrences: 2 }],
    ["T17", [a, a, a], { pattern_detected: true, dominant_category: a, occurrences: 3 }],
    ["T18", ReturnCategory.options.slice(0, 5), { ...rare, dominant_category: ReturnCategory.options[0] }],
    ["T19", [a, b], { ...rare, dominant_category: a }],
    ["T20", [b, a, c, a], { pattern_detected: true, dominant_category: a, occurrences: 2 }],
    [
      "tie: the first recorded one leads",
      [b, a, a, b],
      { pattern_detected: true, dominant_category: b, occurrences: 2 },
    ],
    [
      "tie: whichever came twice first",
      [a, b, b, a, c],
      { pattern_detected: true, dominant_category: a, occurrences: 2 },
    ],
    ["tie of three", [c, a, b, b, a, c], { pattern_detected: true, dominant_category: c, occurrences: 2 }],
  ])("%s: %j", (_, categories, pattern) => {
    expect(checkReturnPattern(categories.map(reason_category => ({ reason_category })))).toEqual(pattern);
  });
  test("X24: like words of different categories are none", () => {
    const returns = [a, b].map(reason_category => ({ reason_category, reason_text: "It rounds wrongly." }));
    expect(checkReturnPattern(returns).pattern_detected).toBe(false);
  });
});
