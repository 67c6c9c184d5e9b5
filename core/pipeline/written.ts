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

const writtenBy = ({ steps }: Pick<Pipeline, "steps">): readonly Written[] =>
  steps.flatMap(({ attempts }) => attempts.flatMap(writtenIn));

/** All of it, as one patch over the tree that setup left. */
export const changesOf = (pipeline: Pick<Pipeline, "steps">): readonly FileChange[] =>
  combineChanges(writtenBy(pipeline).map(({ changes }) => changes));

/** The work before what was written last, so many times. */
export const workBefore = (
  pipeline: Pick<Pipeline, "steps" | "setup">,
  last: number,
): { readonly tree: string; readonly changes: readonly FileChange[] } => {
  const written = writtenBy(pipeline);
  const before = written.slice(0, written.length - last);
  return {
    tree: before.at(-1)?.tree ?? pipeline.setup?.tree ?? "",
    changes: combineChanges(before.map(({ changes }) => changes)),
  };
};
