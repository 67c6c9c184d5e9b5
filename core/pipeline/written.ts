// What a pipeline has written so far: its steps' own turns, and what was joined of workers.
import { combineChanges, type FileChange } from "../model/change.ts";
import type { Attempt, Pipeline } from "../model/pipeline.ts";

/** A change to the pipeline's tree. */
export interface Written {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  /** Of its attempt; null: the attempt's own. */
  readonly worker: number | null;
}

/** In order. Whoever has workers writes nothing itself. */
export const writtenIn = ({ turns, crew }: Attempt): readonly Written[] => [
  ...turns.flatMap(({ wrote }) => (wrote === null ? [] : [{ ...wrote, worker: null }])),
  ...(crew?.joins ?? []),
];

/** All of it, as one patch over the tree that setup left. */
export const changesOf = ({ steps }: Pick<Pipeline, "steps">): readonly FileChange[] =>
  combineChanges(
    steps.flatMap(({ attempts }) => attempts.flatMap(attempt => writtenIn(attempt).map(w => w.changes))),
  );
