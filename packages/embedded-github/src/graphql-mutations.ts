// The mutations that REST has no route for: draft and ready, auto-merge, hiding comments, resolving threads,
// transferring and deleting issues.

import * as z from "zod";
import { appOf, can, demand, type Need, personOf } from "./access.ts";
import type { Actor } from "./auth.ts";
import { Failure, unprocessable } from "./failure.ts";
import { findNode, type GraphObject, type Node, nodeObject, threadObject } from "./graphql-objects.ts";
import { announce } from "./issue-changes.ts";
import { renderIssue } from "./issue-render.ts";
import { makeIssue } from "./issues.ts";
import { disableAutoMerge, enableAutoMerge, mergeWhatIsReady, setDraft } from "./pull-changes.ts";
import { renderRepository } from "./render.ts";
import { needs, recordWrite } from "./rest.ts";
import type { Issue } from "./state.ts";
import type { Deed, World } from "./world.ts";

interface Mutating extends Deed {
  readonly actor: Actor;
  readonly node: Node;
}

type Mutation = (world: World, actor: Actor, input: unknown) => Promise<GraphObject>;

const pullWrite = needs("pull_requests", "write", "write");
const contents = needs("contents", "write", "write");
const issuesWrite = needs("issues", "write", "triage");
const either = needs("issues|pull_requests", "write", "triage");

const PullId = z.object({ pullRequestId: z.string() });
const AutoMerge = PullId.extend({
  mergeMethod: z.enum(["MERGE", "SQUASH", "REBASE"]).default("MERGE"),
  commitHeadline: z.string().nullish(),
  commitBody: z.string().nullish(),
  expectedHeadOid: z.string().nullish(),
});
const Minimize = z.object({
  subjectId: z.string(),
  classifier: z.enum(["SPAM", "ABUSE", "OFF_TOPIC", "OUTDATED", "DUPLICATE", "RESOLVED"]),
});
const Thread = z.object({ threadId: z.string() });
const Transfer = z.object({ issueId: z.string(), repositoryId: z.string() });
const IssueId = z.object({ issueId: z.string() });

const mutations: Readonly<Record<string, Mutation>> = {
  markPullRequestReadyForReview: onPull(PullId, [pullWrite, contents], async (deed, issue) =>
    setDraft(deed, issue, false),
  ),
  convertPullRequestToDraft: onPull(PullId, [pullWrite, contents], async (deed, issue) =>
    setDraft(deed, issue, true),
  ),
  enablePullRequestAutoMerge: onPull(AutoMerge, [pullWrite, contents], async (deed, issue, input) =>
    enableAutoMerge(deed, issue, {
      method: input.mergeMethod.toLowerCase() as "merge",
      title: input.commitHeadline ?? undefined,
      message: input.commitBody ?? undefined,
      head: input.expectedHeadOid ?? undefined,
    }),
  ),
  disablePullRequestAutoMerge: onPull(PullId, [pullWrite, contents], async (deed, issue) =>
    disableAutoMerge(deed, issue),
  ),
  minimizeComment: mutation(
    Minimize,
    input => input.subjectId,
    [either],
    async (deed, input) => {
      if (!("minimized" in (deed.node.kind === "repository" ? {} : deed.node.row)))
        throw unprocessable("Could not minimize this comment.");
      const row = (deed.node as Extract<Node, { kind: "comment" }>).row;
      row.minimized = input.classifier;
      return { minimizedComment: nodeObject(deed.world, deed.node) };
    },
  ),
  unminimizeComment: mutation(
    z.object({ subjectId: z.string() }),
    input => input.subjectId,
    [either],
    async deed => {
      (deed.node as Extract<Node, { kind: "comment" }>).row.minimized = null;
      return { unminimizedComment: nodeObject(deed.world, deed.node) };
    },
  ),
  resolveReviewThread: mutation(
    Thread,
    input => input.threadId,
    [pullWrite],
    async deed => resolve(deed, deed.user.id),
  ),
  unresolveReviewThread: mutation(
    Thread,
    input => input.threadId,
    [pullWrite],
    async deed => resolve(deed, null),
  ),
  transferIssue: mutation(Transfer, input => input.issueId, [issuesWrite], transfer),
  deleteIssue: mutation(
    IssueId,
    input => input.issueId,
    [needs("administration", "write", "admin")],
    async deed => {
      const issue = issueOf(deed.node);
      await announce(deed, issue, "deleted");
      issue.gone = "deleted";
      issue.state = "closed";
      return { repository: nodeObject(deed.world, { kind: "repository", repository: deed.repository }) };
    },
  ),
};

