// The project's own commands: those that `gates` names, or else those in its manifests. They run on the base before
// anything is changed, and later failures are compared with that: what failed before, or fails now and then, is nobody's
// fault.
import type { CommandRun } from "../model/event.ts";
import { compared, isRed } from "../model/own-runs.ts";
import { type Attempt, isPart, type Pipeline, type Step, workerIn } from "../model/pipeline.ts";
import { isProtocolAnswer } from "../model/protocol-answer.ts";
import { writtenIn } from "./written.ts";

/** What settling has to know about them. */
export interface Own {
  /** Those that an approval needs; none if the base was never checked. */
  readonly needed: readonly string[];
  readonly before: readonly CommandRun[];
}

export const NO_OWN: Own = { needed: [], before: [] };

export const ownCommands = (pipeline: Pick<Pipeline, "opening" | "setup">): readonly string[] => {
  const { gates } = pipeline.opening.config;
  return [
    ...new Set([
      ...(gates.length > 0 ? gates : (pipeline.setup?.detected ?? [])),
      ...namedCommands(pipeline),
    ]),
  ];
};

/**
 * Those that the configuration names, which have to succeed whatever the base does. What looks at the running program comes
 * last.
 */
export const namedCommands = ({ opening }: Pick<Pipeline, "opening">): readonly string[] => {
  const { gates, runtime_check } = opening.config;
  return [...new Set([...gates, ...(runtime_check === undefined ? [] : [runtime_check])])];
};

/** Nothing was changed yet, and there are commands to run for comparison. */
export const isBaseUnchecked = (pipeline: Pipeline): boolean =>
  pipeline.setup?.ok === true &&
  pipeline.base_checks === null &&
  pipeline.opening.config.project_type !== "research" &&
  pipeline.steps.every(({ attempts }) => attempts.length === 0) &&
  ownCommands(pipeline).length > 0;

export const ownOf = (pipeline: Pipeline): Own => {
  const before = pipeline.base_checks;
  if (before === null) return NO_OWN;
  const named = namedCommands(pipeline);
  const needed = ownCommands(pipeline).filter(
    command => named.includes(command) || tells(before.filter(run => run.command === command)),
  );
  return { needed, before };
};

/** A command that was only detected and told nothing on the base tells nothing about a change either. */
const tells = (before: readonly CommandRun[]): boolean =>
  before.some(run => run.exit_code === 0 || (isRed(run) && (run.tests?.failing.length ?? 0) > 0));

/**
 * What the harness runs once an attempt has answered: after a role that wrote code, what the configuration names; before an
 * approval, everything that it needs. A gate's own runs do not count: it may have tampered with its bench.
 */
export const dueCommands = (step: Step, attempt: Attempt, pipeline: Pipeline): readonly string[] => {
  const answer = attempt.turns.at(-1)?.submitted ?? null;
  if (answer === null) return [];
  const worker = workerIn(step);
  // The worker that verifies the whole work runs them.
  if (worker !== null && isPart(worker) && !step.gate) return [];
  if (step.gate) return answer.verdict === "approved" ? ownOf(pipeline).needed : [];
  // Nothing else speaks for it.
  const isAlone = isProtocolAnswer(answer) && answer.status === "done" && !("proof" in answer);
  if (step.writes && isAlone) return ownAfterWriting(pipeline);
  const wrote = step.attempts.some(one => writtenIn(one).length > 0);
  return wrote ? namedCommands(pipeline) : [];
};

/**
 * What shows a writer's work if an answer of the protocol has no proof: what is configured, or else what the manifests say.
 */
export const ownAfterWriting = (pipeline: Pipeline): readonly string[] =>
  pipeline.opening.config.gates.length > 0 ? pipeline.opening.config.gates : ownOf(pipeline).needed;

/** What failed in a new way is run once more, and both results are kept; what ran into its limit would only do so again. */
export const toRunAgain = (runs: readonly CommandRun[], own: Own): readonly string[] =>
  runs
    .filter(run => run.exit_code !== null && compared([run], own.before).kind === "red")
    .map(({ command }) => command);
