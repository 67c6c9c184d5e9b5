// Loads everything that a task's publication is computed from.
import type { TaskView } from "../../core/report/view.ts";
import type { Plane } from "../plane.ts";
import { estimateOf } from "../tasks/estimate.ts";
import { leftIssues } from "./leave-issues.ts";
import { isBeside } from "./made.ts";

const ALL = 1000;

export const loadView = async (task_id: number, plane: Plane): Promise<TaskView | null> => {
  const task = await plane.store.task(task_id);
  const project = task === null ? null : await plane.store.project(task.project_id);
  if (task === null || project === null) return null;
  const records = await plane.store.pipelines(task.id);
  const pipelines = await Promise.all(
    records.map(async record => ({ record, pipeline: await plane.folds.at(record, record.seq) })),
  );
  const waiting = (await plane.store.openPipelines()).filter(p => p.state === "queued" && p.run_id === null);
  const place = waiting.findIndex(p => p.id === records.at(-1)?.id);
  const last = pipelines.findLast(({ pipeline }) => !pipeline.opening.dry_run)?.pipeline;
  const view = {
    project,
    task,
    pipelines,
    returns: await plane.store.returns(task.id, ALL),
    rejections: await plane.store.rejections({ task_id: task.id, limit: ALL }),
    carried_on: await plane.store.carriedOn(task.id),
    beside: await isBeside(last, plane),
    estimate: last?.held === true && last.outcome === null ? await estimateOf(last, plane) : null,
    server_url: plane.server_url,
    scripted: pipelines.some(({ pipeline }) => pipeline.run?.scripted === true),
    queue: place < 0 ? null : place + 1,
    left: [],
  };
  return { ...view, left: await leftIssues(view, plane) };
};
