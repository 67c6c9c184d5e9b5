// What happens next, from the pipeline alone: a set of commands, each one effect or one model turn.
import { BlockedAnswer, blockedReason, type GateAnswer, gateReason } from "../model/answer.ts";
import type { EventData, EventOf, Outcome } from "../model/event.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import { limitOfAttempt, limitOfPipeline, type ReachedLimit } from "./limits.ts";
import { attemptState, currentStep, isPassed, verdictOf } from "./state.ts";

export const MOST_ATTEMPTS = 3;
const MOST_REFUSALS = 2;

export type Command =
  | { readonly kind: "set_up"; readonly key: string }
  | { readonly kind: "take_turn"; readonly key: string; readonly step: number; readonly attempt: number }
  /** The conversation is over: check the answer, run the project's gates. */
  | { readonly kind: "settle"; readonly key: string; readonly step: number; readonly attempt: number }
  /** Nothing to do in the world: these events are the decision. */
  | { readonly kind: "conclude"; readonly key: string; readonly events: readonly EventData[] };

/** An empty set: the pipeline is over, or waits for another run. */
export const decide = (pipeline: Pipeline): readonly Command[] => {
  if (pipeline.outcome !== null || pipeline.paused !== null) return [];
  if (pipeline.stop !== null) return [conclude("stopped", `${pipeline.stop.reason} (${pipeline.stop.by})`)];
  if (pipeline.setup === null) return [{ kind: "set_up", key: "setup" }];
  if (!pipeline.setup.ok) return [conclude("blocked", pipeline.setup.reason ?? "The setup failed.")];
  if (pipeline.plan !== null && pipeline.opening.dry_run)
    return [conclude("planned_only", "A dry run ends with the plan.")];
  let approval = "";
  for (const step of pipeline.steps) {
    const verdict = verdictOf(step);
    if (verdict?.verdict === "changes_requested") return [reject(pipeline, { step, verdict })];
    if (verdict?.verdict === "approved") approval = gateReason(verdict);
  }
  if (isPassed(pipeline)) return [conclude("passed", approval)];
  const step = currentStep(pipeline);
  if (step === null) return [conclude("blocked", "The plan does not end with a gate.")];
  return [nextOf(pipeline, step)];
};

const nextOf = (pipeline: Pipeline, step: Step): Command => {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined) return talk(pipeline, step, null);
  switch (attemptState(attempt)) {
    case "talking":
      return talk(pipeline, step, attempt);
    case "to_settle":
      return { kind: "settle", key: keyOf(step, attempt.number), step: step.number, attempt: attempt.number };
    case "finished":
      return afterAttempt(pipeline, step, attempt);
  }
};

const afterAttempt = (pipeline: Pipeline, step: Step, attempt: Attempt): Command => {
  const finished = attempt.finished as EventOf<"attempt_finished">;
  if (finished.outcome === "blocked") return block(pipeline, step, finished);
  if (step.attempts.filter(wasRefused).length >= MOST_REFUSALS) {
    return conclude(
      "blocked",
      `${titleOf(step)}: the model refused twice. Say the task in other words, or do this one by hand.`,
    );
  }
  if (step.attempts.length < MOST_ATTEMPTS) return talk(pipeline, step, null);
  return conclude(
    "blocked",
    `${titleOf(step)} failed ${MOST_ATTEMPTS} times. The last time: ${finished.reason ?? "no reason given"}`,
  );
};

const wasRefused = (attempt: Attempt): boolean => attempt.turns.at(-1)?.reply.stop_reason === "refusal";

/** `attempt` is null where a new one begins. Budgets are looked at before every call. */
const talk = (pipeline: Pipeline, step: Step, attempt: Attempt | null): Command => {
  const number = attempt?.number ?? step.attempts.length + 1;
  const stop = limitOfPipeline(pipeline);
  if (stop !== null) return concludeAll([stop.event, finished("blocked", stop.text)]);
  const give = attempt === null ? null : limitOfAttempt(pipeline, attempt);
  if (give !== null) return concludeAll([give.event, giveUp(step, number, give)]);
  return { kind: "take_turn", key: keyOf(step, number), step: step.number, attempt: number };
};

const giveUp = (step: Step, attempt: number, limit: ReachedLimit): EventData => ({
  kind: "attempt_finished",
  step: step.number,
  attempt,
  outcome: "failed",
  answer: null,
  reason: limit.text,
  checks: [],
});

/** A planner that cannot plan sends the task back to its author; a specialist that cannot work asks people. */
const block = (pipeline: Pipeline, step: Step, attempt: EventOf<"attempt_finished">): Command => {
  const answer = BlockedAnswer.safeParse(attempt.answer);
  const reason = answer.success ? blockedReason(answer.data) : (attempt.reason ?? "");
  if (step.number !== 0 || pipeline.opening.type === "escalation")
    return conclude("needs_info", `${titleOf(step)}: ${reason}`);
  return conclude("needs_info", reason, {
    category: (answer.success ? answer.data.return_category : undefined) ?? "missing_context",
    by: "pm",
    source: `pm:${pipeline.opening.pipeline}`,
    findings: [],
  });
};

const reject = (
  pipeline: Pipeline,
  { step, verdict }: { readonly step: Step; readonly verdict: GateAnswer },
): Command => {
  const reason = `Gate ${step.role}: ${gateReason(verdict)}`;
  if (pipeline.opening.type === "escalation") return conclude("blocked", reason);
  return conclude("returned", reason, {
    category: "recurring_quality_fail",
    by: step.role,
    source: `gate:${pipeline.opening.pipeline}:${step.number}:${step.attempts.length}`,
    findings: verdict.findings,
  });
};

const keyOf = (step: Step, attempt: number): string => `${step.number}/${attempt}`;
const titleOf = (step: Step): string =>
  step.number === 0 ? "The project manager" : `Step ${step.number} (${step.role})`;

type ReturnOf = EventOf<"finished">["return"];

const finished = (outcome: Outcome, reason: string, returned: ReturnOf = null): EventData => ({
  kind: "finished",
  outcome,
  reason,
  return: returned,
});

const concludeAll = (events: readonly EventData[]): Command => ({
  kind: "conclude",
  key: "conclude",
  events,
});
const conclude = (outcome: Outcome, reason: string, returned: ReturnOf = null): Command =>
  concludeAll([finished(outcome, reason, returned)]);
