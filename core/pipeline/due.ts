// What is due next, for code that checks an event before it is written.
import type { EventData } from "../model/event.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import type { Roster } from "../model/role.ts";
import { isSame } from "../model/same.ts";
import { type At, type Command, firstOf } from "./decide.ts";
import { conversingStep } from "./workers.ts";

/** A pipeline before an event, and what the rules would do with it. */
export interface Due {
  readonly pipeline: Pipeline;
  /** Including the project's own roles. */
  readonly roster: Roster;
  readonly next: Command | undefined;
}

export interface Place {
  readonly step: Step;
  readonly attempt: Attempt;
}

/** Of a conversation, which the fold has found to exist. A worker counts as a step here. */
export const placeOf = (pipeline: Pipeline, at: At): Place => {
  const step = conversingStep(pipeline, at) as Step;
  return { step, attempt: step.attempts.at(-1) as Attempt };
};

/** Of the commands that are due, the one that the event can come from; if there is none, the first. */
export const dueFor = (data: EventData, commands: readonly Command[]): Command | undefined =>
  commands.find(command => isDecided(data, command)) ??
  commands.find(
    command =>
      "attempt" in command &&
      "attempt" in data &&
      data.kind !== "led" &&
      command.worker === data.worker &&
      command.step === data.step,
  ) ??
  firstOf(commands);

/** The event is a decision and nothing else. */
export const isDecided = (data: EventData, next: Command | undefined): boolean =>
  next?.kind === "conclude" && next.events.some(event => isSame(event, data));

export const isAt = (at: At, { step, attempt, worker }: At): boolean =>
  step === at.step && attempt === at.attempt && worker === at.worker;

export const isTurnOf = (at: At, next: Command | undefined): boolean =>
  next?.kind === "take_turn" && isAt(at, next);

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
      return `the end of attempt ${next.key.replace("settle/", "")}`;
    case "join":
      return `the work of ${next.key.replace("join/", "")}`;
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
