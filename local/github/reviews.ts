// Reviews and their comments on lines. One line outside the diff refuses the whole review, and nobody judges
// his own pull request.

import { z } from "zod";
import { can } from "./access.ts";
import { checkBody } from "./comments.ts";
import { Failure, forbidden, invalid, notFound, unprocessable } from "./failure.ts";
import { note } from "./issue-changes.ts";
import { renderPull } from "./pull-render.ts";
import { findPull } from "./pulls.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { checkCommit, Line, NewLine, type Placed, placeLine } from "./review-lines.ts";
import { renderReview, renderReviewComment, renderReviewHook } from "./review-render.ts";
import type { Issue, Review, ReviewComment, ReviewState } from "./state.ts";
import { must } from "./world.ts";

const Event = z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]);
const NewReview = z.object({
  commit_id: z.string().optional(),
  body: z.string().nullish(),
  event: z.union([Event, z.literal("PENDING")]).optional(),
  comments: z.array(z.object(Line)).default([]),
});
const Body = z.object({ body: z.string() });
const Submit = z.object({ body: z.string().nullish(), event: Event });
const Dismiss = z.object({ message: z.string() });

const read = needs("pull_requests", "read", "read");
const write = needs("pull_requests", "write", "read");
const dismissing = needs("pull_requests", "write", "write");
const base = "/repos/{owner}/{repo}/pulls/{pull_number}";
const one = `${base}/reviews/{review_id}`;
const comment = "/repos/{owner}/{repo}/pulls/comments/{comment_id}";

