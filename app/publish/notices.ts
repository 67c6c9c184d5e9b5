// New comments, which notify people where edits do not: one per change into a state that waits for a person.
import { completesByItself } from "../../core/pipeline/completion.ts";
import { noticeComment } from "../../core/report/notice-comment.ts";
import { questionComment } from "../../core/report/question-comment.ts";
import type { TaskView } from "../../core/report/view.ts";
import { isCiSettled } from "./ci.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

export const publishNotices = async (publishing: Publishing): Promise<void> => {
  const { plane, github, view } = publishing;
  const { task, pipelines } = view;
  const { record } = pipelines.at(-1) ?? {};
  const key = `${task.status}:${record?.id ?? `task-${task.id}`}:${plane.sha256(task.status_reason).slice(0, 8)}`;
  const notice = (body: string | null) =>
    postOnce({ plane, github, issue: task.issue, key: `notice:${key}`, body: body ?? "" });
  switch (task.status) {
    case "needs_info":
      return notice(questionComment(view));
    case "blocked":
      // Which issues carry it on is known when they are open.
      if (record?.outcome === "superseded" && task.waits_for === null) return;
      return notice(noticeComment(view));
    case "review":
      // A pull request that waits for its checks is nobody's yet.
      if (!isCiSettled(publishing)) return;
      await askForReview(publishing, `ask_review:${record?.id}`);
      return completesItself(view) && task.pr_number !== null ? undefined : notice(noticeComment(view));
    case "done":
      return closeIssue(publishing);
    default:
      return;
  }
};

const completesItself = ({ pipelines }: TaskView): boolean => {
  const last = pipelines.at(-1);
  return last !== undefined && completesByItself(last.pipeline);
};

/**
 * Whoever asked, where the task does not complete by itself; and everybody whose rejection this pipeline dealt with: their
 * requested changes block until they look again. GitHub adds the code owners. Somebody who cannot review is no failure.
 */
const askForReview = async ({ plane, github, view }: Publishing, key: string): Promise<void> => {
  const { task, returns } = view;
  if (task.pr_number === null || (await plane.store.job(key)) !== null) return;
  const rejected = returns.flatMap(row =>
    row.source.startsWith("review:") && row.actor !== null ? [row.actor] : [],
  );
  const asked = completesItself(view) ? [] : [task.asked_by];
  for (const login of new Set([...asked, ...rejected])) {
    await github.requestReview(task.pr_number, login).catch(error => {
      if (error.retryable) throw error;
      plane.log(`${login} cannot be asked for a review: ${error.message}`);
    });
  }
  await plane.store.useOnce(key, { kind: "ask_review", now: plane.clock.now() });
};

/** `Closes #n` does it for merges into the default branch; other merges leave the issue open. */
const closeIssue = async ({ github, view }: Publishing): Promise<void> => {
  const issue = await github.issue(view.task.issue);
  if (issue?.state === "open") await github.closeIssue(view.task.issue);
};
