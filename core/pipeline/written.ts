// What a pipeline has written so far: its steps' own turns, and what was joined from workers.
import { combineChanges, type FileChange } from "../model/change.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";

/** A change to the pipeline's tree. */
export interface Written {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  /** The attempt's worker that wrote it; null: the attempt itself. */
  readonly worker: number | null;
}

/** In order. A coordinator writes nothing itself, and what was written beside other steps counts once it is joined. */
export const writtenIn = ({ turns, crew, joined }: Attempt): readonly Written[] => {
  const own = joined === undefined ? turns.map(({ wrote }) => wrote) : [joined];
  return [...own.flatMap(laid => (laid === null ? [] : [{ ...laid, worker: null }])), ...(crew?.joins ?? [])];
};

const writtenBy = ({ steps }: Pick<Pipeline, "steps">): readonly Written[] =>
  steps.flatMap(({ attempts }) => attempts.flatMap(writtenIn));

/** Whether workers of the step, in any attempt, wrote something that is in the pipeline's tree. */
export const hasJoins = ({ attempts }: Pick<Step, "attempts">): boolean =>
  attempts.some(({ crew }) => (crew?.joins.length ?? 0) > 0);

/** All of it as one patch over the tree that setup left; the same list as long as nothing more is written. */
export const changesOf = (pipeline: Pick<Pipeline, "steps" | "opening">): readonly FileChange[] => {
  const lists = writtenBy(pipeline).map(({ changes }) => changes);
  const last = COMBINED.get(pipeline.opening);
  if (last?.lists.length === lists.length && lists.every((list, index) => list === last.lists[index]))
    return last.all;
  const all = combineChanges(lists);
  COMBINED.set(pipeline.opening, { lists, all });
  return all;
};

/** Every worker begins with all of it, so it is computed and kept once. */
const COMBINED = new WeakMap<Pipeline["opening"], Combined>();

interface Combined {
  readonly lists: readonly (readonly FileChange[])[];
  readonly all: readonly FileChange[];
}

/** The work before the `last` changes. */
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
