// Folds of journals, remembered. An accelerator alone, each instance's own: a journal's rows never change, so what its
// first n events fold into never goes stale, and what other instances wrote behind them is read and applied.
import PQueue from "p-queue";
import { MOST_IN_A_TASK } from "../core/model/journal-size.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { PipelineRecord } from "../core/model/record.ts";
import { apply, fold } from "../core/pipeline/apply.ts";
import type { Store } from "../core/ports.ts";

export interface Folds {
  /** What the journal's first `seq` events fold into. Throws `illegal_event`. */
  readonly at: (record: Pick<PipelineRecord, "id" | "created_at" | "size">, seq: number) => Promise<Pipeline>;
  /** `size`: of the journal that it was folded from. */
  readonly remember: (pipeline: Pipeline, size: number) => void;
}

interface Remembered {
  readonly pipeline: Pipeline;
  readonly size: number;
}

const MOST = 32;
/** A fold holds its conversations, so that it takes what its journal has: those of one task, however large, fit. */
const MOST_SIZE = MOST_IN_A_TASK;

export const createFolds = (store: Pick<Store, "journal">): Folds => {
  const known = new Map<string, Remembered>();
  let held = 0;
  const forget = (id: string): void => {
    held -= known.get(id)?.size ?? 0;
    known.delete(id);
  };
  const remember = (pipeline: Pipeline, size: number): void => {
    const { pipeline: id } = pipeline.opening;
    forget(id);
    known.set(id, { pipeline, size });
    held += size;
    for (const oldest of known.keys()) {
      if (known.size <= MOST && held <= MOST_SIZE) break; // guard: folds-by-size
      forget(oldest);
    }
  };
  // One after the other: what is read is held twice over until it is folded.
  const reading = new PQueue({ concurrency: 1 });
  return {
    remember,
    at: ({ id, created_at, size }, seq) =>
      reading.add(async () => {
        const last = known.get(id)?.pipeline;
        // Where an operator deleted a project, its pipelines' ids may come again, with another journal.
        const start = last?.started_at === created_at && last.seq <= seq ? last : null;
        const from = start?.seq ?? 0;
        const events = from === seq ? [] : (await store.journal(id, from)).slice(0, seq - from);
        const pipeline = start === null ? fold(events) : events.reduce(apply, start);
        remember(pipeline, size);
        return pipeline;
      }),
  };
};
