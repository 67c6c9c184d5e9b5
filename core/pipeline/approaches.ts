// A step that is tried in several ways at once: who tries it, who judges each try, what they see, and which one is taken.
// Rules lead them and not a model, so that the App can work out the same.
import type { GateAnswer } from "../model/answer.ts";
import type { FileChange } from "../model/change.ts";
import type { Attempt, Pipeline, Step, Worker } from "../model/pipeline.ts";
import { workerIn } from "../model/pipeline.ts";
import type { Finding } from "../model/return.ts";
import { type Order, workerName } from "../model/worker.ts";
import { usdLeft } from "./limits.ts";
import { verdictOf } from "./state.ts";
import { crewOf, talkOf, treeOf, unjoined, workerState } from "./workers.ts";

export const isLed = (attempt: Pick<Attempt, "crew">): boolean => triesIn(attempt).length > 0;

export const triesIn = (attempt: Pick<Attempt, "crew">): readonly Worker[] =>
  crewOf(attempt).workers.filter(({ approach }) => approach !== undefined);

/** Who begins to try a step. Nobody if it is done in one way, as in every further attempt. */
export const triesOf = (pipeline: Pipeline, step: Step): readonly Order[] => {
  const { attempts_in_parallel } = pipeline.opening.config.limits;
  const ways = step.attempts.length > 0 ? [] : (step.approaches ?? []);
  const begun = ways.slice(0, Math.max(0, Math.min(attempts_in_parallel, roomFor(pipeline))));
  return begun.length < 2
    ? []
    : begun.map((approach, index) => ({
        ...{ kind: "spawn", worker: index + 1, role: step.role, writes: step.writes, area: [], gate: false },
        ...{ description: `approach ${index + 1}: ${approach}`, task: step.brief, approach },
      }));
};

/** How many attempts can each use up the limit of a step and leave as much for what follows. */
const roomFor = (pipeline: Pipeline): number =>
  Math.floor(usdLeft(pipeline) / pipeline.opening.config.limits.step_usd) - 1;

/** Once all tries are over, a judge for each that was completed. A single one needs no comparison. */
export const judgesOf = (pipeline: Pipeline, step: Step, attempt: Attempt): readonly Order[] => {
  const { workers } = crewOf(attempt);
  const gate = gateBehind(pipeline, step.number);
  const made = triesIn(attempt).filter(isCompleted);
  if (gate === undefined || made.length < 2 || workers.some(({ on }) => on !== undefined)) return [];
  return made.map(({ worker: on }, index) => ({
    ...{ kind: "spawn", worker: workers.length + 1 + index, role: gate.role, writes: gate.writes, area: [] },
    ...{ gate: true, description: `judge of ${workerName(on)}`, task: gate.brief, on },
  }));
};

const isCompleted = (worker: Worker): boolean => workerState(worker) === "completed";

/** The gate whose role and brief its judges have. */
export const gateBehind = ({ steps }: Pick<Pipeline, "steps">, number: number): Step | undefined =>
  steps.slice(number + 1).find(({ gate }) => gate);

export interface Tried {
  readonly worker: number;
  /** Null: its judge gave none. */
  readonly verdict: GateAnswer | null;
  readonly changes: readonly FileChange[];
}

/** The try to take; null if none was completed. */
export const bestIn = (attempt: Attempt): Worker | null => {
  const tries = triesIn(attempt).filter(isCompleted);
  const { workers: judges, joins } = crewOf(attempt);
  const best =
    joins[0]?.worker ??
    bestOf(
      tries.map(one => {
        const judge = judges.find(({ on }) => on === one.worker);
        const verdict = judge === undefined ? null : verdictOf(judge);
        return { worker: one.worker, verdict, changes: writtenBy(one) };
      }),
    );
  return tries.find(({ worker }) => worker === best) ?? null;
};

/**
 * Approved before not judged before rejected; then fewer findings, the gravest first; then the smaller patch; then the
 * first.
 */
export const bestOf = (tried: readonly Tried[]): number | null =>
  tried
    .map(one => ({ worker: one.worker, rank: rankOf(one) }))
    .toSorted((a, b) => difference(a.rank, b.rank))[0]?.worker ?? null;

/** Ranks always differ, at the latest in the worker's number. */
const difference = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return Number(a[at]) - Number(b[at]);
};

const SEVERITIES = ["high", "medium", "low"] as const satisfies readonly Finding["severity"][];

const rankOf = ({ worker, verdict, changes }: Tried): readonly number[] => [
  verdict === null ? 1 : verdict.verdict === "approved" ? 0 : 2,
  ...SEVERITIES.map(
    severity => verdict?.findings.filter(finding => finding.severity === severity).length ?? 0,
  ),
  changes.length,
  changes.reduce((sum, { content }) => sum + (content?.length ?? 0), 0),
  worker,
];

/** Everything that a try changed, joined or not. */
const writtenBy = (one: Worker): readonly FileChange[] =>
  unjoined({ ...one, from: { ...one.from, carried: [], turns: 0 } });

/** Why a step that was tried in several ways is not done. */
export const failureOf = (attempt: Attempt): string =>
  `None of its ${triesIn(attempt).length} approaches was completed. ${triesIn(attempt)
    .map(one => {
      const reason = talkOf(one)?.finished?.reason ?? "it ended without an answer";
      return `${workerName(one.worker)}: ${one.stopped ? "it was stopped" : reason}`;
    })
    .join(" ")}`;

/**
 * The pipeline as a conversation sees it. One that tries a step sees its own work as the step's, and one that judges a try
 * sees that as the step's answer; any other sees it as it is.
 */
export const viewOf = (pipeline: Pipeline, step: Step): Pipeline => {
  const worker = workerIn(step);
  if (worker === null) return pipeline;
  if (worker.approach !== undefined) return asIf(withoutWords(pipeline, worker), worker);
  const crew = pipeline.steps[worker.number]?.attempts.at(-1)?.crew;
  const judged = crew?.workers.find(one => one.worker === worker.on);
  return judged === undefined ? pipeline : asIf(pipeline, judged);
};

/** As if it had been taken. */
export const asIf = (pipeline: Pipeline, one: Worker): Pipeline => {
  const changes = writtenBy(one);
  // Never null: a try carries nothing over.
  const tree = treeOf(one) as string;
  const joins = changes.length === 0 ? [] : [{ worker: one.worker, tree, changes }];
  const taken = (attempt: Attempt): Attempt => ({
    ...attempt,
    crew: { ...crewOf(attempt), joins, taken: one.worker },
  });
  const steps = pipeline.steps.map(step =>
    step.number === one.number
      ? {
          ...step,
          attempts: [...step.attempts.slice(0, -1), ...step.attempts.slice(-1).map(taken)],
          answer: one.answer,
        }
      : step,
  );
  return { ...pipeline, steps, tree };
};

/** What was said since it began reaches it in its own conversation. */
const withoutWords = (pipeline: Pipeline, { number }: Worker): Pipeline => {
  const attempt = pipeline.steps[number]?.attempts.length;
  const told = pipeline.told.filter(
    ({ heard }) => !heard.some(at => at.step === number && at.attempt === attempt),
  );
  return { ...pipeline, told };
};

/** Its place in the plan, which decides what came before it: a judge has that of its gate. */
export const placeInPlan = (pipeline: Pipeline, step: Step): Step => {
  const gate = workerIn(step)?.on === undefined ? undefined : gateBehind(pipeline, step.number);
  return gate === undefined ? step : { ...step, number: gate.number };
};
