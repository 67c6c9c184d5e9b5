// Questions that the fold, the decision and the reports ask about a pipeline.
import { GateAnswer } from "../model/answer.ts";
import type { ProjectRules } from "../model/event.ts";
import type { Attempt, Pipeline, Said, Step } from "../model/pipeline.ts";
import { sources } from "../model/sources.ts";

export const MOST_ATTEMPTS = 3;
export const PLANNER_ROLE = "pm";

export const SMOKE_TESTER = "smoke_tester";

/** A smoke test in this pipeline that could not confirm that it works. No other role's word stops a pipeline. */
// guard: who-cannot-confirm
export const isUnconfirmed = ({ role, attempts, answer }: Step): boolean =>
  role === SMOKE_TESTER && attempts.length > 0 && answer?.verdict === "cannot_confirm";

/** Its answer is a plan: the first step, and one that plans again. */
export const isPlanner = ({ number, part }: Pick<Step, "number" | "part">): boolean =>
  number === 0 || part === "replan";

/** The one that planned last, or is about to. */
export const plannerOf = ({ steps }: Pick<Pipeline, "steps">): Step | undefined => steps.findLast(isPlanner);

/** The step to work on: the project manager until it has planned or handed over, then the first one that is open. */
export const currentStep = (pipeline: Pipeline): Step | null => {
  const steps = pipeline.steps.slice(1);
  if (pipeline.plan === null && steps.length === 0) return pipeline.steps[0] ?? null;
  return steps.find(step => !isClosed(step)) ?? null;
};

/**
 * That step and those that may be at work at the same time: up to the next that waits for all before it, and one per
 * module.
 */
export const currentSteps = (pipeline: Pipeline): readonly Step[] => {
  const first = currentStep(pipeline);
  if (first?.beside !== true) return first === null ? [] : [first];
  const onward = pipeline.steps.slice(first.number);
  const end = onward.findIndex(step => step.beside !== true);
  const open = onward
    .slice(0, end < 0 ? onward.length : end)
    .filter(step => !isClosed(step) && (step.depends_on ?? 0) < first.number);
  return open
    .filter(
      ({ module }, index) => module === null || open.findIndex(other => other.module === module) === index,
    )
    .slice(0, Math.max(1, pipeline.opening.config.limits.workers));
};

/** Somebody has to approve the plan before any step, and nobody has yet. */
export const awaitsApproval = ({ plan, opening, approved_by }: Pipeline): boolean =>
  plan !== null && opening.hold && approved_by === null;

/**
 * A rule of the project that refuses machine-written work, until something was done in spite of it or somebody with the
 * right has said to go on. A dry run contributes nothing.
 */
export const refusalOf = ({ setup, opening, consent, steps }: Pipeline): ProjectRules | null => {
  if (consent !== null || opening.dry_run) return null;
  if (steps.some(({ attempts }) => attempts.length > 0)) return null;
  return setup?.rules?.find(({ refuses }) => refuses !== null) ?? null;
};

/** Nothing more is done on it. A step of `afterwards` has one attempt, and may fail without harm. */
export const isClosed = (step: Step): boolean =>
  step.answer !== null ||
  step.revised ||
  (step.part === "afterwards" && step.attempts.at(-1)?.finished != null);

export type AttemptState = "talking" | "to_settle" | "finished";

/** `to_settle`: the conversation is over, its answer not yet checked. */
export const attemptState = (attempt: Attempt): AttemptState => {
  if (attempt.finished !== null) return "finished";
  const last = attempt.turns.slice(attempt.resumed ?? 0).at(-1);
  return last !== undefined && (last.submitted !== null || last.failed !== null) ? "to_settle" : "talking";
};

/** What people said that an attempt's own conversation hears. */
export const toldTo = (
  { told }: Pick<Pipeline, "told">,
  { step, attempt }: { readonly step: Pick<Step, "number">; readonly attempt: Pick<Attempt, "number"> },
): readonly Said[] =>
  told.flatMap(({ by, text, heard }) =>
    heard
      .filter(at => at.step === step.number && at.attempt === attempt.number && at.worker === undefined)
      .map(({ turn }) => ({ by, text, turn })),
  );

/** For the verdict of the gate's latest attempt. */
export const gateSource = ({ number, attempts }: Step, { opening: { pipeline } }: Pipeline): string =>
  sources.gate({ pipeline, step: number, attempt: attempts.length });

/** A gate's verdict; null if the step is not a gate or not done. */
export const verdictOf = (step: Step): GateAnswer | null =>
  step.gate ? (GateAnswer.safeParse(step.answer).data ?? null) : null;

/** Every step of the work answered, every gate approved or its rejection was dealt with, and a gate is at the end. */
export const isPassed = (pipeline: Pipeline): boolean => {
  const work = workOf(pipeline);
  return (
    pipeline.plan !== null &&
    work.length > 0 &&
    work.every(isSettled) &&
    (work.at(-1)?.gate === true || isAdvice(pipeline, work))
  );
};

/** The steps of the work itself, without the planner and what comes afterwards. */
export const workOf = (pipeline: Pipeline): readonly Step[] =>
  pipeline.steps.slice(1).filter(step => step.part !== "afterwards");

const isSettled = (step: Step): boolean =>
  step.revised || (step.answer !== null && (!step.gate || verdictOf(step)?.verdict === "approved"));

/** An escalation that its head answered by a decision alone: there is nothing to judge. */
const isAdvice = (pipeline: Pipeline, work: readonly Step[]): boolean => {
  const last = work.at(-1);
  const asked = last?.answer?.sub_pipeline;
  return (
    pipeline.opening.type === "escalation" &&
    last?.head === true &&
    !(Array.isArray(asked) && asked.length > 0)
  );
};

export const usdOf = (attempt: Attempt): number =>
  attempt.turns.reduce((usd, turn) => usd + (turn.usd ?? 0), 0);
export const secondsOf = (attempt: Attempt): number => attempt.turns.reduce((s, turn) => s + turn.seconds, 0);
