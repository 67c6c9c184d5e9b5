// Which commits a pipeline's journal asks for: one behind each gate's verdict, and one at the end for what
// was written after the last gate. Everything that stays uncommitted would be lost to the next pipeline.
import { combineChanges, type FileChange } from "../model/change.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";

export interface CommitPoint {
  /** `<pipeline>/<step>/<attempt>`, the commit's trailer and key. */
  readonly key: string;
  readonly step: Step;
  /** Against the commit before. */
  readonly changes: readonly FileChange[];
}

export const commitPoints = (pipeline: Pipeline): readonly CommitPoint[] => {
  const points: CommitPoint[] = [];
  let written: readonly FileChange[] = [];
  let committed: readonly FileChange[] = [];
  let last: Step | null = null;
  const commit = (step: Step) => {
    const changes = between(committed, written);
    if (changes.length > 0)
      points.push({
        key: `${pipeline.opening.pipeline}/${step.number}/${step.attempts.length}`,
        step,
        changes,
      });
    committed = written;
    last = null;
  };
  for (const step of pipeline.steps) {
    const writes = step.attempts.flatMap(writesOf);
    if (writes.length > 0) {
      written = combineChanges([written, ...writes]);
      last = step;
    }
    if (step.gate && step.answer !== null && step.attempts.length > 0) commit(step);
  }
  if (pipeline.outcome !== null && last !== null) commit(last);
  return points;
};

const writesOf = (attempt: Attempt): readonly (readonly FileChange[])[] =>
  attempt.turns.flatMap(turn => (turn.wrote === null ? [] : [turn.wrote.changes]));

/** A file that came with the commit before and is gone again must be deleted; a deletion is not repeated. */
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
