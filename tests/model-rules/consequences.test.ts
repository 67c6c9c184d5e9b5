import { describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { aPipeline, aView, type JournalSpec } from "../build.ts";
import { meansOf } from "../means.ts";

const DONE = { status: "done" };
const NOW = Date.UTC(2026, 9, 7, 12);
const of = (
  pipeline: Pipeline,
  {
    task = {},
    events = [],
  }: { readonly task?: Partial<TaskRecord>; readonly events?: readonly EventData[] } = {},
) => meansOf(pipeline, { task: { ...aView().task, ...task }, events, now: NOW });

const PUBLISH = { key: "publish:1", kind: "publish", data: { task_id: 1 } };
const NEXT = { key: "next:p1", kind: "next", data: { task_id: 1, after: 1 } };
const gate = (answer: object, over: JournalSpec = {}) =>
  aPipeline({ plan: ["debugger", "tester"], play: [{ answer: DONE }, { answer }], ...over });
const rejected = (over: JournalSpec = {}, reason = "A cent is lost.") =>
  gate({ verdict: "changes_requested", reason }, over);

describe("while a pipeline runs", () => {
  test("G16: its row has the totals, and the task is published again", () => {
    const pipeline = aPipeline({ plan: ["debugger", "tester"], play: [{}] });
    expect(of(pipeline)).toEqual({
      row: { usd: pipeline.usd, tokens: 3 * 8500, seconds: 36, route_type: "debug" },
      task: {},
      returned: null,
      jobs: [PUBLISH],
    });
    expect(of(aPipeline()).row.route_type).toBeNull();
  });
  test.each(["paused", "interrupted"] as const)("`%s` pauses its row", kind => {
    expect(of(aPipeline({ more: [{ kind, reason: "r" }] })).row).toMatchObject({ state: "paused" });
  });
  test("its plan gives the task its category, once", () => {
    const pipeline = aPipeline({ plan: ["debugger"] });
    const events: EventData[] = pipeline.plan ? [{ kind: "planned", plan: pipeline.plan }] : [];
    expect(of(pipeline, { events }).task).toEqual({ category: "FIX" });
    expect(of(pipeline).task).toEqual({});
    expect(of({ ...pipeline, plan: null }, { events }).task).toEqual({ category: null });
  });
});

test("a follow-up's steps and its end are told where it came from, too", () => {
  const task = { parent_task_id: 7 };
  const parent = { key: "publish:7", kind: "publish", data: { task_id: 7 } };
  const running = aPipeline({ plan: ["debugger", "tester"], play: [{ answer: DONE }] });
  const ended: EventData = {
    ...{ kind: "attempt_finished", step: 1, attempt: 1, outcome: "done" },
    ...{ answer: DONE, reason: null, checks: [] },
  };
  expect(of(running, { task, events: [ended] }).jobs).toEqual([PUBLISH, parent]);
  expect(of(running, { task, events: [{ kind: "paused", reason: "r" }] }).jobs).toEqual([PUBLISH]);
  expect(of(running, { events: [ended] }).jobs).toEqual([PUBLISH]);
  const finished: EventData = { kind: "finished", outcome: "passed", reason: "", return: null };
  const over = gate({ verdict: "approved", reason: "Right." });
  expect(of(over, { task, events: [finished] }).jobs).toEqual([PUBLISH, parent]);
});

describe("when a pipeline ended", () => {
  test("its row is finished, with the time", () => {
    expect(of(gate({ verdict: "approved", reason: "Right." }))).toMatchObject({
      row: { state: "finished", outcome: "passed", completed_at: "2026-10-07T12:00:00.000Z" },
      task: { status: "review", status_reason: "Right." },
      returned: null,
      jobs: [PUBLISH],
    });
  });
  test("with its plan in the same append, the task has the category too", () => {
    const pipeline = gate({ verdict: "approved", reason: "Right." });
    const events: EventData[] = pipeline.plan ? [{ kind: "planned", plan: pipeline.plan }] : [];
    expect(of(pipeline, { events }).task).toMatchObject({ category: "FIX", status: "review" });
  });

  const stop: EventData = { kind: "stop_asked", message: 1, by: "monalisa", reason: "Not now." };
  test.each<[outcome: string, pipeline: Pipeline, status: string]>([
    ["passed", gate({ verdict: "approved", reason: "r" }), "review"],
    ["returned", rejected(), "running"],
    ["needs_info", aPipeline({ play: [{ answer: { status: "blocked", reason: "r" } }] }), "needs_info"],
    ["blocked", aPipeline({ setup: { ok: false } }), "blocked"],
  ])("`%s`, the task's status follows", (outcome, pipeline, status) => {
    const { row, task } = of(pipeline);
    expect(row.outcome).toBe(outcome);
    expect(task).toMatchObject({ status, status_reason: pipeline.outcome?.reason });
  });

  test("`stopped`, the task stays as whoever stopped it left it", () => {
    const { row, task } = of(aPipeline({ more: [stop] }));
    expect(row.outcome).toBe("stopped");
    expect(task).toEqual({});
  });
});

describe("a dry run", () => {
  const dry = { opening: { dry_run: true } };
  const answer = { status: "blocked", reason: "Which flats?", return_category: "scope_too_large" };
  test.each<[outcome: string | undefined, pipeline: Pipeline]>([
    [undefined, aPipeline(dry)],
    ["planned_only", aPipeline({ ...dry, plan: ["debugger"] })],
    ["needs_info", aPipeline({ ...dry, play: [{ answer }] })],
    ["blocked", aPipeline({ ...dry, setup: { ok: false } })],
  ])("that ends with %s changes its own row and nothing of the task", (outcome, pipeline) => {
    const events: EventData[] = pipeline.plan ? [{ kind: "planned", plan: pipeline.plan }] : [];
    const { row, ...others } = of(pipeline, { events });
    expect(row.outcome).toBe(outcome);
    expect(others).toEqual({ task: {}, returned: null, jobs: [PUBLISH] });
  });
});

describe("a return", () => {
  test("G4: is recorded with its source, and the next pipeline is asked for", () => {
    const findings = [{ severity: "high", issue: "i" }];
    const pipeline = gate({ verdict: "changes_requested", reason: "A cent is lost.", findings });
    expect(of(pipeline, { task: { pr_number: 9 } })).toMatchObject({
      returned: {
        return_number: 1,
        reason_category: "recurring_quality_fail",
        reason_text: "Gate tester: A cent is lost.",
        returned_by: "tester",
        pipeline_id: "p1",
        source: "gate:p1:2:1",
        actor: null,
        pr_number: 9,
        findings,
      },
      jobs: [PUBLISH, NEXT],
    });
  });
  test("of a planner is recorded, and nothing starts by itself", () => {
    const answer = { status: "blocked", reason: "Which flats?", return_category: "missing_context" };
    expect(of(aPipeline({ play: [{ answer }] }))).toMatchObject({
      returned: {
        reason_category: "missing_context",
        reason_text: "Which flats?",
        returned_by: "pm",
        source: "pm:p1",
      },
      jobs: [PUBLISH],
    });
  });
  test.each([
    [4, [PUBLISH, NEXT], "running", "Gate tester: A cent is lost."],
    [5, [PUBLISH], "blocked", "The limit `limits.returns` was reached: 6. Gate tester: A cent is lost."],
    [9, [PUBLISH], "blocked", "The limit `limits.returns` was reached: 6. Gate tester: A cent is lost."],
  ])("behind %d others, of six allowed, leads to %j", (return_count, jobs, status, status_reason) => {
    const found = of(rejected(), { task: { return_count } });
    expect(found.jobs).toEqual(jobs);
    expect(found.task).toEqual({ status, status_reason, return_count: return_count + 1 });
    expect(found.returned).not.toBeNull();
  });

  const text = (pipeline: Pipeline) => of(pipeline).returned?.reason_text;
  test("B16: of a gate is cut at 200 characters behind the gate's name", () => {
    expect(text(rejected({}, "x".repeat(300)))).toBe(`Gate tester: ${"x".repeat(199)}…`);
  });
  test("of a gate that is just as long as it may be is whole", () => {
    expect(text(rejected({}, "x".repeat(200)))).toBe(`Gate tester: ${"x".repeat(200)}`);
  });
  test("B16: of a planner is cut at 500", () => {
    const answer = { status: "blocked", reason: "x".repeat(600) };
    expect(text(aPipeline({ play: [{ answer }] }))).toBe(`${"x".repeat(499)}…`);
  });
  test("B16: of a planner without words has none", () => {
    expect(text(aPipeline({ play: [{ answer: { status: "blocked", reason: "  " } }] }))).toBeNull();
  });
  test("F9: is not recorded in an escalation", () => {
    const pipeline = rejected();
    const escalation = { ...pipeline, opening: { ...pipeline.opening, type: "escalation" as const } };
    expect(of(escalation).returned).toBeNull();
  });
  test("of an escalation asks a person, whatever else blocks one blocks it", () => {
    const pipeline = rejected();
    const blocked = { kind: "blocked" as const, reason: "r", return: null, handover: null };
    const escalation = {
      ...pipeline,
      outcome: blocked,
      opening: { ...pipeline.opening, type: "escalation" as const },
    };
    expect(of(escalation).task).toEqual({ status: "needs_info", status_reason: "r" });
    expect(of({ ...escalation, steps: escalation.steps.slice(0, 2) }).task).toMatchObject({
      status: "blocked",
    });
    expect(of({ ...pipeline, outcome: blocked }).task).toMatchObject({ status: "blocked" });
  });
});
