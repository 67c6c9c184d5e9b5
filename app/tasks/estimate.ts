// What a pipeline is likely to cost from here on, judging by its project's past. Computed here from the store, not by a
// runner.
import { modelFor } from "../../core/agents/model-for.ts";
import { rosterWith } from "../../core/agents/roster.ts";
import { conversationsIn, type Pipeline, type Step } from "../../core/model/pipeline.ts";
import { afterwardsOf } from "../../core/pipeline/added-steps.ts";
import { gateBehind, triesOf } from "../../core/pipeline/approaches.ts";
import { type Estimate, estimatePipeline, estimateSteps } from "../../core/pipeline/estimate.ts";
import { isClosed, isPassed } from "../../core/pipeline/state.ts";
import type { Plane } from "../plane.ts";

export const estimateOf = async (
  pipeline: Pipeline,
  plane: { readonly store: Pick<Plane["store"], "past"> } & Pick<Plane, "roster">,
): Promise<Estimate> => {
  const { opening, run, plan, steps } = pipeline;
  const past = await plane.store.past(opening.task.repository.id);
  const scripted = run?.scripted === true;
  if (plan === null) return estimatePipeline({ past, scripted });
  const { roles } = rosterWith(plane.roster, opening.own_roles);
  const ahead = [
    ...steps.filter(step => step.number > 0 && !isClosed(step)),
    ...(afterwardsOf(pipeline)?.steps ?? []).map((step, index) => ({
      ...step,
      ...{ number: steps.length + index, attempts: [] },
    })),
  ];
  const planned = ahead.map(({ number, role: name, part, attempts }) => {
    const role = roles.get(name);
    return {
      ...{ step: number, role: name, part },
      times: timesOf(number, pipeline),
      model: role === undefined ? "" : modelFor(role, opening.config.models),
      spent: attempts
        .flatMap(conversationsIn)
        .flatMap(({ turns }) => turns)
        .reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    };
  });
  return estimateSteps(planned, { past, scripted, besides: besidesOf(pipeline) });
};

/** A step may be tried in several ways, and its gate's role then judges each of them as well. */
const timesOf = (number: number, pipeline: Pipeline): number => {
  const tries = (some: readonly Step[]) => some.flatMap(step => triesOf(pipeline, step)).length;
  const judged = pipeline.steps.filter(step => gateBehind(pipeline, step.number)?.number === number);
  return Math.max(1, tries(pipeline.steps.slice(number, number + 1))) + tries(judged);
};

/** After the gate has passed, what follows is already among the steps; revisions come only before. */
const besidesOf = (pipeline: Pipeline) => {
  if (isPassed(pipeline)) return [];
  const mayRevise = pipeline.revisions < pipeline.opening.config.limits.revisions;
  return mayRevise ? (["revision", "afterwards"] as const) : (["afterwards"] as const);
};
