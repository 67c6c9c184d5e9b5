// What a task is after each fact, and what then has to be done: every status comes from one of these rows.
import { describe, expect, test } from "vitest";
import type { Fact, FactOf } from "../../core/model/fact.ts";
import type { TaskState, TaskStatus } from "../../core/model/record.ts";
import { after, afterAll, begin, type Change, type Task } from "../../core/task/after.ts";
import { A_SNAPSHOT } from "../build.ts";

const BEGUN: FactOf<"begun"> = {
  kind: "begun",
  project_id: 4711,
  issue: 12,
  title: "Sums are off by a cent",
  url: "https://github.example/acme/shop/issues/12",
  asked_by: "olga",
  asked_by_id: 7,
  trigger_id: null,
  task_type: "standard",
  parent_task_id: null,
};

const aTask = (over: Partial<TaskState> = {}): Task => ({ ...begin(1, BEGUN), ...over });

/** The changes and the jobs' keys, or why nothing changes. */
const comesTo = (before: Partial<TaskState>, fact: Fact) => {
  const task = aTask(before);
  const change = after(task, fact);
  if ("refused" in change) return change.refused;
  const entries = Object.entries(change.task) as [keyof Task, unknown][];
  return {
    ...Object.fromEntries(entries.filter(([column, value]) => value !== task[column])),
    jobs: change.jobs.map(({ key }) => key),
  };
};

const STATUSES: readonly TaskStatus[] = ["running", "review", "needs_info", "blocked", "done", "cancelled"];
const OVER: readonly TaskStatus[] = ["done", "cancelled"];
const SHOWN = ["publish:1"];
const APPROVAL = { by: "olga", by_id: 7, sha: "a1", at: "2026-10-07T12:00:00Z", source: "review:3" };
const RETURN = {
  reason_category: "missing_context" as const,
  reason_text: "A cent is lost.",
  returned_by: "gh:olga",
  pipeline_id: "p1",
  source: "review:3",
  actor: "olga",
  pr_number: 5,
  findings: [],
};
const opened = (over: Partial<FactOf<"opened">> = {}): Fact => ({
  ...{ kind: "opened", number: 2, dry_run: false, snapshot: A_SNAPSHOT, branch: "kin/12-x", ...over },
});
const ended = (outcome: FactOf<"ended">["outcome"], over: Partial<FactOf<"ended">> = {}): Fact => ({
  ...{
    kind: "ended",
    pipeline: "p1",
    number: 1,
    outcome,
    reason: "Why.",
    limit: 5,
    hands_over: false,
    ...over,
  },
});
const blocked = (cause: FactOf<"blocked">["cause"], over: Partial<FactOf<"blocked">> = {}): Fact => ({
  ...{ kind: "blocked", cause, reason: "Why.", ...over },
});

test("it begins running, with nothing of its own", () => {
  expect(begin(1, BEGUN)).toMatchObject({
    ...{ id: 1, issue: 12, asked_by: "olga", status: "running", status_reason: "" },
    ...{ return_count: 0, last_pipeline: 0, snapshot: null, branch: null },
  });
  expect(begin(1, { ...BEGUN, task_type: "escalation", parent_task_id: 3 })).toMatchObject({
    ...{ task_type: "escalation", parent_task_id: 3 },
  });
});

