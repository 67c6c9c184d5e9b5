// Reviews by people. Requested changes from somebody with write access are a return; the review and all its inline
// comments are one source. An approval counts for its commit; merging is what completes a task.

import { publish } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import { sources } from "../../core/model/sources.ts";
import { clean } from "../../core/text/clean.ts";
import type { Waiting } from "../jobs/done.ts";
import { may, wordsOf } from "../tasks/authority.ts";
import { once } from "../tasks/order.ts";
import { recordReturn } from "../tasks/returned.ts";
import { stateFact } from "../tasks/state.ts";
import { deedOf, obey } from "./command.ts";
import type { Incoming } from "./incoming.ts";
import { parseCommand, parseReturn } from "./parse-command.ts";

export const onReview = async (incoming: Incoming): Promise<Waiting | null> => {
  const { signal, plane, github } = incoming;
  const task = await taskOfPull(incoming);
  if (task === null || signal.pull === null || signal.review === null) return null;
  const review = await github.review(signal.pull, signal.review);
  if (review === null) return null;
  // Whoever wrote it: a merge may have been waiting for it, or be held by it.
  if (["APPROVED", "CHANGES_REQUESTED"].includes(review.state))
    await plane.store.askAgain([publish(task.id)]);
  const { id, user: by, submitted_at: at, commit_id: sha } = review;
  const said = { ...incoming, task, source: sources.review(id), by, at, sha };
  const rejects = review.state === "CHANGES_REQUESTED";
  const command =
    parseCommand(review.body) ?? (review.state === "APPROVED" ? ({ kind: "approve" } as const) : null);
  if (!rejects && command === null) return null;
  const deed = rejects || command === null ? "return" : deedOf(command);
  const state = wordsOf({ ...review, at }, github);
  if (!(await may(deed, { by, github, plane, state })).allowed) return null; // guard: review-is-asked
  if (!rejects && command !== null && command.kind !== "return")
    return once(said, order => obey(command, order));
  const { category, text } = command?.kind === "return" ? command : parseReturn(review.body);
  const findings = await findingsOf(incoming, review.id);
  return once(said, order => recordReturn({ ...order, category, text, findings }));
};

/** A dismissal lifts the block on GitHub and revokes an approval; a return stays counted. */
export const onReviewDismissed = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, github } = incoming;
  const task = await taskOfPull(incoming);
  if (task === null || signal.pull === null || signal.review === null) return;
  const review = await github.review(signal.pull, signal.review);
  if (review?.state !== "DISMISSED") return;
  // Only that approval: not one given since. A revoked rejection stays counted as a return.
  await stateFact(task, { kind: "approval_withdrawn", source: sources.review(review.id) }, { plane });
  await plane.store.askAgain([publish(task.id)]);
};

/** An inline comment counts by itself only if its review is not itself a rejection. */
export const onReviewComment = async (incoming: Incoming): Promise<Waiting | null> => {
  const { signal, plane, github } = incoming;
  const task = await taskOfPull(incoming);
  if (task === null || signal.comment === null || signal.pull === null) return null;
  const comment = await github.reviewComment(signal.comment);
  const command = comment === null ? null : parseCommand(comment.body);
  if (comment === null || command === null) return null;
  const review = comment.review_id === null ? null : await github.review(signal.pull, comment.review_id);
  if (review?.state === "CHANGES_REQUESTED") return null;
  const { id, user: by, created_at } = comment;
  // A draft counts as said when its review is submitted.
  const at = [created_at, review?.submitted_at ?? ""].toSorted().at(-1) ?? created_at;
  const state = wordsOf({ ...comment, at }, github);
  if (!(await may(deedOf(command), { by, github, plane, state })).allowed) return null; // guard: inline-comment-is-asked
  const said = { ...incoming, task, source: sources.reviewComment(id), by, at };
  return once(said, async order => {
    await github.react({ id: comment.id, kind: "review_comment" }, "eyes");
    if (command.kind !== "return" || command.text === "") return obey(command, order);
    const issue = clean(command.text).text;
    const finding: Finding = { severity: "high", file: comment.path, line: comment.line, issue, fix: null };
    return recordReturn({ ...order, category: command.category, text: "", findings: [finding] });
  });
};

const taskOfPull = async ({ signal, plane, project }: Incoming): Promise<TaskRecord | null> =>
  signal.pull === null ? null : plane.store.findTask({ project_id: project.id, pr_number: signal.pull });

const findingsOf = async ({ signal, github }: Incoming, review: number): Promise<readonly Finding[]> =>
  (await github.reviewComments(signal.pull as number, review)).map(comment => ({
    severity: "medium",
    file: comment.path,
    line: comment.line,
    issue: clean(comment.body, { limit: 4_000 }).text,
    fix: null,
  }));
