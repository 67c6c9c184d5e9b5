// What there is to do, kind by kind: everything that `jobs` may ask for.
import { KinError } from "../../core/model/error.ts";
import type { JobRecord } from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import { type Confirmation, confirmation } from "../../core/report/confirmation.ts";
import { helpComment } from "../../core/report/help-comment.ts";
import { planComment, workersComment } from "../../core/report/plan-comment.ts";
import { type Refusal, refusal } from "../../core/report/refusal.ts";
import type { TaskView } from "../../core/report/view.ts";
import { handleSignal } from "../intake/handle.ts";
import { performRepository } from "../intake/installation.ts";
import { lookAt, lookEverywhere } from "../intake/missed.ts";
import { redeliverLost } from "../intake/redeliver.ts";
import { end, resume } from "../intake/run-ended.ts";
import { Signal } from "../intake/signal.ts";
import type { Plane } from "../plane.ts";
import { type Dispatch, performDispatch } from "../publish/dispatch.ts";
import { performGate } from "../publish/foreign-check.ts";
import { type HandOver, handOver } from "../publish/hand-over.ts";
import { postOnce } from "../publish/post-once.ts";
import { publishTask } from "../publish/publish.ts";
import { loadView } from "../publish/view.ts";
import { withoutDryRuns } from "../tasks/dry-run.ts";
import { type LeaveBehind, leaveBehind } from "../tasks/followed-up.ts";
import { requireOpen } from "../tasks/over.ts";
import { startPipeline } from "../tasks/start.ts";
import type { Done } from "./done.ts";

export const perform = async (job: JobRecord, plane: Plane): Promise<Done | undefined> => {
  const data = job.data as {
    task_id: number;
    after: number;
    pipeline: string;
    dispatches: number;
    reason: string;
    findings?: readonly Finding[];
  };
  switch (job.kind) {
    case "event":
      await handleSignal(Signal.parse(job.data), plane);
      return;
    case "publish": {
      const again = await publishTask(data.task_id, plane);
      return again === null ? {} : { again };
    }
    case "next":
      await startNext(data, plane);
      return;
    case "dispatch":
      await performDispatch(job.data as Dispatch, plane);
      return;
    case "watch":
      await watch(data, plane);
      return;
    case "hand_over": {
      const again = await handOver(job.data as HandOver, plane);
      return again === null ? {} : { again };
    }
    case "leave_behind":
      await leaveBehind(job.data as LeaveBehind, plane);
      return;
    case "help":
    case "refuse":
    case "show":
      await answer(job, plane);
      return;
    case "gate":
      return performGate(job, plane);
    case "repository":
      return performRepository(job, plane);
    case "sweep":
      await sweep(plane);
      return;
    case "redeliver":
      return { result: await redeliverLost(job, plane) };
    case "missed":
      await lookEverywhere(plane);
      return;
    case "look":
      return { result: await lookAt(job, plane) };
    default:
      throw new Error(`There is no work of the kind ${job.kind}.`);
  }
};

/**
 * The pipeline behind a return. Somebody may have started one, or given up, since it was asked for; a pipeline that
 * passed before it could be stopped for the return is neither.
 */
const startNext = async (
  {
    task_id,
    after,
    findings,
  }: { readonly task_id: number; readonly after: number; readonly findings?: readonly Finding[] },
  plane: Plane,
): Promise<void> => {
  const view = await loadView(task_id, plane);
  if (view === null || !["running", "review"].includes(view.task.status) || view.task.snapshot === null)
    return;
  const last = view.pipelines.at(-1)?.record;
  if ((withoutDryRuns(view).pipelines.at(-1)?.record.number ?? 0) > after) return;
  if (last !== undefined && last.state !== "finished") {
    throw new KinError(`Pipeline ${last.id} is still being stopped.`, {
      code: "waiting",
      hint: "Nothing to do.",
      retryable: true,
    });
  }
  const at = { plane, github: await plane.github(view.project), project: view.project };
  await requireOpen(view.task, at); // guard: next-of-what-is-open
  await startPipeline({
    ...at,
    task: view.task,
    snapshot: view.task.snapshot,
    ...(findings === undefined ? {} : { findings }),
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

interface Answering {
  readonly task_id: number;
  readonly why?: Refusal;
  readonly done?: Confirmation;
  readonly what?: "plan" | "workers";
}

const SHOWN = { help: helpComment, plan: planComment, workers: workersComment };

const answer = async (job: JobRecord, plane: Plane): Promise<void> => {
  const { task_id, ...said } = job.data as Answering;
  const view = await loadView(task_id, plane);
  if (view === null) return;
  await postOnce({
    plane,
    github: await plane.github(view.project),
    issue: view.task.issue,
    key: `posted:${job.key}`,
    body: bodyOf(said, view),
  });
};

const bodyOf = ({ why, done, what }: Omit<Answering, "task_id">, view: TaskView): string => {
  if (why !== undefined) return refusal(why);
  return done === undefined ? SHOWN[what ?? "help"](withoutDryRuns(view)) : confirmation(done);
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
