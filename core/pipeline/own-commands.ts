// The project's own commands: those that `gates` names, else what its manifests tell. They run on the base before anything
// is changed, and what fails later is held against that: what failed before, or fails now and then, is nobody's fault.
import type { CommandRun } from "../model/event.ts";
import { compared, isRed } from "../model/own-runs.ts";
import { type Attempt, isPart, type Pipeline, type Step, workerIn } from "../model/pipeline.ts";
import { isProtocolAnswer } from "../model/protocol-answer.ts";
import { writtenIn } from "./written.ts";

/** What settling has to know of them. */
export interface Own {
  /** Those that an approval needs; none where the base was never checked. */
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

/** Those that the configuration names, which have to succeed whatever the base does: what looks at the running program comes last. */
export const namedCommands = ({ opening }: Pick<Pipeline, "opening">): readonly string[] => {
  const { gates, runtime_check } = opening.config;
  return [...new Set([...gates, ...(runtime_check === undefined ? [] : [runtime_check])])];
};

/** Nothing was changed yet, and there is something to hold later runs against. */
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

/** What was only detected and came to nothing on the base says nothing of a change either. */
const tells = (before: readonly CommandRun[]): boolean =>
  before.some(run => run.exit_code === 0 || (isRed(run) && (run.tests?.failing.length ?? 0) > 0));

/**
 * What the harness runs itself once an attempt has answered: after a role that wrote code what the configuration names,
 * before an approval everything that it needs. What a gate ran itself counts for none: it may have made its own bench say so.
 */
export const dueCommands = (step: Step, attempt: Attempt, pipeline: Pipeline): readonly string[] => {
  const answer = attempt.turns.at(-1)?.submitted ?? null;
  if (answer === null) return [];
  const worker = workerIn(step);
  // Whoever verifies the whole of the work runs them.
  if (worker !== null && isPart(worker) && !step.gate) return [];
  if (step.gate) return answer.verdict === "approved" ? ownOf(pipeline).needed : [];
  // Nothing else speaks for it.
  const isAlone = isProtocolAnswer(answer) && answer.status === "done" && !("proof" in answer);
  if (step.writes && isAlone) return ownAfterWriting(pipeline);
  const wrote = step.attempts.some(one => writtenIn(one).length > 0);
  return wrote ? namedCommands(pipeline) : [];
};

/** What shows a writer's work where an answer of the protocol has no proof: what is configured, else what the manifests tell. */
export const ownAfterWriting = (pipeline: Pipeline): readonly string[] =>
  pipeline.opening.config.gates.length > 0 ? pipeline.opening.config.gates : ownOf(pipeline).needed;

/** What failed in another way than before is run once more, and both results are kept; what ran into its limit would only do so again. */
export const toRunAgain = (runs: readonly CommandRun[], own: Own): readonly string[] =>
  runs
    .filter(run => run.exit_code !== null && compared([run], own.before).kind === "red")
    .map(({ command }) => command);
