// What is odd in an answer that nevertheless counts.
import { describe, expect, test } from "vitest";
import type { Step } from "../../core/model/pipeline.ts";
import type { ReturnCategory } from "../../core/model/return.ts";
import { remarksOn } from "../../core/pipeline/remarks.ts";
import { aPipeline } from "../build.ts";

describe("a planner's block", () => {
  const remarksFor = (answer: object) => {
    const pipeline = aPipeline({
      play: [{ answer: { status: "blocked", reason: "Which flats?", ...answer } }],
    });
    return remarksOn(pipeline.steps[0] as Step, pipeline);
  };
  const NONE_OF =
    "is none of requirements_unclear, scope_too_large, technical_blocker, missing_context, conflicting_requirements; it counts as missing_context.";
  test.each([
    [{}, "The project manager named no return category; it counts as missing_context."],
    [{ return_category: "not sure" }, `The return category "not sure" ${NONE_OF}`],
    [
      { return_category: "recurring_quality_fail" },
      `The return category "recurring_quality_fail" ${NONE_OF}`,
    ],
    [{ return_category: 7 }, `The return category 7 ${NONE_OF}`],
  ])("D2, X29: with %j says what is made of it", (answer, remark) => {
    expect(remarksFor(answer)).toEqual([remark]);
  });
  test("with a category of its own, in any letter case, says nothing", () => {
    expect(remarksFor({ return_category: "Scope_too_large " })).toEqual([]);
  });
});

test("a block of nobody but the planner is asked for a category", () => {
  const blocked = { status: "blocked", reason: "Which flats?" };
  const pipeline = aPipeline({ plan: ["debugger", "tester"], play: [{ answer: blocked }] });
  expect(remarksOn(pipeline.steps[1] as Step, pipeline)).toEqual([]);
});

describe("an analysis", () => {
  const remarksFor = (answer: object, categories: readonly ReturnCategory[]) => {
    const latest = categories.map((reason_category, index) => ({
      return_number: index + 1,
      reason_category,
      reason_text: null,
      returned_by: "tester",
      returned_at: "2026-10-01T12:00:00.000Z",
    }));
    const pipeline = aPipeline({
      opening: { returns: { count: 3, latest } },
      plan: ["return_analyst", "tester"],
      play: [{ answer: { status: "done", root_cause_analysis: "Two places round.", ...answer } }],
    });
    return remarksOn(pipeline.steps[1] as Step, pipeline);
  };
  const UNFOUNDED = "It hands the task over without `recurring_quality_fail` twice among the returns.";
  test.each([
    [true, ["recurring_quality_fail", "recurring_quality_fail"], []],
    [true, ["recurring_quality_fail", "recurring_quality_fail", ...Array(3).fill("missing_context")], []],
    [true, ["recurring_quality_fail", "missing_context"], [UNFOUNDED]],
    [true, ["missing_context", "missing_context"], [UNFOUNDED]],
    [false, ["missing_context", "missing_context"], []],
    ["true", ["missing_context", "missing_context"], []],
  ] as const)("B13: that escalates: %j, after %j: %j", (escalate_to_dept_head, categories, remarks) => {
    expect(remarksFor({ escalate_to_dept_head }, categories)).toEqual(remarks);
  });
  test.each([
    ["Two places round, e.g. src/split.js and v1.2 of the report.", []],
    ["Two places round. Nobody compared them.", ["Its root cause has 2 sentences, where one was asked for."]],
  ])("E4: is one sentence: %j", (root_cause_analysis, remarks) => {
    expect(remarksFor({ root_cause_analysis }, [])).toEqual(remarks);
  });
});
