// Whenever Kin stops and waits for a person, it tells them once per wait in a way that GitHub sends a notification for:
// a request for a review, or a new comment that mentions them. Edits notify nobody.
import { marks } from "../../core/model/keys.ts";
import { reviewIn } from "../../core/model/sources.ts";
import { reviewStateOf } from "../../core/report/headline.ts";
import { waitingFor } from "../../core/report/mention.ts";
import { noticeComment } from "../../core/report/notice-comment.ts";
import { questionComment } from "../../core/report/question-comment.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

export const publishNotices = async (publishing: Publishing): Promise<void> => {
  const { view } = publishing;
  const { task, pipelines } = view;
  switch (task.status) {
    case "needs_info":
      return tell(publishing, questionComment(view));
    case "blocked": {
      const isHandedOver = pipelines.at(-1)?.record.outcome === "superseded";
      // Not yet known which issues carry it on.
      if (isHandedOver && task.waits_for === null) return;
      return tell(publishing, noticeComment(view, isCarriedOn(publishing) ? [] : [waitingFor(view)]));
    }
    case "review":
      return tellOfReview(publishing);
    case "done":
      return closeIssue(publishing);
    default:
      return;
  }
};

const tell = (
  { plane, github, view }: Publishing,
  body: string,
  state: string = view.task.status,
): Promise<void> => {
  const { task, pipelines } = view;
  const of = pipelines.at(-1)?.record.id ?? `task-${task.id}`;
  const mark = marks.notice({ state, of, hash: plane.sha256(task.status_reason).slice(0, 8) });
  return postOnce({ plane, github, issue: task.issue, mark, body });
};

/** Kin works on the issues that this task waits for, so nobody has to do anything. */
const isCarriedOn = ({ view: { task, pipelines } }: Publishing): boolean => {
  const last = pipelines.at(-1)?.pipeline;
  const starts = last?.outcome?.handover?.kind !== "children" || last.opening.config.trigger.follow_ups;
  return (task.waits_for ?? []).length > 0 && starts;
};

/** A comment tells people whose review cannot be requested, or has been requested since an earlier wait. */
const tellOfReview = async (publishing: Publishing): Promise<void> => {
  const { view } = publishing;
  const { task } = view;
  const person = waitingFor(view);
  if (task.pr_number === null) return tell(publishing, noticeComment(view, [person]));
  const state = reviewStateOf(view);
  // Nobody has to act while checks run, and whoever made it a draft again knows.
  if (state === "checks" || state === "draft") return;
  const asked = state === "review" ? [person, ...rejecters(publishing)] : rejecters(publishing);
  const unasked = await requestReviews(publishing, { pull: task.pr_number, logins: new Set(asked) });
  const approved = task.approval !== null && task.approval.sha === task.head_sha;
  // Whoever approved was just here, and knows that the merge is theirs.
  const told = state === "merge" && !approved ? [person, ...unasked] : unasked;
  if (told.length > 0) await tell(publishing, noticeComment(view, told), state);
};

/** Their requested changes block until they look again. */
const rejecters = ({ view: { returns } }: Publishing): readonly string[] =>
  returns.flatMap(row => (reviewIn(row.source) !== null && row.actor !== null ? [row.actor] : []));

/**
 * Returns who has to be told in another way. GitHub adds the code owners. Earlier requests are recorded first, so that
 * after a crash any others are known to be Kin's own for this wait.
 */
const requestReviews = async (
  { plane, github, view }: Publishing,
  { pull, logins }: { readonly pull: number; readonly logins: ReadonlySet<string> },
): Promise<readonly string[]> => {
  const pipeline = view.pipelines.at(-1)?.record.id;
  const [asking, asked] = [marks.asking(pipeline), marks.asked(pipeline)];
  const done = await plane.store.marked(asked);
  if (done !== null) return done.result.unasked;
  const now = plane.clock.now();
  const there = (await github.pull(pull))?.requested ?? [];
  await plane.store.markOnce(asking, { now, result: { before: [...there] } });
  const before = (await plane.store.marked(asking))?.result.before ?? [];
  const unasked: string[] = [];
  for (const login of logins) {
    const has = (list: readonly string[]) => list.some(one => one.toLowerCase() === login.toLowerCase());
    if (has(before)) unasked.push(login);
    else if (!has(there)) {
      const isAsked = await github.requestReview(pull, login).then(
        () => true,
        error => {
          if (error.retryable) throw error;
          plane.log(`${login} cannot be asked for a review: ${error.message}`);
          return false;
        },
      );
      if (!isAsked) unasked.push(login);
    }
  }
  await plane.store.markOnce(asked, { now, result: { unasked } });
  return unasked;
};

/** `Closes #n` only works for merges into the default branch; other merges leave the issue open. */
const closeIssue = async ({ github, view }: Publishing): Promise<void> => {
  const issue = await github.issue(view.task.issue);
  if (issue?.state === "open") await github.closeIssue(view.task.issue);
};
