// GitHub's shapes of a review and of its comments on lines.

import { association } from "./access.ts";
import { issueHtml, renderReactions } from "./issue-render.ts";
import { renderUser } from "./render.ts";
import type { Issue, Repository, Review, ReviewComment } from "./state.ts";
import { isGone, must, nodeId, repositoryUrl, userById, type World } from "./world.ts";

const issueOf = (repository: Repository, number: number): Issue =>
  must(repository.issues.find(issue => issue.number === number));

export function renderReview(world: World, repository: Repository, review: Review): Record<string, unknown> {
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${review.number}`;
  const html = `${issueHtml(world, repository, issueOf(repository, review.number))}#pullrequestreview-${review.id}`;
  const author = userById(world, review.authorId);
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: isGone(world, review.authorId) ? null : renderUser(world, author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: association(repository, author),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
  };
}

/** Webhooks and the timeline use lower case for the state; webhooks send null for an empty body. */
export const renderReviewEvent = (world: World, repository: Repository, review: Review) => ({
  ...renderReview(world, repository, review),
  event: "reviewed",
  state: review.state.toLowerCase(),
});

export function renderReviewHook(world: World, repository: Repository, review: Review) {
  const { event: _, ...shown } = renderReviewEvent(world, repository, review);
  return { ...shown, submitted_at: review.submittedAt, body: review.body === "" ? null : review.body };
}

export function renderReviewComment(
  world: World,
  repository: Repository,
  comment: ReviewComment,
): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/pulls/comments/${comment.id}`;
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${comment.number}`;
  const issue = issueOf(repository, comment.number);
  const html = `${issueHtml(world, repository, issue)}#discussion_r${comment.id}`;
  const author = userById(world, comment.authorId);
  // A comment on a commit that is no longer the head is outdated: its current line is unknown.
  const current = issue.pull?.headSha === comment.commitId ? comment.line : null;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    user: renderUser(world, author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: association(repository, author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    reactions: renderReactions(repository, `review-comment:${comment.id}`, url),
    start_line: current === null ? null : comment.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startSide,
    line: current,
    original_line: comment.line,
    side: comment.side,
    position: current === null ? null : comment.diffHunk.split("\n").length - 1,
    original_position: comment.diffHunk.split("\n").length - 1,
    subject_type: comment.line === null ? "file" : "line",
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
  };
}
