// Commands that a project wants run at points of a pipeline's life. Each runs once, before the point is passed.
import type { HookEvent } from "../model/config.ts";
import type { EventData } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";

export interface DueHook {
  /** `<event>/<step>/<place in the config>`: makes it run once. */
  readonly hook: string;
  readonly command: string;
}

/** `next`: the events that the pipeline is about to write. Null if no hook is due. */
export const dueHook = (pipeline: Pipeline, next: readonly EventData[]): DueHook | null => {
  const ran = new Set(pipeline.hooks.map(({ hook }) => hook));
  for (const [on, step] of pointsOf(pipeline, next))
    for (const [index, { on: wanted, run }] of pipeline.opening.config.hooks.entries()) {
      const hook = `${on}/${step}/${index}`;
      if (wanted === on && run !== undefined && !ran.has(hook)) return { hook, command: run };
    }
  return null;
};

/** The points reached: the steps that are done, and the end that comes next. */
export const pointsOf = (
  pipeline: Pipeline,
  next: readonly EventData[] = [],
): readonly (readonly [on: HookEvent, step: number])[] => {
  const done = pipeline.steps
    .filter(step => step.number > 0 && step.answer !== null && step.attempts.length > 0)
    .map(step => ["step_completed", step.number] as const);
  const ending = next.find(event => event.kind === "finished") ?? pipeline.outcome;
  if (ending == null) return done;
  const { return: returned, handover } = ending;
  return [
    ...done,
    ...(returned === null ? [] : [["returned", 0] as const]),
    ...(handover?.kind === "escalation" ? [["escalated", 0] as const] : []),
    ["pipeline_completed", 0] as const,
  ];
};