function mutation<S extends z.ZodType>(
  schema: S,
  idOf: (input: z.output<S>) => string,
  wanted: readonly Need[],
  perform: (deed: Mutating, input: z.output<S>) => Promise<Record<string, unknown>>,
): Mutation {
  return async (world, actor, raw) => {
    const input = schema.safeParse(raw);
    if (!input.success)
      throw new Failure(400, `Variable $input was provided invalid value: ${input.error.message}`);
    const id = idOf(input.data);
    const node = findNode(world, actor, id);
    if (node === null) throw new Failure(404, `Could not resolve to a node with the global id of '${id}'.`);
    const { repository } = node;
    for (const need of wanted) demand(actor, repository, need);
    const deed = { world, repository, user: personOf(actor), appId: appOf(actor), actor, node };
    return world.lock(repository, async () => {
      const payload = await perform(deed, input.data);
      await mergeWhatIsReady(deed);
      world.saved();
      return { __typename: "Payload", clientMutationId: null, ...payload };
    });
  };
}

function onPull<S extends typeof PullId>(
  schema: S,
  wanted: readonly Need[],
  perform: (deed: Mutating, issue: Issue, input: z.output<S>) => Promise<void>,
): Mutation {
  return mutation(
    schema,
    input => input.pullRequestId,
    wanted,
    async (deed, input) => {
      if (deed.node.kind !== "pull") throw new Failure(404, "Could not resolve to a PullRequest node.");
      await perform(deed, deed.node.row, input);
      return { pullRequest: nodeObject(deed.world, deed.node), actor: null };
    },
  );
}

function issueOf(node: Node): Issue {
  if (node.kind !== "issue") throw new Failure(404, "Could not resolve to an Issue node.");
  return node.row;
}

async function resolve(deed: Mutating, by: number | null) {
  if (deed.node.kind !== "thread")
    throw new Failure(404, "Could not resolve to a PullRequestReviewThread node.");
  deed.node.row.resolvedBy = by;
  return { thread: threadObject(deed.world, deed.repository, deed.node.row) };
}

/** The issue gets a new number in its new place; its old address says where it went. */
async function transfer(deed: Mutating, input: z.output<typeof Transfer>) {
  const { world, actor, user, appId } = deed;
  const issue = issueOf(deed.node);
  const target = findNode(world, actor, input.repositoryId);
  if (target?.kind !== "repository" || !can(actor, target.repository, issuesWrite))
    throw new Failure(404, `Could not resolve to a node with the global id of '${input.repositoryId}'.`);
  const there: Deed = { world, user, appId, repository: target.repository };
  const moved = makeIssue(there, { title: issue.title, body: issue.body });
  const { repository } = deed;
  for (const comment of repository.comments.filter(one => one.number === issue.number))
    target.repository.comments.push({ ...comment, number: moved.number });
  repository.comments = repository.comments.filter(one => one.number !== issue.number);
  const changes = {
    new_issue: renderIssue(world, target.repository, moved),
    new_repository: renderRepository(world, target.repository),
  };
  await announce(deed, issue, "transferred", { changes });
  issue.gone = { repositoryId: target.repository.id, number: moved.number };
  const old = {
    old_issue: renderIssue(world, repository, issue),
    old_repository: renderRepository(world, repository),
  };
  await announce(there, moved, "opened", { changes: old });
  return { issue: nodeObject(world, { kind: "issue", repository: target.repository, row: moved }) };
}

export async function mutate(world: World, actor: Actor, name: string, input: unknown): Promise<GraphObject> {
  const found = mutations[name];
  if (found === undefined) throw new Failure(400, `Field '${name}' doesn't exist on type 'Mutation'`);
  const payload = await found(world, actor, input);
  recordWrite(world, actor, { method: "GRAPHQL", path: `/api/graphql#${name}`, status: 200 });
  return payload;
}
