// Performs one command and returns what happened as events. Never rejects; a failure is an event.
import { toRules } from "../../core/agents/contributing.ts";
import { toGuides } from "../../core/agents/guides.ts";
import { toSkills } from "../../core/agents/skills.ts";
import type { Answer } from "../../core/model/answer.ts";
import { explain, KinError } from "../../core/model/error.ts";
import type { CommandRun, EventData } from "../../core/model/event.ts";
import type { Apart, Attempt, Pipeline, Step } from "../../core/model/pipeline.ts";
import { viewOf } from "../../core/pipeline/approaches.ts";
import { whyNotJoined } from "../../core/pipeline/beside.ts";
import { atOf, type Command, failed } from "../../core/pipeline/decide.ts";
import { withoutHarm } from "../../core/pipeline/give-up.ts";
import { dueCommands, NO_OWN, ownOf, toRunAgain } from "../../core/pipeline/own-commands.ts";
import { planOf } from "../../core/pipeline/plan/accept.ts";
import { departmentSteps } from "../../core/pipeline/plan/department.ts";
import { mustRunAgain, provingRuns, settle } from "../../core/pipeline/settle.ts";
import { isPlanner } from "../../core/pipeline/state.ts";
import { takeTurn } from "./converse.ts";
import type { SetupResult } from "./ports/workbench.ts";
import { closeAttempt, type Scene, stepFor } from "./scene.ts";
import type { World } from "./world.ts";

export interface Performed {
  /** The command's key; null for what people said and for interruptions. */
  readonly key: string | null;
  readonly events: readonly EventData[];
}

export const perform = async (command: Command, scene: Scene): Promise<Performed> => {
  const seen = { ...scene, pipeline: seenBy(command, scene.pipeline) };
  const events = await eventsOf(command, seen).catch(error => [failure(error)]);
  return { key: command.key, events: withoutHarm(events, { command, pipeline: seen.pipeline }) };
};

/** Turns and settling see the pipeline through their own conversation; a join applies to the pipeline itself. */
const seenBy = (command: Command, pipeline: Pipeline): Pipeline =>
  command.kind === "take_turn" || command.kind === "settle"
    ? viewOf(pipeline, stepFor(command, pipeline))
    : pipeline;

const eventsOf = async (command: Command, scene: Scene): Promise<readonly EventData[]> => {
  switch (command.kind) {
    case "set_up":
      return [{ kind: "set_up", ...toEvent(await scene.benches.setUp(scene.pipeline), scene.world) }];
    case "check_base":
      return [{ kind: "base_checked", ran: await checkBase(command.commands, scene) }];
    case "take_turn":
      return takeTurn(command, scene);
    case "settle":
      return finishAttempt(stepFor(command, scene.pipeline), scene);
    case "join":
      return [await join(command, scene)];
    case "run_hook":
      return [{ kind: "hook_ran", hook: command.hook, ran: await runHook(command.command, scene) }];
    case "conclude":
      await closeEnded(command.events, scene);
      return command.events;
    default:
      return command satisfies never;
  }
};

/** Nobody needs the bench of an attempt that a limit has ended. */
const closeEnded = async (
  events: readonly EventData[],
  { pipeline, ...scene }: Pick<Scene, "pipeline" | "benches" | "servers" | "signal">,
): Promise<void> => {
  for (const event of events) {
    if (event.kind !== "attempt_finished") continue;
    const step = stepFor(event, pipeline);
    const under = step.attempts.find(({ number }) => number === event.attempt);
    if (under !== undefined) await closeAttempt(scene, { step, attempt: under });
  }
};

const finishAttempt = async (step: Step, scene: Scene): Promise<readonly EventData[]> => {
  const attempt = step.attempts.at(-1) as Attempt;
  const checks = [...(await runProofAgain(step, attempt, scene)), ...(await runGates(step, attempt, scene))];
  const finished = settle(step, { attempt, checks, own: ownOf(scene.pipeline) });
  await closeAttempt(scene, { step, attempt });
  if (finished.outcome !== "done" || finished.answer === null) return [finished];
  if (step.head) return [finished, ...departmentOf(finished.answer, { step, scene })];
  if (!isPlanner(step)) return [finished];
  const made = planOf(finished.answer, { pipeline: scene.pipeline, roster: scene.world.roster });
  if (made.kind === "refused") return [{ ...finished, outcome: "failed", reason: made.reasons.join(" ") }];
  return [finished, { kind: "planned", plan: made.plan }];
};

/** What cannot be joined fails: the conversation hears why, or its coordinator if it was a worker's. */
const join = async (
  command: Extract<Command, { kind: "join" }>,
  { pipeline, ...scene }: Scene,
): Promise<EventData> => {
  const step = stepFor(command, pipeline) as Apart;
  const at = atOf(step, command.attempt);
  const why = whyNotJoined(pipeline, step);
  if (why === null) return { kind: "joined", ...at, tree: await scene.benches.join(pipeline, step) };
  await closeAttempt(scene, { step, attempt: step.attempts.at(-1) as Attempt });
  return failed(at, why);
};

