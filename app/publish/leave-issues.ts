// What a passed pipeline leaves: issues for tech debt and follow-ups, and a checklist for what people must decide.
import { type FollowUp, followUpsOf, pendingActionsOf } from "../../core/pipeline/follow-ups.ts";
import { followUpIssue } from "../../core/report/opened-issue.ts";
import { pendingComment } from "../../core/report/pending-comment.ts";
import { TRIGGER_LABEL } from "../plane.ts";
import { openIssue } from "./open-issue.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

/** Its failure stops nothing: the task is done as far as it goes, and what could not be opened is said. */
export const publishFollowUps = async (publishing: Publishing): Promise<void> => {
  const { plane, github, view } = publishing;
  const last = view.pipelines.at(-1);
  if (last?.pipeline.outcome?.kind !== "passed" || last.pipeline.opening.dry_run) return;
  for (const followUp of followUpsOf(last.pipeline))
    await open(followUp, publishing).catch(error => {
      if (error.retryable) throw error;
      plane.warn(error, `an issue for ${followUp.key}`);
    });
  const pending = pendingActionsOf(last.pipeline);
  if (pending.length === 0) return;
  await postOnce({
    plane,
    github,
    issue: view.task.issue,
    key: `pending:${last.record.id}`,
    body: pendingComment(pending),
  });
};

/** The same debt found by a later pipeline is not opened again. */
const open = async (followUp: FollowUp, { plane, github, view }: Publishing): Promise<void> => {
  const issue = followUpIssue(followUp, view);
  const key = `left:${view.task.id}:${plane.sha256(issue.title.toLowerCase()).slice(0, 24)}`;
  const starts = view.pipelines.at(-1)?.pipeline.opening.config.trigger.follow_ups === true;
  const labels = [...issue.labels, ...(starts ? [TRIGGER_LABEL] : [])];
  await openIssue({ plane, github, key, parent: view.task.issue, ...issue, labels });
};
