// The App's own look at steps that a runner reports.
import { describe, expect, test } from "vitest";
import type { Plan, PlannedStep } from "../../core/model/plan.ts";
import { stepsProblem } from "../../core/pipeline/plan-problem.ts";
import type { PlanContext } from "../../core/pipeline/plan-rules.ts";
import { aPlan } from "../build.ts";
import { answerOf, context, planned, stepsOf, type } from "./planning.ts";
import { aRoster, ORGANISATION } from "./roles.ts";

describe("a plan that a runner reports", () => {
  const plan = planned(answerOf(stepsOf("debugger", "tester")));
  const of = (over: Partial<PlannedStep>, index = 0): Plan => ({
    ...plan,
    steps: plan.steps.map((step, i) => (i === index ? { ...step, ...over } : step)),
  });
  const problemOf = (reported: Plan, over: Partial<PlanContext> = {}) =>
    stepsProblem([{ kind: "plan_held" }, { kind: "planned", plan: reported }], context(over));

  test("can be one of ours", () => expect(problemOf(plan)).toBeNull());
  test.each<[what: string, plan: Plan, over: Partial<PlanContext>, problem: RegExp]>([
    ["an unknown role", of({ role: "nobody" }), {}, /"nobody" is not as the roster has it/],
    ["a role that no planner may choose", of({ role: "pm", writes: false }), {}, /"pm"/],
    ["a gate that is none", of({ gate: true }), {}, /"debugger"/],
    ["a head that is none", of({ head: true }), {}, /"debugger"/],
    ["a writer that may not write", of({ role: "architect" }), {}, /"architect"/],
    ["a role that this type of project does not have", plan, type("research"), /"debugger"/],
    ["no gate at its end", { ...plan, steps: plan.steps.slice(0, 1) }, {}, /does not end with a gate/],
  ])("cannot with %s", (_, reported, over, problem) => expect(problemOf(reported, over)).toMatch(problem));
});

describe("steps that a runner adds", () => {
  const roster = aRoster(ORGANISATION);
  const problemOf = (part: "department" | "revision" | "afterwards", ...steps: Partial<PlannedStep>[]) =>
    stepsProblem(
      [{ kind: "steps_added", after: 1, part, steps: aPlan(steps.map(step => ({ part, ...step }))).steps }],
      context({ roster }),
    );
  const of = (role: string, over: Partial<PlannedStep> = {}) => ({
    role,
    department: "backend_head",
    ...over,
  });

  test.each<[string, "department" | "revision" | "afterwards", Partial<PlannedStep>[]]>([
    ["a department's own members, and X30 the reviewer", "department", [of("backend_dev"), of("reviewer")]],
    ["a revision of a department's step", "revision", [of("backend_dev"), of("reviewer")]],
    [
      "roles that come in by themselves",
      "afterwards",
      [
        { role: "learner", writes: false },
        { role: "followup", writes: false },
      ],
    ],
  ])("can be %s", (_, part, steps) => expect(problemOf(part, ...steps)).toBeNull());
  test.each<[string, Partial<PlannedStep>]>([
    ["of another department", of("debugger")],
    ["of no department", of("backend_dev", { department: null })],
    ["of its head", of("backend_head", { head: true, writes: false })],
    ["of nobody's role", of("nobody")],
    ["of the return_analyst, who belongs to none (E1)", of("return_analyst", { department: "cto_advisor" })],
  ])("cannot be a department's step %s", (_, step) =>
    expect(problemOf("department", step, of("reviewer"))).toMatch(/is not as the roster has it/),
  );
});
