// Shared by tests of plans: the planner's answer in a few words, and what the rules make of it.
import type { Plan, PlanAnswer } from "../../core/model/plan.ts";
import type { Opening } from "../../core/model/task.ts";
import { makePlan, type PlanContext } from "../../core/pipeline/plan/rules.ts";
import { anOpening } from "../build.ts";
import { aRoster } from "./roles.ts";

export type Asked = PlanAnswer["pipeline"][number];
export const stepsOf = (...roles: readonly string[]): Asked[] =>
  roles.map(role => ({ role, brief: `Do ${role}.` }));

export const answerOf = (pipeline: Asked[], over: Partial<PlanAnswer> = {}): PlanAnswer => ({
  analysis: "Rounding.",
  category: "FIX",
  route_type: "debug",
  pipeline,
  ...over,
});

export const context = (over: Partial<PlanContext> = {}): PlanContext => ({
  roster: aRoster(),
  opening: anOpening(),
  ...over,
});

export const opening = (over: Partial<Opening> = {}, config: object = {}, criteria: string[] = []) => ({
  opening: anOpening(over, { config, task: { acceptance_criteria: criteria } }),
});

export const planned = (answer: PlanAnswer, over: Partial<PlanContext> = {}): Plan => {
  const made = makePlan(answer, context(over));
  if (made.kind === "refused") throw new Error(made.reasons.join(" "));
  return made.plan;
};

/** Why the plan is sent back; empty if it is accepted. */
export const refused = (answer: PlanAnswer, over: Partial<PlanContext> = {}): readonly string[] => {
  const made = makePlan(answer, context(over));
  return made.kind === "refused" ? made.reasons : [];
};

export const type = (project_type: string) => opening({}, { project_type });
