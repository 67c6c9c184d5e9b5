// Folds of journals, remembered. An accelerator alone, each instance's own: a journal's rows never change, so what its
// first n events fold into never goes stale, and what other instances wrote behind them is read and applied.
import type { Pipeline } from "../core/model/pipeline.ts";
import type { PipelineRecord } from "../core/model/record.ts";
import { apply, fold } from "../core/pipeline/apply.ts";
import type { Store } from "../core/ports.ts";

export interface Folds {
  /** What the journal's first `seq` events fold into. Throws `illegal_event`. */
  readonly at: (record: Pick<PipelineRecord, "id" | "created_at">, seq: number) => Promise<Pipeline>;
  readonly remember: (pipeline: Pipeline) => void;
}

/** A fold holds its conversations: half a megabyte for 200 turns of 2 KB. */
const MOST = 32;

export const createFolds = (store: Pick<Store, "journal">): Folds => {
  const known = new Map<string, Pipeline>();
  const remember = (pipeline: Pipeline): void => {
    const { pipeline: id } = pipeline.opening;
    known.delete(id);
    known.set(id, pipeline);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  };
  return {
    remember,
    at: async ({ id, created_at }, seq) => {
      const last = known.get(id);
      // Where an operator deleted a project, its pipelines' ids may come again, with another journal.
      const start = last?.started_at === created_at && last.seq <= seq ? last : null;
      const from = start?.seq ?? 0;
      const events = from === seq ? [] : (await store.journal(id, from)).slice(0, seq - from);
      const pipeline = start === null ? fold(events) : events.reduce(apply, start);
      remember(pipeline);
      return pipeline;
    },
  };
};
