// Budgets of turns, time and money, checked before each model call. Reaching one is an event, not an error.
import type { Config } from "../model/config.ts";
import type { EventOf } from "../model/event.ts";
import type { Attempt, Pipeline } from "../model/pipeline.ts";
import type { Spent } from "../model/task.ts";
import { secondsOf, usdOf } from "./state.ts";

export interface ReachedLimit {
  readonly event: EventOf<"limit_reached">;
  readonly text: string;
}

export const limitOfPipeline = (pipeline: Pipeline): ReachedLimit | null => {
  const { limits } = pipeline.opening.config;
  const { task_usd, day_usd } = spentOutside(pipeline);
  return (
    reached("pipeline_usd", pipeline.usd, limits.pipeline_usd) ??
    reached("task_usd", task_usd + pipeline.usd, limits.task_usd) ??
    reached("day_usd", day_usd + pipeline.usd, limits.day_usd) ??
    reached("pipeline_minutes", pipeline.seconds / 60, limits.pipeline_minutes)
  );
};

/** US dollars until the first limit is reached. */
export const usdLeft = (pipeline: Pipeline): number => {
  const { limits } = pipeline.opening.config;
  const { task_usd, day_usd } = spentOutside(pipeline);
  const most = Math.min(limits.pipeline_usd, limits.task_usd - task_usd, limits.day_usd - day_usd);
  return most - pipeline.usd;
};

/** The most conversations that work at the same time, besides the one that started them. */
export const mostAtOnce = ({ limits }: Config): number =>
  Math.max(limits.workers, limits.attempts_in_parallel);

/**
 * How many calls may be under way at once so that what is left is enough for them, each as dear as the dearest so far. At
 * least one, because nobody knows what it will cost.
 */
export const callsAtOnce = (pipeline: Pipeline): number =>
  pipeline.dearest === 0
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.floor(usdLeft(pipeline) / pipeline.dearest));

/** As the present run found it: others may have spent since the pipeline was opened, or a new day may have begun. */
export const spentOutside = ({ opening, run }: Pipeline): Spent => run?.spent ?? opening.spent;

export const limitOfAttempt = (pipeline: Pipeline, attempt: Attempt): ReachedLimit | null => {
  const { limits } = pipeline.opening.config;
  return (
    reached("step_turns", attempt.turns.length, limits.step_turns) ??
    reached("step_usd", usdOf(attempt), limits.step_usd) ??
    reached("step_minutes", secondsOf(attempt) / 60, limits.step_minutes)
  );
};

const reached = (limit: string, found: number, allowed: number): ReachedLimit | null =>
  found < allowed
    ? null
    : {
        event: { kind: "limit_reached", limit, found, allowed },
        text: `The limit \`limits.${limit}\` was reached: ${amount(limit, found)} of ${amount(limit, allowed)}. Raise it in \`.github/kin.yml\` or make the task smaller.`,
      };

export const amount = (limit: string, value: number): string => {
  if (limit.endsWith("_usd")) return `$${value.toFixed(2)}`;
  return limit.endsWith("_minutes") ? `${Math.round(value * 10) / 10} min` : String(value);
};
