// A task's rows are built from its facts alone, and a row that differs is found.
import { expect, test } from "vitest";
import type { Fact } from "../../core/model/fact.ts";
import { foldTask, unfolded } from "../../core/task/fold.ts";
import { writeOf } from "../../core/task/state.ts";
import { A_SNAPSHOT, aView } from "../build.ts";

const RETURN = {
  reason_category: "missing_context" as const,
  reason_text: null,
  returned_by: "tester",
  pipeline_id: "p1",
  source: "gate:p1:2:1",
  actor: null,
  pr_number: null,
  findings: [{ severity: "high" as const, file: "a.ts", line: 3, issue: "Wrong.", fix: null }],
};
const FACTS: readonly Fact[] = [
  {
    kind: "begun",
    ...{
      project_id: 1,
      issue: 12,
      title: "T",
      url: "u",
      asked_by: "monalisa",
      asked_by_id: 2,
      trigger_id: null,
    },
    ...{ task_type: "standard", parent_task_id: null },
  },
  { kind: "opened", number: 1, dry_run: false, snapshot: A_SNAPSHOT, branch: "kin/12-t", trigger_id: "41" },
  { kind: "returned", return: RETURN },
  {
    kind: "ended",
    pipeline: "p1",
    number: 1,
    outcome: "returned",
    reason: "Wrong.",
    limit: 5,
    hands_over: false,
  },
];

const { task, returned } = foldTask(7, FACTS);
const row = { ...aView().task, ...task, seq: FACTS.length };
const rowsOf = (list: typeof returned) =>
  list.map(one => ({
    ...{ ...one, id: 1, task_id: 7, returned_at: "2026-10-07T09:30:00.000Z" },
    findings: JSON.stringify(one.findings),
  }));

test("From its beginning on", () => {
  expect(task).toMatchObject({
    ...{ id: 7, status: "running", status_reason: "Wrong.", return_count: 1, last_pipeline: 1 },
    ...{ branch: "kin/12-t", trigger_id: "41", snapshot: A_SNAPSHOT },
  });
  expect(returned).toEqual([{ ...RETURN, return_number: 1 }]);
});

test("From where it was found on, with the returns that were there", () => {
  const { id: _, ...found } = task;
  const facts: readonly Fact[] = [
    { kind: "found", row: found, returns: [RETURN] },
    { kind: "committed", sha: "a1" },
  ];
  expect(foldTask(7, facts)).toEqual({
    task: { ...task, head_sha: "a1" },
    returned: [{ ...RETURN, return_number: 1 }],
  });
});

test.each<[string, readonly Fact[], RegExp]>([
  ["without a beginning", FACTS.slice(1), /begins with/],
  ["without any", [], /begins with/],
  [
    "with a fact that cannot follow",
    [...FACTS, { kind: "carried_on", by: [13] }],
    /`carried_on` does not follow: moved_on/,
  ],
])("Not %s", (_, facts, why) => {
  expect(() => foldTask(7, facts)).toThrow(why);
});

test("Rows that are what the facts say are found to be so, and all others are named", () => {
  const stored = { facts: FACTS, task: row, returns: rowsOf(returned) };
  expect(unfolded(stored)).toEqual([]);
  expect(
    unfolded({ ...stored, task: { ...row, comment_id: 5, published: { labels: ["a"] }, updated_at: "" } }),
  ).toEqual([]);
  expect(unfolded({ ...stored, task: { ...row, status: "done", brief: "b", seq: 3 } })).toEqual([
    ...["tasks.seq", "tasks.status", "tasks.brief"],
  ]);
  expect(unfolded({ ...stored, returns: [] })).toEqual(["task_returns"]);
});

test("What is written is what is otherwise, behind the last fact that was known", () => {
  const before = { ...row, seq: 9 };
  expect(writeOf(before, [{ kind: "committed", sha: "a1" }])).toEqual({
    ...{ task_id: 7, seq: 9, facts: [{ kind: "committed", sha: "a1" }], patch: { head_sha: "a1" } },
    ...{ returned: [], jobs: [] },
  });
  expect(writeOf(before, [{ kind: "returned", return: { ...RETURN, source: "s" } }])).toMatchObject({
    ...{ patch: { return_count: 2 }, returned: [{ source: "s", return_number: 2 }] },
  });
  expect(writeOf(before, [{ kind: "checks_red", pipeline: "p1", number: 1, findings: [] }])).toEqual({
    refused: "moved_on",
  });
});