describe("a fact makes of a task", () => {
  test.each<[what: string, before: Partial<TaskState>, fact: Fact, to: object | string]>([
    ["a second beginning: nothing", {}, BEGUN, "moved_on"],
    [
      "a second look at what was there: nothing",
      {},
      { kind: "found", row: aTask(), returns: [] },
      "moved_on",
    ],
    [
      "asked again, by another label",
      { trigger_id: "30" },
      { kind: "asked_again", title: "T", url: "u", asked_by: "petr", asked_by_id: 8, trigger_id: "31" },
      { title: "T", url: "u", asked_by: "petr", asked_by_id: 8, trigger_id: "31", jobs: [] },
    ],
    [
      "asked again, by no label: the one it had stays",
      { trigger_id: "30" },
      { kind: "asked_again", title: "T", url: "u", asked_by: "petr", asked_by_id: 8, trigger_id: null },
      { title: "T", url: "u", asked_by: "petr", asked_by_id: 8, jobs: [] },
    ],
    [
      "another asker",
      {},
      { kind: "asker_replaced", asked_by: "petr", asked_by_id: 8 },
      { asked_by: "petr", asked_by_id: 8, jobs: [] },
    ],
    [
      "a brief",
      {},
      { kind: "briefed", brief: "Do it.", category: "SEC" },
      { brief: "Do it.", category: "SEC", jobs: [] },
    ],
    [
      "a mode",
      {},
      { kind: "mode_set", execution_mode: "auto_complete" },
      { execution_mode: "auto_complete", jobs: SHOWN },
    ],
    [
      "a mode that is taken off",
      { execution_mode: "auto_complete" },
      { kind: "mode_set", execution_mode: null },
      { execution_mode: null, jobs: SHOWN },
    ],
    ["a hold", {}, { kind: "mode_set", hold: true }, { hold: 1, jobs: SHOWN }],
    [
      "both at its start: nothing is shown yet",
      { hold: 1 },
      { kind: "mode_set", execution_mode: null, hold: false, at_start: true },
      { hold: 0, jobs: [] },
    ],
    ["a mode that it has", { hold: 1 }, { kind: "mode_set", execution_mode: null, hold: true }, "moved_on"],
    ["a category", {}, { kind: "learned", category: "FIX" }, { category: "FIX", jobs: [] }],
    [
      "no category any more",
      { category: "FIX" },
      { kind: "learned", category: null, brief: undefined },
      { category: null, jobs: [] },
    ],
    [
      "an analysis and a smoke test",
      { brief: "Old." },
      { kind: "learned", brief: "New.", analysed_return: 3, smoke_test_result: { verdict: "passed" } },
      { brief: "New.", analysed_return: 3, smoke_test_result: { verdict: "passed" }, jobs: [] },
    ],
    [
      "a plan that waits",
      {},
      { kind: "plan_held", reason: "It waits." },
      { status: "needs_info", status_reason: "It waits.", jobs: SHOWN },
    ],
    [
      "a plan that was approved",
      { status: "needs_info", status_reason: "It waits." },
      { kind: "plan_approved" },
      { status: "running", status_reason: "", jobs: SHOWN },
    ],
    [
      "a run that was cancelled",
      {},
      { kind: "run_cancelled", reason: "By olga." },
      { status: "blocked", status_reason: "By olga.", jobs: SHOWN },
    ],
    [
      "an approval",
      { status: "review" },
      { kind: "approved", approval: APPROVAL },
      { approval: APPROVAL, jobs: SHOWN },
    ],
    [
      "an approval that is taken back",
      { approval: APPROVAL },
      { kind: "approval_withdrawn", source: "review:3" },
      { approval: null, jobs: SHOWN },
    ],
    [
      "another's approval: nothing",
      { approval: APPROVAL },
      { kind: "approval_withdrawn", source: "review:4" },
      "moved_on",
    ],
    ["no approval: nothing", {}, { kind: "approval_withdrawn", source: "review:4" }, "moved_on"],
    ["a commit", {}, { kind: "committed", sha: "a1" }, { head_sha: "a1", jobs: [] }],
    [
      "a merge of the base",
      { head_sha: "a1", approval: APPROVAL },
      { kind: "head_adopted", sha: "b2" },
      { head_sha: "b2", approval: { ...APPROVAL, sha: "b2" }, jobs: [] },
    ],
    [
      "a merge behind an older approval",
      { head_sha: "a9", approval: APPROVAL },
      { kind: "head_adopted", sha: "b2" },
      { head_sha: "b2", jobs: [] },
    ],
    [
      "a merge without an approval",
      { head_sha: "a1" },
      { kind: "head_adopted", sha: "b2" },
      { head_sha: "b2", jobs: [] },
    ],
    ["a pull request", {}, { kind: "pull_opened", number: 5 }, { pr_number: 5, jobs: [] }],
    [
      "a branch that has had its day",
      { branch: "kin/12-x", head_sha: "a1", pr_number: 5 },
      { kind: "branch_left" },
      { branch: null, head_sha: null, pr_number: null, jobs: [] },
    ],
  ])("%s", (_, before, fact, to) => {
    expect(comesTo(before, fact)).toEqual(to);
  });

  test("that was asked for in just that way makes no difference", () => {
    const asked = { title: "T", url: "u", asked_by: "petr", asked_by_id: 8, trigger_id: "31" };
    expect(comesTo(asked, { kind: "asked_again", ...asked })).toBe("moved_on");
    expect(comesTo(asked, { kind: "asked_again", ...asked, trigger_id: null })).toBe("moved_on");
    expect(comesTo(asked, { kind: "asked_again", ...asked, title: "U" })).toMatchObject({ title: "U" });
  });
});

