// What a pipeline is likely to cost from where it stands, by its project's past. Worked out here, of the store: a runner is
// not asked.
import { modelFor } from "../core/agents/model-for.ts";
import { rosterWith } from "../core/agents/roster.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { type Estimate, estimatePipeline, estimateSteps } from "../core/pipeline/estimate.ts";
import type { Plane } from "./plane.ts";

export const estimateOf = async (
  { opening, run, plan, steps }: Pipeline,
  plane: Pick<Plane, "store" | "roster">,
): Promise<Estimate> => {
  const past = await plane.store.past(opening.task.repository.id);
  const scripted = run?.scripted === true;
  if (plan === null) return estimatePipeline({ past, scripted });
  const { roles } = rosterWith(plane.roster, opening.own_roles);
  const planned = steps
    .slice(1)
    .filter(step => step.attempts.length === 0 && step.answer === null)
    .map(step => {
      const role = roles.get(step.role);
      return {
        step: step.number,
        role: step.role,
        model: role === undefined ? "" : modelFor(role, opening.config.models),
      };
    });
  return estimateSteps(planned, { past, scripted, revisions: opening.config.limits.revisions > 0 });
};
