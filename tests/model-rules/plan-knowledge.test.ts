// The other checks of a plan: decisions, heads, categories, roles of a project's type, how it completes.
import { describe, expect, test } from "vitest";
import { selectableRoles } from "../../core/agents/roster.ts";
import { PlanAnswer } from "../../core/model/plan.ts";
import { TaskCategory } from "../../core/model/return.ts";
import { effectiveMode, type ModeContext } from "../../core/pipeline/plan/completion.ts";
import { makePlan } from "../../core/pipeline/plan/rules.ts";
import { aConfig, anOpening } from "../build.ts";
import { type Asked, answerOf, planned, refused, stepsOf, type } from "./planning.ts";
import { aRoster, ORGANISATION } from "./roles.ts";

const roster = aRoster(ORGANISATION);

describe("C16: the decisions that a step names", () => {
  const decisions = [3, 5].map(id => ({ id, type: "convention" as const, title: "t", description: "d" }));
  const naming = (relevant_decisions: number[] | null): Asked => ({
    role: "tester",
    brief: "b",
    relevant_decisions,
  });
  const plan = (ids: number[] | null) =>
    planned(answerOf([naming(ids)]), { opening: anOpening({ decisions }) });
  test.each([
    [[3], [3]],
    [
      [5, 3],
      [5, 3],
    ],
    [[], []],
    [null, []],
  ])("%j are kept where they are known", (ids, kept) => {
    expect(plan(ids)).toMatchObject({ repairs: [], steps: [{ decisions: kept }] });
  });
  test("are dropped where they are not, with a sentence", () => {
    expect(plan([4, 3, 9])).toMatchObject({
      steps: [{ decisions: [3] }],
      repairs: ["Step 1 (tester) named decisions that there are not: 4, 9."],
    });
  });
});

describe("B19, C22: a head in a plan", () => {
  const answer = answerOf(stepsOf("backend_head", "tester"), { route_type: "department" });
  test("needs a justification", () => {
    expect(refused(answer, { roster })).toEqual([
      expect.stringMatching(/^pipeline: "backend_head" is for work of three or more specialists/),
    ]);
    expect(refused({ ...answer, justification: " " }, { roster })).toHaveLength(1);
  });
  test("is taken with one, as a step that brings others, and asks for a review", () => {
    expect(planned({ ...answer, justification: "Schema, server and speed." }, { roster })).toMatchObject({
      completion_mode: "review",
      steps: [{ role: "backend_head", head: true, gate: false, writes: false }, { role: "tester" }],
    });
  });
  test("X3: and cto_advisor, where tasks are handed to, is nobody that a planner may choose", () => {
    const asked = { ...answerOf(stepsOf("cto_advisor", "tester")), justification: "j" };
    expect(refused(asked, { roster })).toEqual([
      expect.stringContaining('"cto_advisor" cannot be put into a plan'),
    ]);
  });
});

test("C12: a planner's word on escalation is nothing that a plan has", () => {
  const plan = planned(answerOf(stepsOf("tester"), { escalate_to_dept_head: true }));
  expect(plan).not.toHaveProperty("escalate_to_dept_head");
});

test("C17: how many steps there are is counted, not asked", () => {
  const plan = planned(answerOf(stepsOf("debugger", "tester"), { estimated_steps: 9 }));
  expect(plan).not.toHaveProperty("estimated_steps");
  expect(plan.steps).toHaveLength(2);
});

test("X32: a brief is text; an object in its place is no plan", () => {
  const answer = answerOf(stepsOf("tester"));
  expect(PlanAnswer.safeParse(answer).success).toBe(true);
  const pipeline = [{ role: "tester", brief: { text: "Do it." } }];
  expect(PlanAnswer.safeParse({ ...answer, pipeline }).success).toBe(false);
});

test.each(TaskCategory.options.flatMap(one => [one, one.toLowerCase()]))(
  "B1: the category %s is known",
  category => {
    expect(planned(answerOf(stepsOf("tester"), { category }))).toMatchObject({
      category: category.toUpperCase(),
      repairs: [],
    });
  },
);

describe("C4, C5, C6, X13: the type of project says who may be chosen", () => {
  const meta = "error_coordinator return_analyst";
  test.each([
    [
      "development",
      `architect tester sysadmin debugger reviewer backend_dev tech_researcher backend_head infra_head research_head ${meta} smoke_tester`,
    ],
    ["operations", `sysadmin debugger reviewer infra_head ${meta}`],
    [
      "research",
      `architect sysadmin reviewer tech_researcher backend_head infra_head research_head ${meta} smoke_tester`,
    ],
  ])("%s: %s", (project_type, names) => {
    const roles = selectableRoles(roster, aConfig({ project_type }));
    expect(roles.map(role => role.name).join(" ")).toBe(names);
  });
  test("a plan in an operations project still gets its gate, the reviewer", () => {
    const plan = planned(answerOf(stepsOf("sysadmin", "debugger")), { roster, ...type("operations") });
    expect(plan.steps.map(step => step.role)).toEqual(["sysadmin", "debugger", "reviewer"]);
  });
});

describe("C13, C14, X40: how a task completes", () => {
  const open: ModeContext = { task: null, project: null, route: "debug", last_role: "tester" };
  test.each<[Partial<ModeContext>, string]>([
    [{}, "auto_complete"],
    [{ route: "hotfix", last_role: "reviewer" }, "auto_complete"],
    [{ route: "feature" }, "auto_complete"],
    [{ route: "multi_bug_debug" }, "review"],
    [{ route: "research" }, "review"],
    [{ route: "custom" }, "review"],
    [{ last_role: "security" }, "review"],
    [{ last_role: "debugger" }, "review"],
    [{ last_role: undefined }, "review"],
    [{ project: "review" }, "review"],
    [{ project: "auto_complete", route: "research", last_role: "debugger" }, "auto_complete"],
    [{ task: "review", project: "auto_complete" }, "review"],
    [{ task: "auto_complete", project: "review", route: "research" }, "auto_complete"],
  ])("%j: %s", (over, mode) => {
    expect(effectiveMode({ ...open, ...over })).toBe(mode);
  });
  test.each([
    ["auto_complete", null, "auto_complete"],
    ["review", null, "review"],
    ["review", "auto_complete", "auto_complete"],
    [undefined, "review", "review"],
  ] as const)("A3: a plan of a project in %s and a task in %s is %s", (execution_mode, mode, found) => {
    const opening = anOpening({ mode }, { config: { execution_mode } });
    expect(planned(answerOf(stepsOf("debugger", "tester")), { opening }).completion_mode).toBe(found);
  });
});

test("C18: a plan that works in a module where another task is at work says so", () => {
  const opening = anOpening({
    active_tasks: [{ id: "octocat/flats#13", title: "Refunds", status: "running", modules: ["billing"] }],
  });
  const made = makePlan(
    {
      analysis: "a",
      category: "FIX",
      route_type: "debug",
      pipeline: [
        { role: "debugger", brief: "b", module: "billing" },
        { role: "tester", brief: "b", module: "reports" },
      ],
    },
    { roster: aRoster(), opening },
  );
  expect(made).toMatchObject({
    plan: { repairs: ['The module "billing" is worked on by octocat/flats#13, too.'] },
  });
});