/** Its answer was accepted with these steps, so they are never refused here. */
const departmentOf = (
  answer: Answer,
  { step, scene: { pipeline, world } }: { readonly step: Step; readonly scene: Scene },
): readonly EventData[] => {
  const made = departmentSteps(answer, { step, roster: world.roster, pipeline });
  if (made.kind === "refused" || made.steps.length === 0) return [];
  return [{ kind: "steps_added", after: step.number, part: "department", steps: [...made.steps] }];
};

/** Runs on the current tree. A hook's changes are discarded, and its failure is only reported. */
const runHook = async (command: string, scene: Scene): Promise<CommandRun> => {
  try {
    const options = { seconds: HOOK_SECONDS, signal: scene.signal };
    const [run] = await scene.benches.judge(scene.pipeline, [command], options);
    return run as CommandRun;
  } catch (error) {
    return { command, exit_code: null, seconds: 0, output: explain(error) };
  }
};

const HOOK_SECONDS = 300;

/** Limit for all of them together, however many there are or fail. */
const BASE_SECONDS = 1200;

/** A command that failed runs once more, on fresh files: if it then succeeds, it is flaky. */
const checkBase = async (
  commands: readonly string[],
  { pipeline, benches, signal }: Scene,
): Promise<CommandRun[]> => {
  let left = BASE_SECONDS;
  const judge = async (some: readonly string[]): Promise<readonly CommandRun[]> => {
    if (some.length === 0) return [];
    const seconds = Math.max(1, Math.min(GATE_SECONDS, Math.ceil(left / some.length)));
    const runs = await benches.judgeBase(pipeline, some, { seconds, signal });
    left -= runs.reduce((sum, run) => sum + run.seconds, 0);
    return runs;
  };
  const first = await judge(commands);
  return [...first, ...(await judge(toRunAgain(first, NO_OWN)))];
};

const runGates = async (step: Step, attempt: Attempt, scene: Scene): Promise<readonly CommandRun[]> => {
  const { pipeline, benches, signal } = scene;
  const commands = dueCommands(step, attempt, pipeline);
  if (commands.length === 0) return [];
  const first = await benches.judge(pipeline, commands, { seconds: GATE_SECONDS, signal });
  const again = toRunAgain(first, ownOf(pipeline));
  if (again.length === 0) return first;
  return [...first, ...(await benches.judge(pipeline, again, { seconds: GATE_SECONDS, signal }))];
};

const GATE_SECONDS = 600;

/**
 * Repeats the runs that prove an answer if they may have run on something other than what is kept. That includes runs
 * of a role that only runs commands, because its changes are discarded.
 */
const runProofAgain = async (step: Step, attempt: Attempt, scene: Scene): Promise<readonly CommandRun[]> => {
  const commands = provingRuns(attempt, step).map(({ command }) => command);
  if (commands.length === 0) return [];
  const { benches, pipeline, signal } = scene;
  const again = mustRunAgain(attempt, step);
  if (!again && step.writes) return [];
  const options = { seconds: PROOF_SECONDS, signal };
  const runs: CommandRun[] = [];
  if (step.beside === true) {
    for (const command of commands) runs.push(...(await benches.judge(pipeline, [command], options)));
    return runs;
  }
  const bench = await benches.of({ pipeline, step, attempt }, signal);
  if (!again && (await bench.record()).refused.length === 0) return [];
  for (const command of commands) runs.push(...(await bench.judge([command], options)));
  return runs;
};

const PROOF_SECONDS = 600;

const NO_SHELF = { suggested: {}, built_in: [] };

const toEvent = (
  { detected, unavailable, rules, guides, scopes, skills, ...setup }: SetupResult,
  world: World,
) => ({
  ...setup,
  commands: [...setup.commands],
  ...(detected === undefined ? {} : { detected: [...detected] }),
  ...(unavailable === undefined ? {} : { unavailable: [...unavailable] }),
  ...(rules === undefined ? {} : { rules: rules.map(toRules) }),
  ...(guides === undefined ? {} : { guides: toGuides(guides) }),
  ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  ...(skills === undefined ? {} : { skills: toSkills(skills, world.skills ?? NO_SHELF) }),
});

/** What waiting may fix pauses the run; anything else blocks the task and tells a person what to do. */
const failure = (error: unknown): EventData =>
  error instanceof KinError && error.retryable
    ? { kind: "paused", reason: explain(error) }
    : { kind: "finished", outcome: "blocked", reason: blockedBy(error), return: null };

const blockedBy = (error: unknown): string =>
  error instanceof KinError ? explain(error) : `Kin itself failed, which is a bug of ours: ${explain(error)}`;
