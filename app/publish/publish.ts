import type { Plane } from "../plane.ts";
import { publishCheck } from "./check.ts";
import { publishComment } from "./comment.ts";
import { publishCommits } from "./commits.ts";
import { publishDispatch } from "./dispatch.ts";
import { publishLabels } from "./labels.ts";
import { publishNotices } from "./notices.ts";
import type { Publishing } from "./publishing.ts";
import { publishPull } from "./pull.ts";
import { publishReviews } from "./reviews.ts";
import { loadView } from "./view.ts";

/** In this order: work starts first; commits come before the pull request, and that before its reviews. */
const STEPS: readonly ((publishing: Publishing) => Promise<unknown>)[] = [
  publishDispatch,
  publishLabels,
  publishComment,
  publishCommits,
  publishPull,
  publishReviews,
  publishCheck,
  publishNotices,
];

/**
 * Answers when to look again (milliseconds since the epoch), null where nothing is left. One pass works on one
 * reading of the journals: what happens meanwhile asks for another pass, and no step runs ahead of an earlier one.
 */
export const publishTask = async (task_id: number, plane: Plane): Promise<number | null> => {
  const view = await loadView(task_id, plane);
  if (view === null || view.project.installation_id === null) return null;
  const github = await plane.github(view.project);
  if (view.task.status === "cancelled" && (await github.issue(view.task.issue)) === null) return null;
  const { status, status_reason } = view.task;
  let again: number | null = null;
  for (const step of STEPS) {
    const task = await plane.store.task(task_id);
    if (task === null) return null;
    const due = await step({ plane, github, view: { ...view, task: { ...task, status, status_reason } } });
    if (typeof due === "number") again = Math.min(again ?? due, due);
  }
  return again;
};
