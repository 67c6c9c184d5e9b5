// Makes GitHub agree with the store for one task: loads it, and runs the steps below in order.
import type { TaskView } from "../../core/report/view.ts";
import type { Plane } from "../plane.ts";
import { withoutDryRuns } from "../tasks/dry-run.ts";
import { publishCheck } from "./check.ts";
import { publishCi } from "./ci.ts";
import { publishComment } from "./comment.ts";
import { publishCommits } from "./commits.ts";
import { publishDispatch } from "./dispatch.ts";
import { publishHookComments } from "./hook-comments.ts";
import { publishKnowledge } from "./knowledge.ts";
import { publishLabels } from "./labels.ts";
import { publishFollowUps } from "./leave-issues.ts";
import { isBeside } from "./made.ts";
import { publishMerge, takeBackAutoMerge } from "./merge.ts";
import { publishMoot } from "./moot.ts";
import { publishNotices } from "./notices.ts";
import type { Publishing } from "./publishing.ts";
import { publishPull } from "./pull.ts";
import { publishReviews } from "./reviews.ts";
import { loadView } from "./view.ts";

/**
 * In this order, after the dispatch: commits come before the pull request, and that before its reviews. Each may return
 * when to look again, or false to end the pass.
 */
const STEPS: readonly ((publishing: Publishing) => Promise<unknown>)[] = [
  publishLabels,
  publishComment,
  publishCommits,
  publishCi,
  publishPull,
  publishReviews,
  publishCheck,
  publishMerge,
  publishFollowUps,
  publishKnowledge,
  publishMoot,
  publishHookComments,
  // Again, because it now has the number of what this pass opened, and its checks.
  publishComment,
  publishNotices,
];

/**
 * Returns when to look again (milliseconds since the epoch), or null if nothing is left. One pass works on one reading
 * of the journals: whatever happens meanwhile requests another pass, and no step runs ahead of an earlier one.
 */
export const publishTask = async (task_id: number, plane: Plane): Promise<number | null> => {
  const whole = await loadView(task_id, plane);
  if (whole === null || whole.project.installation_id === null) return null;
  const github = await plane.github(whole.project);
  const view = withoutDryRuns(whole);
  // Before anything that may fail or end the pass.
  const watched = await takeBackAutoMerge({ plane, github, view });
  const dispatched = await publishDispatch({ plane, github, view: whole });
  let again = earliest(dispatched, watched);
  const { status, status_reason } = view.task;
  if (isNothing(view) || (status === "cancelled" && (await github.issue(view.task.issue)) === null))
    return again;
  for (const step of STEPS) {
    const task = await plane.store.task(task_id);
    if (task === null) return null;
    // A previous step may have committed.
    const beside = await isBeside(view.pipelines.at(-1)?.pipeline, plane);
    const due = await step({
      ...{ plane, github },
      view: { ...view, beside, task: { ...task, status, status_reason } },
    });
    if (due === false) return again;
    if (typeof due === "number") again = earliest(again, due);
  }
  return again;
};

const earliest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Only dry runs, none of which shows on GitHub. */
const isNothing = ({ task, pipelines }: TaskView): boolean =>
  task.status === "cancelled" && task.comment_id === null && pipelines.length === 0;
