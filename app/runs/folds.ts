// Folds of journals, cached per instance. Only an optimisation: a journal's rows never change, so the fold of its first
// n events never goes stale, and what other instances wrote after them is read and applied.
import { MOST_IN_A_TASK } from "../../core/model/journal-size.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { apply, fold } from "../../core/pipeline/apply.ts";
import type { Store } from "../store/port.ts";

type Of = Pick<PipelineRecord, "id" | "task_id" | "created_at" | "size">;

export interface Folds {
  /** The fold of the journal's first `seq` events. Throws `illegal_event`. */
  readonly at: (record: Of, seq: number) => Promise<Pipeline>;
  /** `size` is that of the journal it was folded from. Never replaces a fold that is further along. */
  readonly remember: (pipeline: Pipeline, size: number) => void;
}

interface Remembered {
  readonly pipeline: Pipeline;
  readonly size: number;
}

const MOST = 32;
/** A fold holds its conversations, so its size is its journal's; the folds of one task fit, however large it is. */
const MOST_SIZE = MOST_IN_A_TASK;

export const createFolds = (store: Pick<Store, "journal" | "task" | "project">): Folds => {
  const known = new Map<string, Remembered>();
  let held = 0;
  const forget = (id: string): void => {
    held -= known.get(id)?.size ?? 0;
    known.delete(id);
  };
  const remember = (pipeline: Pipeline, size: number): void => {
    const { pipeline: id } = pipeline.opening;
    const last = known.get(id);
    const isNewer = last?.pipeline.started_at === pipeline.started_at && last.pipeline.seq > pipeline.seq; // guard: newest-fold-stays
    const kept = isNewer ? last : { pipeline, size };
    forget(id);
    known.set(id, kept);
    held += kept.size;
    for (const oldest of known.keys()) {
      if (known.size <= MOST && held <= MOST_SIZE) break; // guard: folds-by-size
      forget(oldest);
    }
  };
  /** If an operator deleted a project, its pipelines' ids may come again, with another journal. */
  const startFor = ({ id, created_at }: Of, seq: number): Pipeline | null => {
    const last = known.get(id)?.pipeline;
    return last?.started_at === created_at && last.seq <= seq ? last : null;
  };
  const read = async (of: Of, seq: number): Promise<Pipeline> => {
    const start = startFor(of, seq);
    const from = start?.seq ?? 0;
    const events = from === seq ? [] : await store.journal(of.id, from, { until: seq }); // guard: read-to-its-place
    const pipeline = start === null ? fold(events) : events.reduce(apply, start);
    remember(pipeline, of.size);
    return pipeline;
  };
  const tenantOf = async ({ task_id }: Of): Promise<number> => {
    const task = await store.task(task_id);
    return (task === null ? null : await store.project(task.project_id))?.installation_id ?? 0;
  };
  // In turn, because events and their fold are both in memory until the folding is done.
  const inTurn = createTurns();
  return {
    remember,
    at: async (of, seq) => {
      const last = startFor(of, seq);
      if (last?.seq !== seq) return inTurn(await tenantOf(of), () => read(of, seq));
      remember(last, of.size);
      return last;
    },
  };
};

type Work = () => Promise<void>;

/** One at a time. Tenants take turns, however many readings each of them waits for. */
const createTurns = () => {
  const waiting = new Map<number, Work[]>();
  let isServing = false;
  const serve = async (): Promise<void> => {
    if (isServing) return;
    isServing = true;
    for (const [tenant, list] of waiting) {
      const next = list.shift();
      // Re-inserted to come after the others: a Map iterates in insertion order.
      waiting.delete(tenant);
      if (list.length > 0) waiting.set(tenant, list); // guard: readings-in-turn
      await next?.();
    }
    isServing = false;
  };
  return <T>(tenant: number, work: () => Promise<T>): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<T>();
    const list = waiting.get(tenant) ?? [];
    waiting.set(tenant, [
      ...list,
      () => {
        const done = work();
        resolve(done);
        return done.then(nothing, nothing);
      },
    ]);
    void serve();
    return promise;
  };
};

const nothing = (): void => {};
