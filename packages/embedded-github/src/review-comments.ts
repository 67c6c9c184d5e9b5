// Comments on lines of a pull request: alone, as replies, changed, deleted.

import * as z from "zod";
import { can } from "./access.ts";
import { checkBody } from "./comments.ts";
import { Failure, forbidden, invalid, notFound } from "./failure.ts";
import { findPull } from "./pulls.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { addComment, addReview, emitComment, finish } from "./review-changes.ts";
import { checkCommit, NewLine, type Placed, placeLine } from "./review-lines.ts";
import { renderReviewComment } from "./review-render.ts";
import type { Issue, Review, ReviewComment } from "./state.ts";
import { must } from "./world.ts";

const Body = z.object({ body: z.string() });
const read = needs("pull_requests", "read", "read");
const write = needs("pull_requests", "write", "read");
const others = needs("pull_requests", "write", "write");
const base = "/repos/{owner}/{repo}/pulls/{pull_number}";
const comment = "/repos/{owner}/{repo}/pulls/comments/{comment_id}";

export const reviewCommentRoutes: readonly Route[] = [
  {
    method: "GET",
    path: `${base}/comments`,
    need: read,
    handle: call => pageOfComments(call, row => row.number === findPull(call).number),
  },
  { method: "POST", path: `${base}/comments`, need: write, handle: createComment },
  { method: "POST", path: `${base}/comments/{comment_id}/replies`, need: write, handle: reply },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/comments",
    need: read,
    handle: call => pageOfComments(call, () => true),
  },
  {
    method: "GET",
    path: comment,
    need: read,
    handle: call => ok(renderReviewComment(call.world, call.repository, findComment(call))),
  },
  { method: "PATCH", path: comment, need: write, handle: updateComment },
  { method: "DELETE", path: comment, need: write, handle: deleteComment },
];

function findComment(call: RepositoryCall): ReviewComment {
  return must(call.repository.reviewComments.find(row => row.id === call.number("comment_id")));
}

// Only its author sees a pending review.
export const visible = (call: RepositoryCall, review: Review): boolean =>
  review.state !== "PENDING" || review.authorId === call.user.id;

export function pageOfComments(call: RepositoryCall, wanted: (comment: ReviewComment) => boolean) {
  const { repository } = call;
  const hidden = new Set(
    repository.reviews.filter(review => !visible(call, review)).map(review => review.id),
  );
  const since = call.query.get("since") ?? "";
  const found = repository.reviewComments.filter(
    row => wanted(row) && !hidden.has(row.reviewId) && row.updatedAt >= since,
  );
  return page(call, found, row => renderReviewComment(call.world, repository, row));
}

async function createComment(call: RepositoryCall) {
  const issue = findPull(call);
  const wanted = call.read(NewLine);
  if (wanted.in_reply_to !== undefined) return replyTo(call, issue, wanted.in_reply_to, wanted.body);
  const commitId = await checkCommit(call, issue, wanted.commit_id);
  const placed = await placeLine(call, issue, { ...wanted, commitId }).catch(asLineError);
  return publish(call, issue, placed, null);
}

function asLineError(error: unknown): never {
  if (!(error instanceof Failure) || error.message !== "Unprocessable Entity") throw error;
  const field = "pull_request_review_thread.line";
  const message = `${field} must be part of the diff`;
  throw invalid({ resource: "PullRequestReviewComment", code: "custom", field, message });
}

/** As on GitHub, a single comment is a review by itself. */
async function publish(call: RepositoryCall, issue: Issue, placed: Placed, inReplyTo: number | null) {
  const review = addReview(call, issue, { body: "", commitId: placed.commitId });
  const row = addComment(call, review, placed, inReplyTo);
  await finish(call, issue, review, "COMMENT");
  return created(renderReviewComment(call.world, call.repository, row));
}

function reply(call: RepositoryCall) {
  return replyTo(call, findPull(call), call.number("comment_id"), call.read(Body).body);
}

async function replyTo(call: RepositoryCall, issue: Issue, id: number, body: string) {
  checkBody("PullRequestReviewComment", body);
  const parent = call.repository.reviewComments.find(row => row.id === id && row.number === issue.number);
  if (parent === undefined) throw notFound();
  // Replies to a reply belong to the thread's first comment.
  const { path, line, side, startLine, startSide, diffHunk, commitId } = parent;
  const placed = { path, line, side, startLine, startSide, diffHunk, commitId, body };
  return publish(call, issue, placed, parent.inReplyTo ?? parent.id);
}

const refuseOthers = (call: RepositoryCall, row: ReviewComment): void => {
  if (row.authorId !== call.user.id && !can(call.actor, call.repository, others))
    throw forbidden("Must have admin rights to Repository.");
};

async function updateComment(call: RepositoryCall) {
  const row = findComment(call);
  refuseOthers(call, row);
  const { body } = call.read(Body);
  checkBody("PullRequestReviewComment", body);
  const from = row.body;
  row.body = body;
  row.updatedAt = call.world.stamp();
  row.editedAt = row.updatedAt;
  const issue = must(call.repository.issues.find(issue => issue.number === row.number));
  if (from !== body) await emitComment(call, issue, "edited", row, { changes: { body: { from } } });
  return ok(renderReviewComment(call.world, call.repository, row));
}

async function deleteComment(call: RepositoryCall) {
  const row = findComment(call);
  refuseOthers(call, row);
  const issue = must(call.repository.issues.find(issue => issue.number === row.number));
  await emitComment(call, issue, "deleted", row);
  call.repository.reviewComments = call.repository.reviewComments.filter(one => one !== row);
  return noContent();
}
