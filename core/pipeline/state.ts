// Questions that the fold, the decision and the reports ask of a pipeline.
import { GateAnswer } from "../model/answer.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";

/** The step to work on: the project manager until there is a plan, then the first one without an answer. */
export const currentStep = (pipeline: Pipeline): Step | null => {
  if (pipeline.plan === null) return pipeline.steps[0] ?? null;
  return pipeline.steps.slice(1).find(step => step.answer === null) ?? null;
};

export type AttemptState = "talking" | "to_settle" | "finished";

/** `to_settle`: the conversation is over, its answer not yet checked. */
export const attemptState = (attempt: Attempt): AttemptState => {
  if (attempt.finished !== null) return "finished";
  const last = attempt.turns.at(-1);
  return last !== undefined && (last.submitted !== null || last.failed !== null) ? "to_settle" : "talking";
};

/** A gate's verdict, or null where the step is no gate or not done. */
export const verdictOf = (step: Step): GateAnswer | null => {
  if (!step.gate || step.answer === null) return null;
  const parsed = GateAnswer.safeParse(step.answer);
  return parsed.success ? parsed.data : null;
};

/** Every step answered, every gate approving, and a gate at the end. */
export const isPassed = (pipeline: Pipeline): boolean => {
  const steps = pipeline.steps.slice(1);
  return (
    pipeline.plan !== null &&
    steps.length > 0 &&
    steps.every(step => step.answer !== null && (!step.gate || verdictOf(step)?.verdict === "approved")) &&
    steps.at(-1)?.gate === true
  );
};

export const usdOf = (attempt: Attempt): number =>
  attempt.turns.reduce((usd, turn) => usd + (turn.usd ?? 0), 0);
export const secondsOf = (attempt: Attempt): number => attempt.turns.reduce((s, turn) => s + turn.seconds, 0);
