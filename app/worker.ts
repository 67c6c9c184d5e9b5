// Works off `jobs`: the inbox of webhooks and the outbox of effects. Any number of these may run at once.
import { explain, KinError } from "../core/model/error.ts";
import type { JobRecord } from "../core/model/record.ts";
import { publish } from "../core/pipeline/consequences.ts";
import { helpComment } from "../core/report/help-comment.ts";
import { type Refusal, refusal } from "../core/report/refusal.ts";
import { handleSignal } from "./intake/handle.ts";
import { end, resume } from "./intake/run-ended.ts";
import { Signal } from "./intake/signal.ts";
import { block, startPipeline } from "./intake/start.ts";
import type { Plane } from "./plane.ts";
import { type Dispatch, performDispatch } from "./publish/dispatch.ts";
import { postOnce } from "./publish/post-once.ts";
import { publishTask } from "./publish/publish.ts";
import { loadView } from "./publish/view.ts";
import { redeliverLost } from "./redeliver.ts";

const LEASE_MS = 60_000;
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 1_000;
const SWEEP_MS = 15_000;
const REDELIVER_MS = 5 * 60_000;
const MOST_ATTEMPTS = 12;

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
  void plane.store.askAgain([
    { key: "sweep", kind: "sweep" },
    { key: "redeliver", kind: "redeliver" },
  ]);
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
    const again = await perform(job, plane);
    await plane.store.finishJob(job, { now: plane.clock.now() });
    if (typeof again === "number")
      await plane.store.askAgain([{ key: job.key, kind: job.kind, data: job.data, due_at: again }]);
  } catch (error) {
    await failed(job, { error, plane }).catch(worse =>
      plane.warn(worse as Error, `recording that ${job.key} failed`),
    );
  }
};

/** Answers when the same job is due again. */
const perform = async (job: JobRecord, plane: Plane): Promise<unknown> => {
  const data = job.data as {
    task_id: number;
    after: number;
    pipeline: string;
    dispatches: number;
    reason: string;
  };
  switch (job.kind) {
    case "event":
      return handleSignal(Signal.parse(job.data), plane);
    case "publish":
      return publishTask(data.task_id, plane);
    case "next":
      return startNext(data, plane);
    case "dispatch":
      return performDispatch(job.data as Dispatch, plane);
    case "watch":
      return watch(data, plane);
    case "help":
    case "refuse":
      return answer(job, plane);
    case "sweep":
      await sweep(plane);
      return plane.clock.now() + SWEEP_MS;
    case "redeliver":
      await redeliverLost(plane);
      return plane.clock.now() + REDELIVER_MS;
    default:
      throw new Error(`There is no work of the kind ${job.kind}.`);
  }
};

/** The pipeline behind a return. Somebody may have started one, or given up, since it was asked for. */
const startNext = async (
  { task_id, after }: { readonly task_id: number; readonly after: number },
  plane: Plane,
): Promise<void> => {
  const view = await loadView(task_id, plane);
  if (view === null || view.task.status !== "running" || view.task.snapshot === null) return;
  const last = view.pipelines.at(-1)?.record;
  if (last !== undefined && last.number > after) return;
  if (last !== undefined && last.state !== "finished") {
    throw new KinError(`Pipeline ${last.id} is still being stopped.`, {
      code: "waiting",
      hint: "Nothing to do.",
      retryable: true,
    });
  }
  const github = await plane.github(view.project);
  await startPipeline({
    plane,
    github,
    project: view.project,
    task: view.task,
    snapshot: view.task.snapshot,
  });
};

/** A run that never claimed: nobody would ever tell otherwise. */
const watch = async (
  { pipeline, dispatches }: { readonly pipeline: string; readonly dispatches: number },
  plane: Plane,
): Promise<void> => {
  const record = await plane.store.pipeline(pipeline);
  if (record === null || record.state !== "queued" || record.dispatches !== dispatches) return;
  const where = record.run_url === null ? "" : ` The run: ${record.run_url}.`;
  await end(
    record,
    plane,
    "blocked",
    `The workflow run did not start within 10 minutes.${where} It may wait for a runner, for an approval, or for Actions minutes; or it cannot reach ${plane.public_url}. Use \`/kin rerun\` when that is mended.`,
  );
};

const answer = async (job: JobRecord, plane: Plane): Promise<void> => {
  const { task_id, why } = job.data as { task_id: number; why?: Refusal };
  const view = await loadView(task_id, plane);
  if (view === null) return;
  const body = why === undefined ? helpComment(view) : refusal(why);
  await postOnce({
    plane,
    github: await plane.github(view.project),
    issue: view.task.issue,
    key: `posted:${job.key}`,
    body,
  });
};

/** Runners that stopped answering, and publications that a crash may have dropped. */
const sweep = async (plane: Plane): Promise<void> => {
  const now = plane.clock.now();
  for (const pipeline of await plane.store.openPipelines()) {
    if (pipeline.state === "running" && (pipeline.lease_until ?? 0) < now)
      await resume(pipeline, plane, "The runner stopped answering.");
    else if (pipeline.state !== "running") await plane.store.askAgain([publish(pipeline.task_id)]);
  }
};

const failed = async (
  job: JobRecord,
  { error, plane }: { readonly error: unknown; readonly plane: Plane },
): Promise<void> => {
  const waiting = error instanceof KinError && error.code === "waiting";
  if (!waiting) plane.warn(error as Error, job.key);
  const retry = !(error instanceof KinError) || error.retryable;
  if (retry && (job.attempts < MOST_ATTEMPTS || waiting)) {
    const delay = waiting ? 500 : Math.min(2 ** job.attempts * 500, 300_000);
    return plane.store.retryJob(job, { due_at: plane.clock.now() + delay, error: explain(error) });
  }
  await plane.store.finishJob(job, { now: plane.clock.now(), result: { failed: explain(error) } });
  await tellPeople(job, { error, plane });
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
  if (job.kind === "publish" && !(await plane.store.useOnce(key, { kind: "told", now: plane.clock.now() })))
    return;
  await block({ plane, task }, reason);
};
