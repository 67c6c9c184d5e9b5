// Which commits a pipeline's journal asks for: one after each gate's verdict, and one at the end for what was written after
// the last gate, each preceded by one for every worker that wrote. Uncommitted work would be lost to the next pipeline.
import { combineChanges, type FileChange } from "../model/change.ts";
import type { Pipeline, Step, Worker } from "../model/pipeline.ts";
import { sources } from "../model/sources.ts";
import { leftOver } from "./beside.ts";
import { writtenIn } from "./written.ts";

export interface CommitPoint {
  /** `<pipeline>/<step>/<attempt>`, for a worker with its name appended: the commit's trailer and key. */
  readonly key: string;
  readonly step: Step | Worker;
  /** Relative to the previous commit. */
  readonly changes: readonly FileChange[];
}

export const commitPoints = (pipeline: Pipeline): readonly CommitPoint[] => {
  const points: CommitPoint[] = [];
  const lists: (readonly FileChange[])[] = [];
  let committed: readonly FileChange[] = [];
  let last: Step | null = null;
  /** Whoever last touched each uncommitted path; a step's own work goes into the next gate's commit. */
  const owners = new Map<string, Worker | null>();
  const commit = (step: Step) => {
    const written = combineChanges([committed, ...lists.splice(0)]);
    const changes = between(committed, written);
    for (const owner of ownersIn(owners)) {
      const own = changes.filter(({ path }) => (owners.get(path) ?? step) === (owner ?? step));
      if (own.length > 0) points.push({ key: keyOf(owner ?? step), step: owner ?? step, changes: own });
    }
    committed = written;
    last = null;
    owners.clear();
  };
  const keyOf = (step: Step | Worker): string => pointOf(step, pipeline);
  for (const step of pipeline.steps) {
    for (const attempt of step.attempts)
      for (const { changes, worker } of writtenIn(attempt)) {
        const owner = attempt.crew?.workers.find(other => other.worker === worker) ?? null;
        for (const { path } of changes) owners.set(path, owner);
        lists.push(changes);
        last = step;
      }
    if (step.gate && step.answer !== null && step.attempts.length > 0) commit(step);
  }
  if (pipeline.outcome === null) return points;
  const left = leftOver(pipeline);
  lists.push(left);
  last = left.length > 0 ? (pipeline.steps.findLast(({ from }) => from !== undefined) ?? last) : last;
  if (last !== null) commit(last);
  return points;
};

/** Workers in the order in which they were started, then the step that commits what steps wrote themselves. */
const ownersIn = (owners: ReadonlyMap<string, Worker | null>): readonly (Worker | null)[] => [
  ...[...new Set(owners.values())]
    .filter(owner => owner !== null)
    .toSorted((a, b) => a.number - b.number || a.worker - b.worker),
  null,
];

/** A worker's names the attempt that started it. */
export const pointOf = (step: Step | Worker, { opening: { pipeline } }: Pipeline): string =>
  sources.point(
    "worker" in step
      ? { pipeline, step: step.number, attempt: step.attempts.at(-1)?.number ?? 1, worker: step.worker }
      : { pipeline, step: step.number, attempt: step.attempts.length },
  );

/** A file that came with the previous commit and is gone again must be deleted; a deletion is not repeated. */
const between = (before: readonly FileChange[], now: readonly FileChange[]): readonly FileChange[] => {
  const paths = new Set(now.map(change => change.path));
  const known = new Map(before.map(change => [change.path, change]));
  const gone = before.filter(change => change.content !== null && !change.in_base && !paths.has(change.path));
  return [
    ...now.filter(change => !isSame(known.get(change.path), change)),
    ...gone.map(change => ({ ...change, content: null })),
  ];
};

const isSame = (a: FileChange | undefined, b: FileChange): boolean =>
  a !== undefined && a.content === b.content && a.mode === b.mode && a.encoding === b.encoding;
