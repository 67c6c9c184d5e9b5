// What a passed pipeline leaves: issues for tech debt and follow-ups, and a checklist of decisions for people.
import { marks } from "../../core/model/keys.ts";
import type { Mark, Opened } from "../../core/model/mark.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { type FollowUp, followUpsOf, pendingActionsOf } from "../../core/pipeline/follow-ups.ts";
import { followUpIssue, type OpenedIssue } from "../../core/report/opened-issue.ts";
import { pendingComment } from "../../core/report/pending-comment.ts";
import type { TaskView } from "../../core/report/view.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { openIssue } from "./open-issue.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

/**
 * For every pipeline, because the next one may have begun before this publication reached the previous one. A failure
 * stops nothing: the task is done as far as it goes, and it says what could not be opened. One issue at a time, so that
 * other due work gets its turn. Returns when to go on.
 */
export const publishFollowUps = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  for (const { pipeline, record } of view.pipelines) {
    for (const followUp of followUpsOf(pipeline)) {
      const isNew = await open(followUp, { ...publishing, pipeline }).catch(error => {
        if (error.retryable) throw error;
        plane.warn(error, `an issue for ${followUp.key}`);
        return false;
      });
      if (isNew) return plane.clock.now(); // guard: one-follow-up-at-a-time
    }
    const pending = pendingActionsOf(pipeline);
    if (pending.length === 0) continue;
    const body = pendingComment(pending);
    await postOnce({ plane, github, issue: view.task.issue, mark: marks.pending(record.id), body });
  }
  return null;
};

interface Leaving extends Publishing {
  readonly pipeline: Pipeline;
}

/** Whether it was opened now. Debt that a later pipeline finds again is not opened again. */
const open = async (followUp: FollowUp, { plane, github, view, pipeline }: Leaving): Promise<boolean> => {
  const issue = followUpIssue(followUp, view);
  const mark = markFor(issue, { plane, view });
  const starts = pipeline.opening.config.trigger.follow_ups;
  const labels = [...issue.labels, ...(starts ? [TRIGGER_LABEL] : [])];
  return (await openIssue({ plane, github, mark, parent: view.task.issue, ...issue, labels })).isNew;
};

const markFor = (
  { title }: Pick<OpenedIssue, "title">,
  { plane, view }: { readonly plane: Plane; readonly view: TaskView },
): Mark<Opened> => marks.left(view.task.id, plane.sha256(title.toLowerCase()).slice(0, 24));

/** The numbers of those that are or were open, each once. */
export const leftIssues = async (view: TaskView, plane: Plane): Promise<readonly number[]> => {
  const issues = view.pipelines.flatMap(({ pipeline }) =>
    followUpsOf(pipeline).map(followUp => followUpIssue(followUp, view)),
  );
  const left = new Map(issues.map(issue => markFor(issue, { plane, view })).map(mark => [mark.key, mark]));
  const opened = await Promise.all([...left.values()].map(mark => plane.store.marked(mark)));
  return opened.flatMap(made => made?.result?.number ?? []);
};