export const reviewRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/reviews`, need: read, handle: listReviews },
  { method: "POST", path: `${base}/reviews`, need: write, handle: createReview },
  { method: "GET", path: one, need: read, handle: call => shown(call, find(call)) },
  { method: "PUT", path: one, need: write, handle: updateReview },
  { method: "DELETE", path: one, need: write, handle: deletePending },
  { method: "POST", path: `${one}/events`, need: write, handle: submitReview },
  { method: "PUT", path: `${one}/dismissals`, need: dismissing, handle: dismissReview },
  {
    method: "GET",
    path: `${one}/comments`,
    need: read,
    handle: call => comments(call, row => row.reviewId === find(call).id),
  },
  {
    method: "GET",
    path: `${base}/comments`,
    need: read,
    handle: call => comments(call, row => row.number === findPull(call).number),
  },
  { method: "POST", path: `${base}/comments`, need: write, handle: createComment },
  { method: "POST", path: `${base}/comments/{comment_id}/replies`, need: write, handle: reply },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/comments",
    need: read,
    handle: call => comments(call, () => true),
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

const shown = (call: RepositoryCall, review: Review) => ok(renderReview(call.world, call.repository, review));

function find(call: RepositoryCall): Review {
  const { number } = findPull(call);
  const review = call.repository.reviews.find(
    row => row.id === call.number("review_id") && row.number === number,
  );
  if (review === undefined || (review.state === "PENDING" && review.authorId !== call.user.id))
    throw notFound();
  return review;
}

function findComment(call: RepositoryCall): ReviewComment {
  return must(call.repository.reviewComments.find(row => row.id === call.number("comment_id")));
}

// A pending review is seen by its author only.
const visible = (call: RepositoryCall, review: Review): boolean =>
  review.state !== "PENDING" || review.authorId === call.user.id;

function listReviews(call: RepositoryCall) {
  const { number } = findPull(call);
  const found = call.repository.reviews.filter(review => review.number === number && visible(call, review));
  return page(call, found, review => renderReview(call.world, call.repository, review));
}

function comments(call: RepositoryCall, wanted: (comment: ReviewComment) => boolean) {
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

const STATES: Readonly<Record<z.output<typeof Event>, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

async function createReview(call: RepositoryCall) {
  const issue = findPull(call);
  const wanted = call.read(NewReview);
  const event = wanted.event === "PENDING" ? undefined : wanted.event;
  const body = wanted.body ?? "";
  if (event !== undefined) checkVerdict(call, issue, { event, body, comments: wanted.comments.length });
  if ([...body].length > 65_536)
    throw unprocessable("Unprocessable Entity", ["Body is too long (maximum is 65536 characters)"]);
  refuseSecondPending(call, issue);
  const commitId = await checkCommit(call, issue, wanted.commit_id);
  const lines = await Promise.all(wanted.comments.map(line => placeLine(call, issue, { ...line, commitId })));
  const review = addReview(call, issue, { body, commitId });
  for (const line of lines) addComment(call, review, line);
  if (event !== undefined) await finish(call, issue, review, event);
  return shown(call, review);
}

function refuseSecondPending(call: RepositoryCall, issue: Issue): void {
  const pending = call.repository.reviews.some(
    review =>
      review.number === issue.number && review.authorId === call.user.id && review.state === "PENDING",
  );
  if (pending)
    throw unprocessable("Unprocessable Entity", ["User can only have one pending review per pull request"]);
}

function checkVerdict(
  call: RepositoryCall,
  issue: Issue,
  said: { readonly event: z.output<typeof Event>; readonly body: string; readonly comments: number },
): void {
  const own = issue.authorId === call.user.id && said.event !== "COMMENT";
  const verb = said.event === "APPROVE" ? "approve" : "request changes on";
  if (own) throw unprocessable("Unprocessable Entity", [`Review Can not ${verb} your own pull request`]);
  const silent = said.body.trim() === "" && said.event !== "APPROVE" && said.comments === 0;
  const empty = said.event === "REQUEST_CHANGES" && said.body.trim() === "";
  if (silent || empty) throw unprocessable("Unprocessable Entity", ["Review body can't be blank"]);
}

function addReview(
  call: RepositoryCall,
  issue: Issue,
  said: { readonly body: string; readonly commitId: string },
): Review {
  const review: Review = {
    id: call.world.id(),
    number: issue.number,
    authorId: call.user.id,
    body: said.body,
    state: "PENDING",
    commitId: said.commitId,
    submittedAt: null,
    minimized: null,
  };
  call.repository.reviews.push(review);
  return review;
}

function addComment(
  call: RepositoryCall,
  review: Review,
  placed: Placed,
  inReplyTo: number | null = null,
): ReviewComment {
  const { world, repository, user } = call;
  const now = world.stamp();
  const row: ReviewComment = {
    ...placed,
    id: world.id(),
    reviewId: review.id,
    number: review.number,
    inReplyTo,
    authorId: user.id,
    createdAt: now,
    updatedAt: now,
    resolvedBy: null,
    minimized: null,
  };
  repository.reviewComments.push(row);
  return row;
}

async function finish(
  call: RepositoryCall,
  issue: Issue,
  review: Review,
  event: z.output<typeof Event>,
): Promise<void> {
  review.state = STATES[event];
  review.submittedAt = call.world.stamp();
  issue.updatedAt = review.submittedAt;
  const pull = must(issue.pull);
  pull.requestedReviewers = pull.requestedReviewers.filter(id => id !== call.user.id);
  await emitReview(call, issue, "submitted", review);
  for (const row of call.repository.reviewComments.filter(one => one.reviewId === review.id))
    await emitComment(call, issue, "created", row);
}

async function emitReview(
  call: RepositoryCall,
  issue: Issue,
  action: string,
  review: Review,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { world, repository, user } = call;
  const payload = {
    review: renderReviewHook(world, repository, review),
    pull_request: await renderPull(world, repository, issue),
    ...more,
  };
  world.emit({ event: "pull_request_review", action, repository, sender: user, payload });
}

async function emitComment(
  call: RepositoryCall,
  issue: Issue,
  action: string,
  row: ReviewComment,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { world, repository, user } = call;
  const payload = {
    comment: renderReviewComment(world, repository, row),
    pull_request: await renderPull(world, repository, issue),
    ...more,
  };
  world.emit({ event: "pull_request_review_comment", action, repository, sender: user, payload });
}

async function submitReview(call: RepositoryCall) {
  const issue = findPull(call);
  const review = find(call);
  const wanted = call.read(Submit);
  if (review.state !== "PENDING")
    throw unprocessable("Unprocessable Entity", ["Review has already been submitted"]);
  const body = wanted.body ?? review.body;
  const lines = call.repository.reviewComments.filter(row => row.reviewId === review.id).length;
  checkVerdict(call, issue, { event: wanted.event, body, comments: lines });
  review.body = body;
  await finish(call, issue, review, wanted.event);
  return shown(call, review);
}

async function updateReview(call: RepositoryCall) {
  const issue = findPull(call);
  const review = find(call);
  if (review.authorId !== call.user.id) throw forbidden("You can only update your own reviews.");
  const { body } = call.read(Body);
  checkBody("PullRequestReview", body);
  const from = review.body;
  review.body = body;
  if (from !== body && review.state !== "PENDING")
    await emitReview(call, issue, "edited", review, { changes: { body: { from } } });
  return shown(call, review);
}

function deletePending(call: RepositoryCall) {
  const review = find(call);
  if (review.state !== "PENDING") throw unprocessable("Can not delete a non-pending pull request review");
  const { repository } = call;
  repository.reviews = repository.reviews.filter(row => row !== review);
  repository.reviewComments = repository.reviewComments.filter(row => row.reviewId !== review.id);
  return shown(call, review);
}

async function dismissReview(call: RepositoryCall) {
  const issue = findPull(call);
  const review = find(call);
  const { message } = call.read(Dismiss);
  if (message.trim() === "")
    throw invalid({ resource: "PullRequestReview", field: "message", code: "missing_field" });
  if (!["APPROVED", "CHANGES_REQUESTED"].includes(review.state))
    throw unprocessable("Validation Failed", [
      `Can not dismiss a ${review.state.toLowerCase()} pull request review`,
    ]);
  const state = review.state.toLowerCase();
  review.state = "DISMISSED";
  note(call, issue, "review_dismissed", {
    dismissed_review: { state, review_id: review.id, dismissal_message: message },
  });
  await emitReview(call, issue, "dismissed", review);
  return shown(call, review);
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

/** A single comment is a review of its own, as on GitHub. */
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
  if (row.authorId !== call.user.id && !can(call.actor, call.repository, dismissing))
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
