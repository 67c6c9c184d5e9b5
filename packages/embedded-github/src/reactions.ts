// Reactions on issues, comments and review comments. Repeating a reaction has no effect.

import * as z from "zod";
import { forbidden, notFound } from "./failure.ts";
import { findIssue } from "./issue-changes.ts";
import { renderUserId } from "./render.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Reaction } from "./state.ts";
import { nodeId, type World } from "./world.ts";

const Content = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});
const read = needs("issues|pull_requests", "read", "read");
const write = needs("issues|pull_requests", "write", "read");

type Subject = (call: RepositoryCall) => string;
const subjects: readonly (readonly [string, Subject])[] = [
  ["/repos/{owner}/{repo}/issues/{issue_number}", call => `issue:${findIssue(call).id}`],
  [
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    call => `comment:${existing(call.repository.comments, call.number("comment_id"))}`,
  ],
  [
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
    call => `review-comment:${existing(call.repository.reviewComments, call.number("comment_id"))}`,
  ],
];

function existing(rows: readonly { readonly id: number }[], id: number): number {
  if (!rows.some(row => row.id === id)) throw notFound();
  return id;
}

export const reactionRoutes: readonly Route[] = subjects.flatMap(([path, subject]): readonly Route[] => [
  { method: "GET", path: `${path}/reactions`, need: read, handle: call => list(call, subject(call)) },
  { method: "POST", path: `${path}/reactions`, need: write, handle: call => react(call, subject(call)) },
  { method: "DELETE", path: `${path}/reactions/{reaction_id}`, need: write, handle: remove },
]);

const render = (world: World, reaction: Reaction) => ({
  id: reaction.id,
  node_id: nodeId("REA", reaction.id),
  user: renderUserId(world, reaction.userId),
  content: reaction.content,
  created_at: reaction.createdAt,
});

function list(call: RepositoryCall, subject: string) {
  const content = call.query.get("content");
  const found = call.repository.reactions.filter(
    one => one.subject === subject && (content === null || one.content === content),
  );
  return page(call, found, reaction => render(call.world, reaction));
}

function react(call: RepositoryCall, subject: string) {
  const { content } = call.read(Content);
  const { world, repository, user } = call;
  const same = repository.reactions.find(
    one => one.subject === subject && one.content === content && one.userId === user.id,
  );
  if (same !== undefined) return ok(render(world, same));
  const reaction = { id: world.id(), subject, content, userId: user.id, createdAt: world.stamp() };
  repository.reactions.push(reaction);
  return created(render(world, reaction));
}

function remove(call: RepositoryCall) {
  const { repository, user } = call;
  const reaction = repository.reactions.find(one => one.id === call.number("reaction_id"));
  if (reaction === undefined) throw notFound();
  if (reaction.userId !== user.id) throw forbidden("You can only delete your own reactions.");
  repository.reactions = repository.reactions.filter(one => one !== reaction);
  return noContent();
}
