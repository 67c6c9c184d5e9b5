// Comments on issues and pull requests.

import * as z from "zod";
import { can } from "./access.ts";
import { forbidden, invalid, notFound } from "./failure.ts";
import { findIssue } from "./issue-changes.ts";
import { renderComment, renderIssue } from "./issue-render.ts";
import { checkText, refuseLocked } from "./issues.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Comment } from "./state.ts";

const Body = z.object({ body: z.string() });
const read = needs("issues|pull_requests", "read", "read");
const write = needs("issues|pull_requests", "write", "read");
const others = needs("issues|pull_requests", "write", "write");
const base = "/repos/{owner}/{repo}/issues";

export const commentRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/{issue_number}/comments`, need: read, handle: listComments },
  { method: "POST", path: `${base}/{issue_number}/comments`, need: write, handle: createComment },
  { method: "GET", path: `${base}/comments`, need: read, handle: listAll },
  {
    method: "GET",
    path: `${base}/comments/{comment_id}`,
    need: read,
    handle: call => shown(call, find(call)),
  },
  { method: "PATCH", path: `${base}/comments/{comment_id}`, need: write, handle: updateComment },
  { method: "DELETE", path: `${base}/comments/{comment_id}`, need: write, handle: deleteComment },
];

const shown = (call: RepositoryCall, comment: Comment) =>
  ok(renderComment(call.world, call.repository, comment));

function find(call: RepositoryCall): Comment {
  const comment = call.repository.comments.find(one => one.id === call.number("comment_id"));
  if (comment === undefined) throw notFound();
  return comment;
}

export function checkBody(resource: string, body: string): void {
  if (body.trim() === "")
    throw invalid({ resource, field: "body", code: "custom", message: "body can't be blank" });
  checkText(resource, { body });
}

function createComment(call: RepositoryCall) {
  const { world, repository, user, appId } = call;
  const issue = findIssue(call);
  // An App that may only write pull requests cannot comment on issues.
  if (issue.pull === null && !can(call.actor, repository, needs("issues", "write", "read")))
    throw forbidden();
  refuseLocked(call, issue);
  const { body } = call.read(Body);
  checkBody("IssueComment", body);
  const now = world.stamp();
  const comment: Comment = {
    id: world.id(),
    number: issue.number,
    body,
    authorId: user.id,
    appId,
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    minimized: null,
  };
  repository.comments.push(comment);
  issue.updatedAt = now;
  emit(call, "created", comment);
  return created(renderComment(world, repository, comment));
}

function emit(
  call: RepositoryCall,
  action: string,
  comment: Comment,
  more: Record<string, unknown> = {},
): void {
  const { world, repository, user } = call;
  const issue = repository.issues.find(one => one.number === comment.number);
  if (issue === undefined) return;
  const payload = {
    issue: renderIssue(world, repository, issue),
    comment: renderComment(world, repository, comment),
    ...more,
  };
  world.emit({ event: "issue_comment", action, repository, sender: user, payload });
}

const refuseOthers = (call: RepositoryCall, comment: Comment): void => {
  if (comment.authorId !== call.user.id && !can(call.actor, call.repository, others))
    throw forbidden("Must have admin rights to Repository.");
};

function updateComment(call: RepositoryCall) {
  const comment = find(call);
  refuseOthers(call, comment);
  const { body } = call.read(Body);
  checkBody("IssueComment", body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = call.world.stamp();
  comment.editedAt = comment.updatedAt;
  if (from !== body) emit(call, "edited", comment, { changes: { body: { from } } });
  return shown(call, comment);
}

function deleteComment(call: RepositoryCall) {
  const comment = find(call);
  refuseOthers(call, comment);
  emit(call, "deleted", comment);
  call.repository.comments = call.repository.comments.filter(one => one !== comment);
  return noContent();
}

function listComments(call: RepositoryCall) {
  const { number } = findIssue(call);
  const since = call.query.get("since") ?? "";
  const found = call.repository.comments.filter(one => one.number === number && one.updatedAt >= since);
  return page(call, found, comment => renderComment(call.world, call.repository, comment));
}

function listAll(call: RepositoryCall) {
  const since = call.query.get("since") ?? "";
  const found = call.repository.comments.filter(one => one.updatedAt >= since);
  if (call.query.get("direction") === "desc") found.reverse();
  return page(call, found, comment => renderComment(call.world, call.repository, comment));
}
