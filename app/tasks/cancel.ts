// A task that people take back: the label comes off, or the issue is closed, transferred or deleted.

import type { TaskRecord } from "../../core/model/record.ts";
import type { Incoming } from "../intake/incoming.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { isKin, may } from "./authority.ts";
import { complete, isBareResult } from "./complete.ts";
import { stateFact } from "./state.ts";
import { stopPipeline } from "./stop.ts";

export const onUnlabeled = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, github } = incoming;
  const task = await openTask(incoming);
  if (task === null || task.task_type === "escalation") return; // guard: follow-ups-bear-no-label
  const issue = await github.issue(task.issue);
  if (issue?.labels.some(label => label.toLowerCase() === TRIGGER_LABEL)) return;
  const by = signal.sender?.login ?? "somebody";
  await cancel(task, { plane, by, reason: "The label `kin` was taken off." });
};

/**
 * A merge closes the issue too; then the pull request's own event does the rest. For a result that needed no pull
 * request, closing the issue accepts it.
 */
export const onIssueGone = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, github } = incoming;
  const task = await openTask(incoming);
  if (task === null || (signal.sender !== null && isKin(signal.sender, plane))) return;
  const issue = await github.issue(task.issue);
  if (issue?.state === "open") return;
  const pull = task.pr_number === null ? null : await github.pull(task.pr_number);
  if (pull?.merged) return;
  const by = issue?.closed_by?.login ?? signal.sender?.login ?? "somebody";
  if (
    isBareResult(task) &&
    issue?.state_reason === "completed" &&
    issue.closed_by !== null &&
    (await hadResult(task, { plane, closed_at: issue.closed_at }))
  ) {
    // An issue's author may close it, whoever that is.
    const accepted = await may("accept", { by: issue.closed_by, github, plane }); // guard: acceptance-is-asked
    if (accepted.allowed)
      return complete(task, { plane, reason: `The issue was closed as completed by ${by}.` });
  }
  await cancel(task, { plane, by, reason: `The issue ${issue === null ? "is gone" : "was closed"}.` });
};

/** Nobody can accept a result that was not there when they closed the issue. */
const hadResult = async (
  { id }: TaskRecord,
  { plane, closed_at }: { readonly plane: Plane; readonly closed_at: string | null },
): Promise<boolean> => {
  const ended = (await plane.store.pipelines(id)).at(-1)?.completed_at ?? "";
  // GitHub reports whole seconds.
  return closed_at !== null && ended.slice(0, 19) <= closed_at.slice(0, 19); // guard: closed-behind-the-result
};

export const cancel = async (
  task: TaskRecord,
  { plane, by, reason }: { readonly plane: Plane; readonly by: string; readonly reason: string },
): Promise<void> => {
  const source = `cancel:${task.id}:${task.trigger_id}:${reason}`;
  await stopPipeline(task, { plane, by, reason, source });
  // Last, because a cancelled task is not cancelled again, and its pipeline would go on.
  await stateFact(task, { kind: "cancelled", by, reason }, { plane });
};

const openTask = async ({ signal, plane, project }: Incoming): Promise<TaskRecord | null> => {
  if (signal.issue === null) return null;
  const task = await plane.store.findTask({ project_id: project.id, issue: signal.issue });
  return task === null || task.status === "done" || task.status === "cancelled" ? null : task;
};
