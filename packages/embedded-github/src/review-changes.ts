// The life of a review and its comments: stored, submitted, announced.

import * as z from "zod";
import { renderPull } from "./pull-render.ts";
import type { RepositoryCall } from "./rest.ts";
import type { Placed } from "./review-lines.ts";
import { renderReviewComment, renderReviewHook } from "./review-render.ts";
import type { Issue, Review, ReviewComment, ReviewState } from "./state.ts";
import { must } from "./world.ts";

export const Verdict = z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]);
export type Verdict = z.infer<typeof Verdict>;

const STATES: Readonly<Record<Verdict, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

export function addReview(
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
    editedAt: null,
    minimized: null,
  };
  call.repository.reviews.push(review);
  return review;
}

export function addComment(
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
    editedAt: null,
    minimized: null,
  };
  repository.reviewComments.push(row);
  return row;
}

export async function finish(
  call: RepositoryCall,
  issue: Issue,
  review: Review,
  event: Verdict,
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

export async function emitReview(
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

export async function emitComment(
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
