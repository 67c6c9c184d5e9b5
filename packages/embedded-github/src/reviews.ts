// Reviews. One line outside the diff refuses the whole review, and nobody may review their own pull request.

import * as z from "zod";
import { checkBody } from "./comments.ts";
import { forbidden, invalid, notFound, unprocessable } from "./failure.ts";
import { note } from "./issue-changes.ts";
import { findPull } from "./pulls.ts";
import { needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { addComment, addReview, emitReview, finish, Verdict } from "./review-changes.ts";
import { pageOfComments, visible } from "./review-comments.ts";
import { checkCommit, Line, placeLine } from "./review-lines.ts";
import { renderReview } from "./review-render.ts";
import type { Issue, Review } from "./state.ts";

const NewReview = z.object({
  commit_id: z.string().optional(),
  body: z.string().nullish(),
  event: z.union([Verdict, z.literal("PENDING")]).optional(),
  comments: z.array(z.object(Line)).default([]),
});
const Body = z.object({ body: z.string() });
const Submit = z.object({ body: z.string().nullish(), event: Verdict });
const Dismiss = z.object({ message: z.string() });

const read = needs("pull_requests", "read", "read");
const write = needs("pull_requests", "write", "read");
const dismissing = needs("pull_requests", "write", "write");
const base = "/repos/{owner}/{repo}/pulls/{pull_number}";
const one = `${base}/reviews/{review_id}`;

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
    handle: call => pageOfComments(call, row => row.reviewId === find(call).id),
  },
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

function listReviews(call: RepositoryCall) {
  const { number } = findPull(call);
  const found = call.repository.reviews.filter(review => review.number === number && visible(call, review));
  return page(call, found, review => renderReview(call.world, call.repository, review));
}

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
  said: { readonly event: Verdict; readonly body: string; readonly comments: number },
): void {
  const own = issue.authorId === call.user.id && said.event !== "COMMENT";
  const verb = said.event === "APPROVE" ? "approve" : "request changes on";
  if (own) throw unprocessable("Unprocessable Entity", [`Review Can not ${verb} your own pull request`]);
  const silent = said.body.trim() === "" && said.event !== "APPROVE" && said.comments === 0;
  const empty = said.event === "REQUEST_CHANGES" && said.body.trim() === "";
  if (silent || empty) throw unprocessable("Unprocessable Entity", ["Review body can't be blank"]);
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
  review.editedAt = call.world.stamp();
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