describe("a pipeline that begins", () => {
  const before: Partial<TaskState> = {
    status: "blocked",
    status_reason: "Why.",
    waits_for: [13],
    followed_up: "x",
    approval: APPROVAL,
    trigger_id: "30",
  };
  test("takes the task up, whatever it waited for", () => {
    expect(comesTo(before, opened({ trigger_id: "31" }))).toEqual({
      ...{ status: "running", status_reason: "", snapshot: A_SNAPSHOT, branch: "kin/12-x", last_pipeline: 2 },
      ...{ waits_for: null, followed_up: null, approval: null, trigger_id: "31", jobs: SHOWN },
    });
    expect(comesTo(before, opened())).not.toHaveProperty("trigger_id");
  });
  test("as a dry run leaves the task as it was, and is cancelled where there was none", () => {
    expect(comesTo(before, opened({ dry_run: true }))).toEqual({ jobs: SHOWN });
    expect(comesTo({ status: "review" }, opened({ dry_run: true, number: 1 }))).toEqual({ jobs: SHOWN });
    expect(comesTo({}, opened({ dry_run: true, number: 1 }))).toEqual({
      ...{ status: "cancelled", status_reason: "Nothing but a dry run was asked for.", jobs: SHOWN },
    });
  });
});

describe("a pipeline that ends", () => {
  test.each<[FactOf<"ended">["outcome"], Partial<FactOf<"ended">>, TaskStatus | null]>([
    ["passed", {}, "review"],
    ["passed", { escalation: "advice" }, "done"],
    ["passed", { escalation: "rejected" }, "review"],
    ["needs_info", {}, "needs_info"],
    ["blocked", {}, "blocked"],
    ["blocked", { escalation: "rejected" }, "needs_info"],
    ["blocked", { escalation: "advice" }, "blocked"],
    ["superseded", {}, "blocked"],
    ["stopped", {}, null],
    ["planned_only", {}, null],
  ])("as %s (%o): %s", (outcome, over, status) => {
    const stands = status === null ? {} : { status, status_reason: "Why." };
    expect(comesTo({ status: "running" }, ended(outcome, over))).toEqual({ ...stands, jobs: SHOWN });
  });
  test("as returned is followed by another one, as long as `limits.returns` allows it", () => {
    expect(comesTo({ return_count: 4, status: "review" }, ended("returned"))).toEqual({
      ...{ status: "running", status_reason: "Why.", jobs: [...SHOWN, "next:p1"] },
    });
    expect(comesTo({ return_count: 5 }, ended("returned"))).toEqual({
      ...{ status: "blocked", status_reason: "The limit `limits.returns` was reached: 5. Why.", jobs: SHOWN },
    });
  });
  test("with a handover has it opened", () => {
    expect(comesTo({}, ended("superseded", { hands_over: true }))).toMatchObject({
      jobs: [...SHOWN, "hand_over:p1"],
    });
  });
});

describe("a return", () => {
  test("counts, and has the task's next number", () => {
    const change = afterAll(aTask({ return_count: 2 }), [
      { kind: "returned", return: RETURN },
      { kind: "returned", return: { ...RETURN, source: "review:4" } },
    ]) as Change;
    expect(change.task.return_count).toBe(4);
    expect(change.returned.map(one => [one.source, one.return_number])).toEqual([
      ["review:3", 3],
      ["review:4", 4],
    ]);
    expect(change.jobs).toEqual([]);
  });
  const heard = (over: Partial<FactOf<"return_heard">> = {}): Fact => ({
    ...{ kind: "return_heard", of: 1, source: "review:3", return_number: 1, limit: 2, ...over },
  });
  test("of a person is followed by another pipeline, as long as `limits.returns` allows it", () => {
    const before = { status: "review" as const, status_reason: "Passed.", last_pipeline: 1 };
    expect(comesTo(before, heard())).toEqual({
      status: "running",
      status_reason: "",
      jobs: [...SHOWN, "next:review:3"],
    });
    expect(comesTo(before, heard({ return_number: 2 }))).toEqual({
      ...{ status: "blocked", status_reason: "The limit `limits.returns` was reached: 2.", jobs: SHOWN },
    });
  });
  test("that a pipeline follows already, or that comes too late, changes nothing", () => {
    expect(comesTo({ last_pipeline: 2 }, heard())).toBe("moved_on");
    expect(comesTo({ status: "done" }, heard())).toBe("over");
  });
});

