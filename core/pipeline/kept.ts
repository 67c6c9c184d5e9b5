// What a rerun from a step keeps of the previous pipeline.
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { Opening } from "../model/task.ts";
import { plannedOf, standingSteps } from "./added-steps.ts";
import { isPlanner, verdictOf, workOf } from "./state.ts";

export type Keeping =
  | { readonly kind: "kept"; readonly kept: NonNullable<Opening["kept"]> }
  | { readonly kind: "no_such_step"; readonly asked: string; readonly last: number }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** The plan and the answers before `from`, or why that is impossible. */
export const keepBefore = (pipeline: Pipeline, from: number): Keeping => {
  const { plan } = pipeline;
  const work = workOf(pipeline);
  if (plan === null || from > work.length)
    return { kind: "no_such_step", asked: String(from), last: plan === null ? 0 : work.length };
  const before = workOf({
    ...pipeline,
    steps: standingSteps({ ...pipeline, steps: pipeline.steps.slice(0, from) }),
  }).filter(isNoPlanner);
  const open = before.find(step => step.answer === null);
  if (open !== undefined) {
    const message = `Step ${open.number} (${open.role}) has no answer yet.`;
    return { kind: "failed", message, hint: `Run from step ${open.number} or an earlier one.` };
  }
  // If it were kept, it would end the new pipeline at once and count as another return.
  const rejecting = before.find(step => verdictOf(step)?.verdict === "changes_requested");
  if (rejecting !== undefined) {
    const message = `Step ${rejecting.number} (${rejecting.role}) rejected the work.`;
    return { kind: "failed", message, hint: `Run from step ${rejecting.number} or an earlier one.` };
  }
  const steps = [...before, ...againFrom(work.slice(from - 1))];
  const places = new Map(steps.map((step, index) => [step.number, index + 1]));
  return {
    kind: "kept",
    kept: {
      plan: {
        ...plan,
        steps: steps.map(step => ({
          ...plannedOf(step),
          depends_on: step.depends_on === null ? null : (places.get(step.depends_on) ?? null),
        })),
      },
      answers: before.map((step, index) => ({ step: index + 1, answer: { ...step.answer } })),
    },
  };
};

/** What was added because of how the steps went is left out; it is added again if it is due again. */
const againFrom = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(
    step =>
      isNoPlanner(step) &&
      (steps[0]?.part === "revision" || step.part !== "revision") &&
      !steps.some(head => head.head && head.role === step.department),
  );

/** Another plan is asked for when it is due again. */
const isNoPlanner = (step: Step): boolean => !isPlanner(step);

const LONGEST_ANSWER = 20_000;

/** Of writers and judges, for the next pipeline's planner; excessively long ones are left out. */
export const answersOf = (pipeline: Pipeline): NonNullable<Opening["last_round"]> =>
  workOf(pipeline).flatMap(({ number, role, answer, writes, gate }) =>
    (writes || gate) && answer !== null && JSON.stringify(answer).length <= LONGEST_ANSWER
      ? [{ step: number, role, answer: { ...answer } }]
      : [],
  );
