// Rulings on returns that no other test says in words.
import { expect, test } from "vitest";
import { statusComment } from "../../core/report/status-comment.ts";
import { aPipeline, aView } from "../build.ts";

const ANALYSIS = {
  root_cause_analysis: "One rule stands in two places.",
  refined_brief: "Move the rule to one place.",
  clarification_list: [],
  escalate_to_dept_head: false,
};

test.each([
  ["no status", {}, "done"],
  ["the status done", { status: "done" }, "done"],
  ["the status partial", { status: "partial" }, "failed"],
])("X23: an analysis with %s is %s", (_, status, outcome) => {
  const plan = ["return_analyst", "debugger", "tester"];
  const pipeline = aPipeline({ plan, play: [{ answer: { ...ANALYSIS, ...status } }] });
  expect(pipeline.steps[1]?.attempts.map(({ finished }) => finished?.outcome)).toEqual([outcome]);
});

test("X2: the count of returns is never reset, and people see how many came since the task was last done", () => {
  const view = aView({ pipelines: [{}], returns: [{}, {}, {}], task: { returns_at_last_done: 2 } });
  expect(statusComment(view)).toContain("3 returns");
  expect(statusComment(view)).toContain("(1 since it was last done)");
});
