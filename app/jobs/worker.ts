// Works off `jobs`: the inbox of webhooks and the outbox of effects. Any number of workers may run at once.
import PQueue from "p-queue";
import { explain, KinError } from "../../core/model/error.ts";
import type { Job, JobOf } from "../../core/model/job.ts";
import { marks } from "../../core/model/keys.ts";
import { ROUNDS, type Round, round } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { isStatus } from "../github/github.ts";
import { end } from "../intake/run-ended.ts";
import type { Plane } from "../plane.ts";
import { stateFact } from "../tasks/state.ts";
import { isWaiting } from "./done.ts";
import { perform } from "./perform.ts";

const LEASE_MS = 60_000;
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 1_000;
const MOST_ATTEMPTS = 12;
const LONGEST_LOOK_MS = 5_000;

/** Jobs that recur by the clock, whatever became of the last time; in milliseconds. */
const PERIODS: Readonly<Partial<Record<Job["kind"], number>>> = {
  sweep: 15_000,
  redeliver: 5 * 60_000,
  missed: 5 * 60_000,
} satisfies Record<Round, number>;

export interface Worker {
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

export interface WorkerOptions {
  readonly lanes: number;
  readonly lease_ms?: number;
}

export const startWorker = (plane: Plane, { lanes: count, lease_ms = LEASE_MS }: WorkerOptions): Worker => {
  let stopped = false;
  let bell = Promise.withResolvers<void>();
  const wake = () => {
    bell.resolve();
    bell = Promise.withResolvers();
  };
  const share = createShare(Math.max(1, Math.floor(count / 2)));
  const taking = new PQueue({ concurrency: 1 });
  const take = async (): Promise<Job | null> => {
    const job = await plane.store.takeJob(plane.clock.now(), { lease_ms, except: share.full() });
    share.begin(job);
    return job;
  };
  const lane = async (): Promise<void> => {
    while (!stopped) {
      // Taken before looking, so that no request made meanwhile is missed.
      const rung = bell.promise;
      const wait = await untilNext(plane, share.full());
      if (wait > 0) {
        await either(rung, wait);
        continue;
      }
      const job = await taking.add(take).catch(error => {
        plane.warn(error, "taking a job");
        return null;
      });
      if (job === null) {
        await either(rung, SHORTEST_WAIT_MS);
        continue;
      }
      await work(job, { plane, lease_ms });
      // Others may now take jobs that they had to skip.
      if (share.end(job)) wake();
    }
  };
  const lanes = Array.from({ length: count }, lane);
  plane.store
    .askAgain(ROUNDS.map(round))
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

/**
 * Writes are paced per installation and hold a lane while they wait, so no installation may take all lanes, however
 * much it has to do.
 */
const createShare = (most: number) => {
  const held = new Map<number, number>();
  const change = ({ installation_id: id }: Job, by: 1 | -1): void => {
    held.set(id, (held.get(id) ?? 0) + by);
    if (held.get(id) === 0) held.delete(id);
  };
  const full = (): readonly number[] => [...held].filter(([, lanes]) => lanes >= most).map(([id]) => id); // guard: lanes-are-shared
  return {
    full,
    begin: (job: Job | null): void => {
      if (job !== null) change(job, 1);
    },
    /** Returns whether its installation had all the lanes it may have. */
    end: (job: Job): boolean => {
      const wasFull = full().includes(job.installation_id);
      change(job, -1);
      return wasFull;
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

/** Looking is cheap; taking is a write, which waits for every other one. */
const untilNext = async (plane: Plane, except: readonly number[]): Promise<number> => {
  const due = await plane.store.nextDue({ except }).catch(() => null);
  return Math.min(LONGEST_WAIT_MS, (due ?? Number.POSITIVE_INFINITY) - plane.clock.now());
};

interface Working {
  readonly plane: Plane;
  readonly lease_ms: number;
}

const work = async (taken: Job, { plane, lease_ms }: Working): Promise<void> => {
  const performing = perform(taken, plane);
  const job = await keep(taken, { plane, lease_ms, performing });
  try {
    const done = await performing;
    const now = plane.clock.now();
    if (isWaiting(done)) {
      const due_at = now + Math.min(job.attempts * 500, LONGEST_LOOK_MS);
      return await plane.store.retryJob(job, { due_at, error: done.why });
    }
    const period = PERIODS[job.kind];
    await plane.store.finishJob(job, {
      now,
      ...(period === undefined ? {} : { again: now + period }),
      ...done,
    });
  } catch (error) {
    await failed(job, { error, plane }).catch(worse =>
      plane.warn(worse as Error, `recording that ${job.key} failed`),
    );
  }
};

/** Renews the lease for as long as the work takes. Returns the job as it is held in the end. */
const keep = async (
  job: Job,
  { plane, lease_ms, performing }: Working & { readonly performing: Promise<unknown> },
): Promise<Job> => {
  let held = job;
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  const over = performing.then(end, end);
  for (;;) {
    await either(over, lease_ms / 3);
    if (isOver) return held;
    const lease = plane.clock.now() + lease_ms;
    const renewed = await plane.store.renewJob(held, lease).catch(error => {
      plane.warn(error, `renewing ${job.key}`);
      return false;
    });
    if (renewed) held = { ...held, lease };
  }
};

const failed = async (job: Job, { error, plane }: Failure): Promise<void> => {
  plane.warn(error as Error, job.key);
  const delay = delayOf(job, error);
  if (delay !== null)
    return plane.store.retryJob(job, { due_at: plane.clock.now() + delay, error: explain(error) });
  await (job.kind === "dispatch"
    ? endUndispatched(job, { error, plane })
    : tellPeople(job, { error, plane }));
  await plane.store.finishJob(job, { now: plane.clock.now(), failed: explain(error) });
};

/** In milliseconds; null to give up. */
const delayOf = ({ kind, attempts }: Job, error: unknown): number | null => {
  const wait = error instanceof KinError ? error.wait_ms : 0;
  const period = PERIODS[kind];
  if (period !== undefined) return Math.max(period, wait);
  const isExpected = error instanceof KinError;
  if (isExpected && !error.retryable) return null;
  if (attempts >= MOST_ATTEMPTS && !(isOutage(error) && ENDLESS.has(kind))) return null;
  return Math.max(Math.min(2 ** attempts * 500, 300_000), wait);
};

/** Everything else depends on these: an hour's outage of GitHub must not leave a task behind. */
const ENDLESS: ReadonlySet<string> = new Set(["publish", "dispatch"]);

/**
 * GitHub is away or wants us to wait. Its other temporary refusals are retried as well, but as they may persist, they
 * are given up and reported in the end.
 */
const isOutage = (error: unknown): boolean =>
  error instanceof KinError &&
  error.retryable &&
  !isStatus(error, 404, 409, 422) &&
  !(isStatus(error, 403) && error.wait_ms === 0);

interface Failure {
  readonly error: unknown;
  readonly plane: Plane;
}

/** Otherwise its pipeline would wait forever for a run that nobody starts. */
const endUndispatched = async (job: JobOf<"dispatch">, { error, plane }: Failure): Promise<void> => {
  const { pipeline, number } = job.data;
  const record = await plane.store.pipeline(pipeline);
  if (record?.state === "queued" && record.dispatches === number)
    await end(record, { plane, outcome: "blocked", reason: explain(error) });
};

const RESTING: ReadonlySet<string> = new Set(["done", "cancelled", "review"]);

/**
 * Reports what Kin cannot do on the issue, where people look. If GitHub refuses a publication, only once: the report is
 * itself a publication, and the part that can be written comes before the part that cannot.
 */
const tellPeople = async (job: Job, { error, plane }: Failure): Promise<void> => {
  const task = await taskOf(job, plane);
  if (task === null) return;
  // GitHub was away; a task that is over, or in review, stays so.
  if (isOutage(error) && RESTING.has(task.status)) return;
  const reason = explain(error);
  const told = marks.told(task.id, plane.sha256(reason).slice(0, 16));
  if (job.kind === "publish" && (await plane.store.marked(told)) !== null) return;
  await stateFact(task, { kind: "blocked", cause: "failure", reason }, { plane });
  if (job.kind === "publish") await plane.store.markOnce(told, { now: plane.clock.now() });
};

const taskOf = async ({ kind, data }: Job, { store }: Plane): Promise<TaskRecord | null> => {
  if (kind !== "event") return "task_id" in data ? store.task(data.task_id) : null;
  const { repository, issue } = data;
  return repository === null || issue === null ? null : store.findTask({ project_id: repository.id, issue });
};
