// The GraphQL objects that Apps query. A field is a value, or a function of its arguments.

import { canSee } from "./access.ts";
import type { Actor } from "./auth.ts";
import { Failure } from "./failure.ts";
import { type Commit, commitOf } from "./git-read.ts";
import { userOfEmail } from "./identity.ts";
import { issueHtml } from "./issue-render.ts";
import { latestReviews, mergeability } from "./pull-state.ts";
import { renderUser } from "./render.ts";
import type { Comment, Issue, Repository, Review, ReviewComment, User } from "./state.ts";
import {
  fullName,
  gitDirectory,
  htmlUrl,
  isGone,
  must,
  nodeId,
  ownerOf,
  parseNodeId,
  userById,
  type World,
} from "./world.ts";

export type Resolver = (args: Readonly<Record<string, unknown>>) => unknown;
export interface GraphObject {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

const authorObject = (world: World, id: number): GraphObject | null =>
  isGone(world, id) ? null : actorObject(world, userById(world, id));

export function actorObject(world: World, user: User): GraphObject {
  return {
    __typename: user.type,
    id: nodeId(user.type === "Bot" ? "BOT" : "U", user.id),
    // GraphQL names bots without the suffix.
    login: user.login.replace(/\[bot\]$/, ""),
    databaseId: user.id,
    name: user.name,
    url: String(renderUser(world, user).html_url),
  };
}

const connection =
  (typename: string, nodes: readonly unknown[]): Resolver =>
  args => {
    const first = typeof args.first === "number" ? args.first : nodes.length;
    const shown = typeof args.last === "number" ? nodes.slice(-args.last) : nodes.slice(0, first);
    return {
      __typename: typename,
      nodes: shown,
      totalCount: nodes.length,
      pageInfo: { __typename: "PageInfo", hasNextPage: shown.length < nodes.length, endCursor: null },
    };
  };

export function repositoryObject(world: World, repository: Repository): GraphObject {
  const numbered = (wanted: "pull" | "issue") => (args: Readonly<Record<string, unknown>>) => {
    const issue = repository.issues.find(
      one => one.number === args.number && one.gone === null && (one.pull !== null) === (wanted === "pull"),
    );
    if (issue === undefined) return null;
    return wanted === "pull" ? pullObject(world, repository, issue) : issueObject(world, repository, issue);
  };
  return {
    __typename: "Repository",
    id: nodeId("R", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(world, repository),
    url: htmlUrl(world, repository),
    isPrivate: repository.private,
    autoMergeAllowed: repository.allowAutoMerge,
    owner: actorObject(world, ownerOf(world, repository)),
    pullRequest: numbered("pull"),
    issue: numbered("issue"),
    object: async (args: Readonly<Record<string, unknown>>) => {
      const commit = await commitOf(gitDirectory(world, repository), String(args.oid)).catch(() => null);
      return commit === null ? null : commitObject(world, commit);
    },
  };
}

/** The author first, then those named in the message's trailers; each with the account that has the address, if any. */
function commitObject(world: World, { sha, message, author, committer }: Commit): GraphObject {
  const trailers = [...message.matchAll(/^co-authored-by:\s*(.*?)\s*<([^<>]+)>\s*$/gim)];
  const actor = (name: string, email: string): GraphObject => {
    const user = userOfEmail(world, email);
    return {
      __typename: "GitActor",
      name,
      email,
      user: user?.type === "User" ? actorObject(world, user) : null,
    };
  };
  return {
    __typename: "Commit",
    oid: sha,
    message,
    committer: actor(committer.name, committer.email),
    authors: connection("GitActorConnection", [
      actor(author.name, author.email),
      ...trailers.map(([, name = "", email = ""]) => actor(name, email)),
    ]),
  };
}

function issueObject(world: World, repository: Repository, issue: Issue): GraphObject {
  const mine = repository.comments.filter(comment => comment.number === issue.number);
  return {
    __typename: "Issue",
    id: nodeId("I", issue.id),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    url: issueHtml(world, repository, issue),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    locked: issue.locked,
    author: authorObject(world, issue.authorId),
    lastEditedAt: issue.editedAt,
    timelineItems: renames(repository, issue),
    repository: () => repositoryObject(world, repository),
    comments: connection(
      "IssueCommentConnection",
      mine.map(comment => commentObject(world, repository, comment)),
    ),
  };
}

/** Of the timeline's many item types only renames are here, and must be asked for. */
const renames =
  (repository: Repository, issue: Issue): Resolver =>
  args => {
    const wanted = (args.itemTypes ?? []) as readonly unknown[];
    if (wanted.length !== 1 || wanted[0] !== "RENAMED_TITLE_EVENT")
      throw new Failure(501, `Embedded GitHub has no timeline items ${wanted.join(", ")}`);
    const nodes = repository.timeline
      .filter(event => event.number === issue.number && event.event === "renamed")
      .map(event => ({ __typename: "RenamedTitleEvent", createdAt: event.createdAt }));
    return connection(
      issue.pull === null ? "IssueTimelineItemsConnection" : "PullRequestTimelineItemsConnection",
      nodes,
    )(args);
  };

const MERGEABLE = new Map([
  [true, "MERGEABLE"],
  [false, "CONFLICTING"],
]);

function pullObject(world: World, repository: Repository, issue: Issue): GraphObject {
  const pull = must(issue.pull);
  const state = async () => mergeability(world, repository, issue);
  const auto = pull.autoMerge;
  return {
    ...issueObject(world, repository, issue),
    __typename: "PullRequest",
    id: nodeId("PR", pull.id),
    databaseId: pull.id,
    state: pull.mergedAt === null ? issue.state.toUpperCase() : "MERGED",
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    closed: issue.state === "closed",
    headRefOid: pull.headSha,
    headRefName: pull.headRef,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    mergeable: async () => MERGEABLE.get((await state()).mergeable ?? ("" as never)) ?? "UNKNOWN",
    mergeStateStatus: async () => (await state()).state.toUpperCase(),
    reviewDecision: decision(repository, issue),
    autoMergeRequest:
      auto === null
        ? null
        : {
            __typename: "AutoMergeRequest",
            enabledAt: auto.enabledAt,
            enabledBy: actorObject(world, userById(world, auto.enabledBy)),
            mergeMethod: auto.method.toUpperCase(),
            commitHeadline: auto.title,
            commitBody: auto.message,
          },
    reviewThreads: connection("PullRequestReviewThreadConnection", threads(world, repository, issue)),
  };
}

function decision(repository: Repository, issue: Issue): string | null {
  const said = latestReviews(repository, issue).map(review => review.state);
  if (said.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  if (said.includes("APPROVED")) return "APPROVED";
  return (repository.protections[must(issue.pull).baseRef]?.requiredApprovals ?? 0) > 0
    ? "REVIEW_REQUIRED"
    : null;
}

const threads = (world: World, repository: Repository, issue: Issue): GraphObject[] =>
  repository.reviewComments
    .filter(comment => comment.number === issue.number && comment.inReplyTo === null)
    .map(comment => threadObject(world, repository, comment));

export function threadObject(world: World, repository: Repository, root: ReviewComment): GraphObject {
  const all = repository.reviewComments.filter(one => one.id === root.id || one.inReplyTo === root.id);
  const pull = repository.issues.find(issue => issue.number === root.number)?.pull;
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", root.id),
    isResolved: root.resolvedBy !== null,
    isOutdated: pull?.headSha !== root.commitId,
    path: root.path,
    line: root.line,
    resolvedBy: root.resolvedBy === null ? null : actorObject(world, userById(world, root.resolvedBy)),
    comments: connection(
      "PullRequestReviewCommentConnection",
      all.map(one => reviewCommentObject(world, one)),
    ),
  };
}

const minimizable = (row: { readonly minimized: string | null }) => ({
  isMinimized: row.minimized !== null,
  minimizedReason: row.minimized?.toLowerCase() ?? null,
});

const reviewCommentObject = (world: World, comment: ReviewComment): GraphObject => ({
  __typename: "PullRequestReviewComment",
  id: nodeId("PRRC", comment.id),
  databaseId: comment.id,
  body: comment.body,
  lastEditedAt: comment.editedAt,
  path: comment.path,
  author: authorObject(world, comment.authorId),
  ...minimizable(comment),
});

const commentObject = (world: World, _: Repository, comment: Comment): GraphObject => ({
  __typename: "IssueComment",
  id: nodeId("IC", comment.id),
  databaseId: comment.id,
  body: comment.body,
  createdAt: comment.createdAt,
  lastEditedAt: comment.editedAt,
  author: authorObject(world, comment.authorId),
  ...minimizable(comment),
});

const reviewObject = (world: World, review: Review): GraphObject => ({
  __typename: "PullRequestReview",
  id: nodeId("PRR", review.id),
  databaseId: review.id,
  body: review.body,
  lastEditedAt: review.editedAt,
  state: review.state,
  author: authorObject(world, review.authorId),
  ...minimizable(review),
});

export type Node =
  | { readonly kind: "issue" | "pull"; readonly repository: Repository; readonly row: Issue }
  | { readonly kind: "comment"; readonly repository: Repository; readonly row: Comment }
  | { readonly kind: "review"; readonly repository: Repository; readonly row: Review }
  | {
      readonly kind: "review-comment" | "thread";
      readonly repository: Repository;
      readonly row: ReviewComment;
    }
  | { readonly kind: "repository"; readonly repository: Repository };

/** The object with a global id, if the actor can see it. */
export function findNode(world: World, actor: Actor, globalId: string): Node | null {
  const parsed = parseNodeId(globalId);
  if (parsed === null) return null;
  for (const repository of world.state.repositories) {
    const node = canSee(actor, repository) ? nodeIn(repository, parsed) : null;
    if (node !== null) return node;
  }
  return null;
}

function nodeIn(repository: Repository, { prefix, id }: { prefix: string; id: number }): Node | null {
  const found = <T extends { id: number }>(rows: readonly T[]) => rows.find(row => row.id === id);
  const issue = repository.issues.find(
    one => (prefix === "PR" ? one.pull?.id : one.id) === id && one.gone === null,
  );
  const comment = found(repository.comments);
  const review = found(repository.reviews);
  const line = found(repository.reviewComments);
  if (prefix === "R" && repository.id === id) return { kind: "repository", repository };
  if (prefix === "I" && issue !== undefined) return { kind: "issue", repository, row: issue };
  if (prefix === "PR" && issue !== undefined) return { kind: "pull", repository, row: issue };
  if (prefix === "IC" && comment !== undefined) return { kind: "comment", repository, row: comment };
  if (prefix === "PRR" && review !== undefined) return { kind: "review", repository, row: review };
  if (prefix === "PRRC" && line !== undefined) return { kind: "review-comment", repository, row: line };
  return prefix === "PRRT" && line !== undefined ? { kind: "thread", repository, row: line } : null;
}

export function nodeObject(world: World, node: Node): GraphObject {
  switch (node.kind) {
    case "repository":
      return repositoryObject(world, node.repository);
    case "issue":
      return issueObject(world, node.repository, node.row);
    case "pull":
      return pullObject(world, node.repository, node.row);
    case "comment":
      return commentObject(world, node.repository, node.row);
    case "review":
      return reviewObject(world, node.row);
    case "review-comment":
      return reviewCommentObject(world, node.row);
    case "thread":
      return threadObject(world, node.repository, node.row);
    default:
      throw new Error(String(node satisfies never));
  }
}
