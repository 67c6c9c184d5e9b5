// Performs jobs: everything that `jobs` may ask for, kind by kind.
import { KinError } from "../../core/model/error.ts";
import type { Job, JobOf } from "../../core/model/job.ts";
import { marks } from "../../core/model/keys.ts";
import { publish } from "../../core/model/new-job.ts";
import { helpComment } from "../../core/report/help-comment.ts";
import { planComment, workersComment } from "../../core/report/plan-comment.ts";
import { handleSignal } from "../intake/handle.ts";
import { performRepository } from "../intake/installation.ts";
import { lookAt, lookEverywhere } from "../intake/missed.ts";
import { redeliverLost } from "../intake/redeliver.ts";
import { end, resume } from "../intake/run-ended.ts";
import type { Plane } from "../plane.ts";
import { performDispatch } from "../publish/dispatch.ts";
import { performGate } from "../publish/foreign-check.ts";
import { handOver } from "../publish/hand-over.ts";
import { postOnce } from "../publish/post-once.ts";
import { publishTask } from "../publish/publish.ts";
import { loadView } from "../publish/view.ts";
import { withoutDryRuns } from "../tasks/dry-run.ts";
import { leaveBehind } from "../tasks/followed-up.ts";
import { requireOpen } from "../tasks/over.ts";
import { beingStopped, startPipeline } from "../tasks/start.ts";
import type { Done, Waiting } from "./done.ts";

export const perform = async (job: Job, plane: Plane): Promise<Done> => {
  switch (job.kind) {
    case "event":
      return (await handleSignal(job.data, plane)) ?? {};
    case "publish":
      return dueAt(await publishTask(job.data.task_id, plane));
    case "next":
      return (await startNext(job.data, plane)) ?? {};
    case "dispatch":
      return done(performDispatch(job.data, plane));
    case "watch":
      return done(watch(job.data, plane));
    case "hand_over":
      return handOver(job.data, plane);
    case "leave_behind":
      return done(leaveBehind(job.data, plane));
    case "say":
    case "show":
      return done(answer(job, plane));
    case "gate":
      return performGate(job, plane);
    case "repository":
      return performRepository(job, plane);
    case "sweep":
      return done(sweep(plane));
    case "redeliver":
      return { left: await redeliverLost(job, plane) };
    case "missed":
      return done(lookEverywhere(plane));
    case "look":
      return { left: await lookAt(job, plane) };
    case "unreadable":
      throw new KinError(
        `Nothing can be done for ${job.key}: there is no work of the kind ${job.data.kind} with such data.`,
        {
          code: "job_unreadable",
          hint: "Another version of Kin asked for it, or its row is damaged. `kin sql` shows it.",
        },
      );
    default:
      return job satisfies never;
  }
};

const done = async (work: Promise<void>): Promise<Done> => {
  await work;
  return {};
};

const dueAt = (again: number | null): Done => (again === null ? {} : { again });

/**
 * Starts the pipeline after a return, unless somebody has started one or given up since. A pipeline that passed before
 * it could be stopped for the return counts as neither.
 */
const startNext = async (
  { task_id, after, findings }: JobOf<"next">["data"],
  plane: Plane,
): Promise<Waiting | null> => {
  const view = await loadView(task_id, plane);
  if (view === null || !["running", "review"].includes(view.task.status) || view.task.snapshot === null)
    return null;
  const last = view.pipelines.at(-1)?.record;
  if ((withoutDryRuns(view).pipelines.at(-1)?.record.number ?? 0) > after) return null;
  if (last !== undefined && last.state !== "finished") return beingStopped(last);
  const at = { plane, github: await plane.github(view.project), project: view.project };
  const notOpen = await requireOpen(view.task, at); // guard: next-of-what-is-open
  if (notOpen !== null) return notOpen;
  return startPipeline({
    ...at,
    task: view.task,
    snapshot: view.task.snapshot,
    ...(findings === undefined ? {} : { findings }),
  });
};

/** For a run that never claimed: nothing else would report it. */
const watch = async ({ pipeline, dispatches }: JobOf<"watch">["data"], plane: Plane): Promise<void> => {
  const record = await plane.store.pipeline(pipeline);
  if (record === null || record.state !== "queued" || record.dispatches !== dispatches) return;
  const where = record.run_url === null ? "" : ` The run: ${record.run_url}.`;
  const reason = `The workflow run did not start within 10 minutes.${where} It may wait for a runner, for an approval, or for Actions minutes; or it cannot reach ${plane.public_url}. Use \`/kin rerun\` when that is mended.`;
  await end(record, { plane, outcome: "blocked", reason });
};

const SHOWN = { help: helpComment, plan: planComment, workers: workersComment };

const answer = async (job: JobOf<"say" | "show">, plane: Plane): Promise<void> => {
  const view = await loadView(job.data.task_id, plane);
  if (view === null) return;
  const body = "body" in job.data ? job.data.body : SHOWN[job.data.what](withoutDryRuns(view));
  const github = await plane.github(view.project);
  await postOnce({ plane, github, issue: view.task.issue, mark: marks.posted(job.key), body });
};

/** Looks for runners that stopped answering, and publications that a crash may have dropped. */
const sweep = async (plane: Plane): Promise<void> => {
  const now = plane.clock.now();
  for (const pipeline of await plane.store.openPipelines()) {
    if (pipeline.state === "running" && (pipeline.lease_until ?? 0) < now)
      await resume(pipeline, { plane, reason: "The runner stopped answering." });
    else if (pipeline.state !== "running") await plane.store.askAgain([publish(pipeline.task_id)]);
  }
};
