// What may fail alone: a step after the last gate, and a worker. Neither undoes what has passed, or what others do.
import type { EventData, EventOf } from "../model/event.ts";
import { type Pipeline, type Step, workerIn } from "../model/pipeline.ts";
import { type At, atOf, type Command } from "./decide.ts";
import { isAt, notDue } from "./due.ts";
import { conversingStep } from "./workers.ts";

/** `events` of a command. One that would end the run or the pipeline ends only the step, if that may fail alone. */
export const withoutHarm = (
  events: readonly EventData[],
  { pipeline, command }: { readonly pipeline: Pipeline; readonly command: Command },
): readonly EventData[] => {
  const end = events.find(event => event.kind === "paused" || event.kind === "finished");
  if (end === undefined || !isConversation(command)) return events;
  const step = conversingStep(pipeline, command) as Step;
  // A worker waits with all the others for what waiting may fix.
  const mayGiveUp = workerIn(step) === null ? step.part === "afterwards" : end.kind === "finished";
  if (!mayGiveUp) return events;
  return [{ kind: "step_given_up", ...atOf(step, command.attempt), reason: end.reason }];
};

/** The fold has already checked which steps may be given up. */
export const giveUpProblem = (data: EventOf<"step_given_up">, next: Command | undefined): string | null => {
  const isDue = next !== undefined && isConversation(next) && isAt(data, next);
  return isDue ? null : notDue(data, next); // guard: given-up-when-due
};

const isConversation = (command: Command): command is Command & At & { kind: "take_turn" | "settle" } =>
  command.kind === "take_turn" || command.kind === "settle";
