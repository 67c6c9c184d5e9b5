// What is due next, for whoever looks at an event before it is written.
import type { EventData } from "../model/event.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import type { Roster } from "../model/role.ts";
import { isSame } from "../model/same.ts";
import type { Command } from "./decide.ts";

/** A pipeline before an event, and what the rules would do with it. */
export interface Due {
  readonly pipeline: Pipeline;
  /** With the project's own roles. */
  readonly roster: Roster;
  readonly next: Command | undefined;
}

export interface Place {
  readonly step: Step;
  readonly attempt: Attempt;
}

/** The fold has looked whether it is there. */
export const placeOf = (pipeline: Pipeline, { step: number }: { readonly step: number }): Place => {
  const step = pipeline.steps[number] as Step;
  return { step, attempt: step.attempts.at(-1) as Attempt };
};

/** An event that is a decision and nothing else. */
export const isDecided = (data: EventData, next: Command | undefined): boolean =>
  next?.kind === "conclude" && next.events.some(event => isSame(event, data));

export const isTurnOf = (
  at: { readonly step: number; readonly attempt: number },
  next: Command | undefined,
): boolean => next?.kind === "take_turn" && next.step === at.step && next.attempt === at.attempt;

export const notDue = (data: EventData, next: Command | undefined): string =>
  `\`${data.kind}\` is not what comes next${next === undefined ? "" : `, but ${nameOf(next)}`}`;

const nameOf = (next: Command): string => {
  switch (next.kind) {
    case "set_up":
      return "the setup";
    case "check_base":
      return "the project's own commands on the base";
    case "take_turn":
      return `a turn of ${next.key}`;
    case "settle":
      return `the end of attempt ${next.key}`;
    case "run_hook":
      return `the hook ${next.hook}`;
    case "conclude":
      return next.events
        .map(event => ("outcome" in event ? `\`${event.outcome}\`` : `\`${event.kind}\``))
        .join(", ");
    default:
      return next satisfies never;
  }
};

const MOST_SECONDS = 86_400;

export const secondsProblem = (timed: readonly { readonly seconds: number }[]): string | null =>
  timed.some(({ seconds }) => seconds > MOST_SECONDS) ? "nothing takes longer than a day" : null; // guard: seconds