describe("a stop", () => {
  const stopped: Fact = { kind: "stopped", of: 1, by: "olga" };
  test("blocks the task that it meant", () => {
    expect(comesTo({ last_pipeline: 1 }, stopped)).toEqual({
      ...{ status: "blocked", status_reason: "Stopped with `/kin stop` (olga).", jobs: SHOWN },
    });
  });
  test("is of the pipeline that was meant, and of no later one", () => {
    expect(comesTo({ last_pipeline: 2 }, stopped)).toBe("moved_on");
  });
});

describe("people who are done with a task", () => {
  test("end it once", () => {
    const cancelled: Fact = { kind: "cancelled", by: "olga", reason: "The issue was closed." };
    const completed: Fact = { kind: "completed", reason: "#5 was merged by olga." };
    for (const status of STATUSES) {
      const isOver = OVER.includes(status);
      expect(comesTo({ status }, cancelled), status).toEqual(
        isOver ? "over" : { status: "cancelled", status_reason: "The issue was closed. (olga)", jobs: SHOWN },
      );
      // A task that was taken back but merged all the same is done.
      expect(comesTo({ status, return_count: 2 }, completed), status).toEqual(
        status === "done"
          ? "over"
          : { status: "done", status_reason: "#5 was merged by olga.", returns_at_last_done: 2, jobs: SHOWN },
      );
    }
  });
  test.each<Fact>([
    { kind: "run_cancelled", reason: "Why." },
    { kind: "stopped", of: 1, by: "olga" },
    { kind: "return_heard", of: 1, source: "s", return_number: 1, limit: 2 },
    { kind: "cancelled", by: "olga", reason: "Why." },
    { kind: "handed_over", by: "olga", pipeline: "p1", source: "s", handover: HANDOVER() },
    blocked("conflict"),
    blocked("checks"),
    blocked("pull_refused"),
    blocked("patch_refused"),
  ])("are not overruled by $kind ($cause)", fact => {
    for (const status of OVER) expect(comesTo({ status }, fact), status).toBe("over");
  });
  test.each<Fact>([
    ended("passed"),
    ended("returned"),
    { kind: "plan_held", reason: "Why." },
    { kind: "plan_approved" },
  ])("are not overruled by what a pipeline comes to ($kind), which is known all the same", fact => {
    for (const status of OVER) expect(comesTo({ status }, fact), status).toEqual({ jobs: [] });
  });
  test("may ask again, and are told why that does not begin", () => {
    for (const status of OVER)
      for (const cause of ["configuration", "edited", "no_commit", "failure"] as const)
        expect(comesTo({ status }, blocked(cause))).toMatchObject({ status: "blocked", jobs: SHOWN });
  });
});

function HANDOVER() {
  return {
    ...{
      kind: "escalation" as const,
      head: "security_head",
      root_cause: "r",
      brief: "b",
      clarifications: [],
    },
  };
}

