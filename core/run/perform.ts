// One command, done: what happened in the world comes back as events. Never rejects; a failure is an event.
import { explain, KinError } from "../model/error.ts";
import type { CommandRun, EventData } from "../model/event.ts";
import type { Attempt, Step } from "../model/pipeline.ts";
import { planOf } from "../pipeline/accept.ts";
import type { Command } from "../pipeline/decide.ts";
import { settle } from "../pipeline/settle.ts";
import type { SetupResult } from "../ports.ts";
import { takeTurn } from "./converse.ts";
import type { Scene } from "./scene.ts";

export interface Performed {
  /** The command's key; null for what people said and for interruptions. */
  readonly key: string | null;
  readonly events: readonly EventData[];
}

export const perform = async (command: Command, scene: Scene): Promise<Performed> => {
  try {
    return { key: command.key, events: await eventsOf(command, scene) };
  } catch (error) {
    return { key: command.key, events: [failure(error)] };
  }
};

const eventsOf = async (command: Command, scene: Scene): Promise<readonly EventData[]> => {
  switch (command.kind) {
    case "set_up":
      return [{ kind: "set_up", ...toEvent(await scene.benches.setUp(scene.pipeline, scene.signal)) }];
    case "take_turn":
      return takeTurn(command, scene);
    case "settle":
      return finishAttempt(scene.pipeline.steps[command.step] as Step, scene);
    case "conclude":
      return command.events;
    default:
      return command satisfies never;
  }
};

const finishAttempt = async (step: Step, scene: Scene): Promise<readonly EventData[]> => {
  const attempt = step.attempts.at(-1) as Attempt;
  const finished = settle(step, attempt, await runGates(step, attempt, scene));
  await scene.benches.closeOne({ step, attempt });
  if (step.number !== 0 || finished.outcome !== "done" || finished.answer === null) return [finished];
  const made = planOf(finished.answer, { pipeline: scene.pipeline, roster: scene.world.roster });
  if (made.kind === "refused") return [{ ...finished, outcome: "failed", reason: made.reasons.join(" ") }];
  return [finished, { kind: "planned", plan: made.plan }];
};

/** The project's own gates run after a role that wrote code, in this attempt or an earlier one, and has answered. */
const runGates = async (step: Step, attempt: Attempt, scene: Scene): Promise<readonly CommandRun[]> => {
  const { gates } = scene.pipeline.opening.config;
  const wrote = step.attempts.some(({ turns }) => turns.some(turn => turn.wrote !== null));
  if (step.gate || !wrote || gates.length === 0 || attempt.turns.at(-1)?.submitted == null) return [];
  const bench = await scene.benches.of({ pipeline: scene.pipeline, step, attempt }, scene.signal);
  const runs: CommandRun[] = [];
  for (const command of gates) runs.push(await bench.run(command, { seconds: 600, signal: scene.signal }));
  return runs;
};

const toEvent = (setup: SetupResult) => ({ ...setup, commands: [...setup.commands] });

/** What waiting may mend pauses the run; anything else blocks the task, with what a person should do. */
const failure = (error: unknown): EventData =>
  error instanceof KinError && error.retryable
    ? { kind: "paused", reason: explain(error) }
    : { kind: "finished", outcome: "blocked", reason: blockedBy(error), return: null };

const blockedBy = (error: unknown): string =>
  error instanceof KinError ? explain(error) : `Kin itself failed, which is a bug of ours: ${explain(error)}`;
