// Works off `jobs`: the inbox of webhooks and the outbox of effects. Any number of these may run at once.
import { explain, KinError } from "../core/model/error.ts";
import type { JobRecord } from "../core/model/record.ts";
import { Signal } from "./intake/signal.ts";
import { block } from "./intake/start.ts";
import { perform } from "./perform.ts";
import type { Plane } from "./plane.ts";

const LEASE_MS = 60_000;
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 1_000;
const MOST_ATTEMPTS = 12;
const LONGEST_LOOK_MS = 5_000;

/** What comes round by the clock, whatever became of the last time; in milliseconds. */
const ROUNDS: ReadonlyMap<string, number> = new Map([
  ["sweep", 15_000],
  ["redeliver", 5 * 60_000],
  ["missed", 5 * 60_000],
]);

export interface Worker {
  /** Looks for work now rather than at the next look. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

/** `lanes`: how many jobs at once. */
export const startWorker = (plane: Plane, { lanes: count }: { readonly lanes: number }): Worker => {
  let stopped = false;
  let bell = Promise.withResolvers<void>();
  const wake = () => {
    bell.resolve();
    bell = Promise.withResolvers();
  };
  const lane = async (): Promise<void> => {
    while (!stopped) {
      // Taken before the look: what is asked for while it looks is not slept through.
      const rung = bell.promise;
      const wait = await untilNext(plane);
      if (wait > 0) {
        await either(rung, wait);
        continue;
      }
      const job = await plane.store.takeJob(plane.clock.now(), { lease_ms: LEASE_MS }).catch(error => {
        plane.warn(error, "taking a job");
        return null;
      });
      if (job !== null) await work(job, plane);
      else await either(rung, SHORTEST_WAIT_MS);
    }
  };
  const lanes = Array.from({ length: count }, lane);
  plane.store
    .askAgain([...ROUNDS.keys()].map(kind => ({ key: kind, kind })))
    .catch(error => plane.warn(error, "asking for what comes round by the clock"));
  return {
    wake,
    stop: async () => {
      stopped = true;
      wake();
      await Promise.all(lanes);
    },
  };
};

const either = (rung: Promise<void>, ms: number): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    void rung.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Looking costs nobody anything; taking is a write, which waits for every other one. */
const untilNext = async (plane: Plane): Promise<number> => {
  const due = await plane.store.nextDue().catch(() => null);
  return Math.min(LONGEST_WAIT_MS, (due ?? Number.POSITIVE_INFINITY) - plane.clock.now());
};

const work = async (job: JobRecord, plane: Plane): Promise<void> => {
  try {
    const done = await perform(job, plane);
    const now = plane.clock.now();
    const round = ROUNDS.get(job.kind);
    await plane.store.finishJob(job, {
      now,
      ...(round === undefined ? {} : { again: now + round }),
      ...done,
    });
  } catch (error) {
    await failed(job, { error, plane }).catch(worse =>
      plane.warn(worse as Error, `recording that ${job.key} failed`),
    );
  }
};

const failed = async (
  job: JobRecord,
  { error, plane }: { readonly error: unknown; readonly plane: Plane },
): Promise<void> => {
  const waiting = error instanceof KinError && error.code === "waiting";
  if (!waiting) plane.warn(error as Error, job.key);
  const delay = delayOf(job, { error, waiting });
  if (delay !== null)
    return plane.store.retryJob(job, { due_at: plane.clock.now() + delay, error: explain(error) });
  await tellPeople(job, { error, plane });
  await plane.store.finishJob(job, { now: plane.clock.now(), result: { failed: explain(error) } });
};

/** In milliseconds; null where it is given up. */
const delayOf = (
  { kind, attempts }: JobRecord,
  { error, waiting }: { readonly error: unknown; readonly waiting: boolean },
): number | null => {
  if (waiting) return Math.min(attempts * 500, LONGEST_LOOK_MS);
  const round = ROUNDS.get(kind);
  if (round !== undefined) return round;
  const retry = !(error instanceof KinError) || error.retryable;
  return retry && attempts < MOST_ATTEMPTS ? Math.min(2 ** attempts * 500, 300_000) : null;
};

/**
 * What Kin cannot do is said on the issue, where people look. A publication that GitHub refuses says so once: saying
 * it is a publication too, and the part that can be written comes before the part that cannot.
 */
const tellPeople = async (
  job: JobRecord,
  { error, plane }: { readonly error: unknown; readonly plane: Plane },
): Promise<void> => {
  const signal = Signal.safeParse(job.data);
  const data = job.data as { task_id?: number };
  const task =
    job.kind === "event" && signal.success && signal.data.repository !== null && signal.data.issue !== null
      ? await plane.store.findTask({ project_id: signal.data.repository.id, issue: signal.data.issue })
      : data.task_id !== undefined
        ? await plane.store.task(data.task_id)
        : null;
  if (task === null) return;
  const reason = explain(error);
  const key = `told:${task.id}:${plane.sha256(reason).slice(0, 16)}`;
  if (job.kind === "publish" && (await plane.store.job(key)) !== null) return;
  await block({ plane, task }, reason);
  if (job.kind === "publish") await plane.store.useOnce(key, { kind: "told", now: plane.clock.now() });
};
