// A task that its planner finds too large: it is split into smaller ones, or goes back to its author.
import { describe, expect, test } from "vitest";
import type { EventOf } from "../../core/model/event.ts";
import { ChildTask } from "../../core/model/handover.ts";
import type { Step } from "../../core/model/pipeline.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { accept } from "../../core/pipeline/plan/accept.ts";
import { type AttemptSpec, aPipeline, aView, type JournalSpec, later } from "../build.ts";
import { meansOf } from "../means.ts";
import { aRole, aRoster, ROLES } from "./roles.ts";

const TOO_LARGE = { status: "blocked", reason: "Three features in one.", return_category: "scope_too_large" };
const child = (title: string, over: object = {}) => ({
  title,
  brief: `Do ${title}.`,
  category: "API",
  acceptance_criteria: ["It answers."],
  depends_on: [],
  priority: "high",
  ...over,
});
const cut = (...play: readonly AttemptSpec[]) => aPipeline({ play: [{ answer: TOO_LARGE }, ...play] });
const taskAfter = (pipeline: ReturnType<typeof cut>) =>
  meansOf(pipeline, { task: aView().task, events: [], now: 0 });
const RETURNED = {
  kind: "needs_info",
  reason: "Three features in one.",
  return: { category: "scope_too_large", by: "pm", source: "pm:p1", findings: [] },
  handover: null,
};

describe("G8: a planner that blocks with scope_too_large", () => {
  test("brings the task_decomposer, as a step without a plan", () => {
    const pipeline = cut();
    expect(pipeline).toMatchObject({
      plan: null,
      outcome: null,
      steps: [
        { role: "pm" },
        { number: 1, role: "task_decomposer", part: "decomposition", gate: false, writes: false },
      ],
    });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "1/1" }]);
  });
  test("whose tasks carry the task on, which waits; and it is a return, too", () => {
    const pipeline = cut({
      answer: { status: "done", tasks: [child("A"), child("B", { depends_on: [1] })] },
    });
    expect(pipeline.outcome).toEqual({
      kind: "superseded",
      reason: "It was cut into 2 smaller ones. Three features in one.",
      return: RETURNED.return,
      handover: { kind: "children", tasks: [child("A"), child("B", { depends_on: [1] })] },
    });
    expect(taskAfter(pipeline)).toMatchObject({
      task: { status: "blocked" },
      returned: { reason_category: "scope_too_large", returned_by: "pm", source: "pm:p1" },
      jobs: [{ kind: "publish" }, { kind: "hand_over", key: "hand_over:p1" }],
    });
  });
  test("is cut into twenty tasks at most; a journal that holds more is carried on all the same", () => {
    const roster = aRoster([
      ...ROLES,
      aRole({ name: "task_decomposer", output_schema: { status: "string" } }),
    ]);
    const tasks = (count: number) => Array.from({ length: count }, (_, index) => child(`T${index}`));
    const pipeline = cut();
    const submit = (count: number) =>
      accept(
        { answer: { status: "done", tasks: tasks(count) } },
        { pipeline, step: pipeline.steps[1] as Step, roster, runs: [] },
      );
    expect(submit(20).kind).toBe("accepted");
    expect(submit(21)).toEqual({
      kind: "refused",
      reasons: [expect.stringMatching(/^tasks: name 20 at most/)],
    });
    expect(cut({ answer: { status: "done", tasks: tasks(21) } }).outcome?.handover).toMatchObject({
      tasks: { length: 21 },
    });
  });
  test.each<[string, AttemptSpec[]]>([
    ["is blocked", [{ answer: { status: "blocked", reason: "It is one thing." } }]],
    ["fails three times", [{ failed: "f" }, { failed: "f" }, { failed: "f" }]],
    ["finds no task", [{ answer: { status: "done", tasks: [] } }]],
    ["finds tasks that nobody can read", [{ answer: { status: "done", tasks: [{ title: "A" }] } }]],
  ])("goes back to its author where the decomposer %s", (_, play) => {
    expect(cut(...play).outcome).toEqual(RETURNED);
  });
  test("goes back to its author where the decomposer refuses twice", () => {
    const refused = aPipeline({ play: [{ answer: TOO_LARGE }, { failed: "r" }, { failed: "r" }] });
    const steps = refused.steps.map(step => ({
      ...step,
      attempts: step.attempts.map(attempt => ({
        ...attempt,
        turns: attempt.turns.map(turn => ({ ...turn, reply: { ...turn.reply, stop_reason: "refusal" } })),
      })),
    }));
    expect(decide({ ...refused, steps })).toMatchObject([
      { kind: "conclude", events: [{ outcome: "needs_info", return: { category: "scope_too_large" } }] },
    ]);
  });
  test.each<[string, JournalSpec]>([
    ["for another reason", { play: [{ answer: { ...TOO_LARGE, return_category: "missing_context" } }] }],
    ["in an escalation", { opening: { type: "escalation" }, play: [{ answer: TOO_LARGE }] }],
    ["in a dry run", { opening: { dry_run: true }, play: [{ answer: TOO_LARGE }] }],
  ])("brings nobody %s", (_, spec) => {
    expect(aPipeline(spec)).toMatchObject({
      outcome: { kind: "needs_info", handover: null },
      steps: { length: 1 },
    });
  });
});

describe("G14: a dry run leaves nothing behind", () => {
  const blocked = aPipeline({ opening: { dry_run: true }, play: [{ answer: TOO_LARGE }] });
  test("not even a planner's return", () => {
    expect(blocked.outcome).toEqual({ ...RETURNED, return: null });
    expect(taskAfter(blocked).returned).toBeNull();
  });
  test("and a journal that says otherwise is refused", () => {
    const end: EventOf<"finished"> = {
      kind: "finished",
      outcome: "needs_info",
      reason: "r",
      return: { category: "scope_too_large", by: "pm", source: "pm:p1", findings: [] },
    };
    expect(() => later({ ...blocked, outcome: null }, end)).toThrow(
      "no rejection in this pipeline has the source pm:p1",
    );
  });
});

test("C20: a planner that blocks for another reason asks the author, once, and a return says so", () => {
  const answer = {
    status: "blocked",
    reason: "Which flats?",
    return_category: "requirements_unclear",
    blocked_at: "now",
  };
  const pipeline = aPipeline({ play: [{ answer }] });
  expect(pipeline.outcome).toMatchObject({
    kind: "needs_info",
    reason: "Which flats?",
    return: { by: "pm" },
  });
  expect(taskAfter(pipeline).jobs).toEqual([expect.objectContaining({ kind: "publish" })]);
});

test("a child without order, criteria and weight has none, and a weight that nobody knows is medium", () => {
  const bare = { title: "A", brief: "b" };
  const rest = { acceptance_criteria: [], depends_on: [], priority: "medium" };
  expect(ChildTask.parse(bare)).toEqual({ ...bare, ...rest });
  expect(
    ChildTask.parse({ ...bare, acceptance_criteria: "none", depends_on: [0], priority: "urgent" }),
  ).toEqual({ ...bare, ...rest });
});