describe("a task that others carry on", () => {
  const behind = { pipeline: "p1", number: 1 };
  const waits: Partial<TaskState> = {
    status: "blocked",
    waits_for: [13, 14],
    branch: "kin/12-x",
    head_sha: "a1",
    pr_number: 5,
  };
  test("is handed over once", () => {
    const fact: Fact = {
      kind: "handed_over",
      by: "olga",
      pipeline: "p1",
      source: "issue_comment:3",
      handover: HANDOVER(),
    };
    expect(comesTo({}, fact)).toEqual({
      ...{ status: "blocked", status_reason: "Handed over to security_head (olga)." },
      jobs: [...SHOWN, "hand_over:issue_comment:3"],
    });
    expect(comesTo({ waits_for: [13] }, fact)).toBe("moved_on");
    expect(comesTo({ waits_for: [] }, fact)).toMatchObject({ status: "blocked" });
  });
  test("waits for them, unless somebody took it up meanwhile", () => {
    const fact: Fact = { kind: "carried_on", by: [13, 14] };
    expect(comesTo({ status: "blocked" }, fact)).toEqual({ waits_for: [13, 14], jobs: SHOWN });
    expect(comesTo({ status: "running" }, fact)).toBe("moved_on");
  });
  test("goes on where it could not be handed over, unless somebody took it up meanwhile", () => {
    const fact: Fact = { kind: "handover_failed", ...behind, reason: "No issues here." };
    expect(comesTo({ status: "blocked" }, fact)).toEqual({
      ...{ status: "running", followed_up: "It could not be handed over: No issues here." },
      jobs: [...SHOWN, "next:p1"],
    });
    expect(comesTo({ status: "running" }, fact)).toBe("moved_on");
  });
  test("goes on with what came of them, on a branch of its own", () => {
    const fact: Fact = { kind: "followed_up", outcome: "- #13: completed.", dropped: [], behind };
    expect(comesTo(waits, fact)).toEqual({
      ...{ status: "running", waits_for: null, followed_up: "- #13: completed." },
      ...{ branch: null, head_sha: null, pr_number: null },
      jobs: [...SHOWN, "leave_behind:1:5", "next:followed:p1"],
    });
    expect(comesTo({ ...waits, pr_number: null }, fact)).toMatchObject({
      jobs: [...SHOWN, "next:followed:p1"],
    });
  });
  test("asks a person where one of them is not to be done", () => {
    const fact: Fact = { kind: "followed_up", outcome: "o", dropped: [13], behind };
    expect(comesTo(waits, fact)).toEqual({
      ...{ status: "needs_info", waits_for: null, followed_up: "o", jobs: SHOWN },
      status_reason: "#13 was closed as not planned. Say how to go on without it.",
    });
    expect(comesTo(waits, { ...fact, dropped: [], behind: null })).toMatchObject({ status: "needs_info" });
  });
  test("is followed up once", () => {
    const fact: Fact = { kind: "followed_up", outcome: "o", dropped: [], behind };
    expect(comesTo({ ...waits, waits_for: null }, fact)).toBe("moved_on");
    expect(comesTo({ ...waits, status: "running" }, fact)).toBe("moved_on");
  });
});

describe("red checks on Kin's commit", () => {
  const fact: Fact = { kind: "checks_red", pipeline: "p1", number: 1, findings: [] };
  test("are worked on while the work is awaited, and by nobody else's word", () => {
    for (const status of STATUSES)
      expect(comesTo({ status, status_reason: "Passed." }, fact), status).toEqual(
        status === "review"
          ? { status: "running", status_reason: "", jobs: [...SHOWN, "next:ci:p1"] }
          : "moved_on",
      );
  });
});

describe("what cannot go on", () => {
  test("says why, and answers the label that asked for it", () => {
    expect(comesTo({ trigger_id: "30" }, blocked("configuration", { trigger_id: "31" }))).toEqual({
      ...{ status: "blocked", status_reason: "Why.", trigger_id: "31", jobs: SHOWN },
    });
    expect(comesTo({ trigger_id: "30" }, blocked("failure"))).toEqual({
      ...{ status: "blocked", status_reason: "Why.", jobs: SHOWN },
    });
  });

  test("is said once, and again for another reason or another label", () => {
    const so = { status: "blocked", status_reason: "Why.", trigger_id: "31" } as const;
    expect(comesTo(so, blocked("configuration", { trigger_id: "31" }))).toBe("moved_on");
    expect(comesTo(so, blocked("failure"))).toBe("moved_on");
    expect(comesTo(so, blocked("configuration", { trigger_id: "32" }))).toMatchObject({ trigger_id: "32" });
    expect(comesTo(so, blocked("failure", { reason: "Other." }))).toMatchObject({ status_reason: "Other." });
  });
});

test("of several facts none is stated where one is refused", () => {
  const facts: readonly Fact[] = [
    { kind: "committed", sha: "a1" },
    { kind: "checks_red", pipeline: "p1", number: 1, findings: [] },
  ];
  expect(afterAll(aTask(), facts)).toEqual({ refused: "moved_on" });
  expect(afterAll(aTask({ status: "review" }), facts)).toMatchObject({
    task: { head_sha: "a1", status: "running" },
    jobs: [{ key: "publish:1" }, { key: "next:ci:p1" }],
  });
});
