// The mutations that have no REST route: draft and ready, auto-merge, hiding comments, resolving threads, transferring
// and deleting issues.

import { appOf, can, demand, type Need, personOf } from "./access.ts";
import type { Actor } from "./auth.ts";
import { Failure, unprocessable } from "./failure.ts";
import {
  findNode,
  type GraphObject,
  type Node,
  nodeObject,
  type Resolver,
  threadObject,
} from "./graphql-objects.ts";
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

/** The input is already validated by the schema. */
type Mutation = (world: World, actor: Actor, input: never) => Promise<GraphObject>;

const pullWrite = needs("pull_requests", "write", "write");
const contents = needs("contents", "write", "write");
const issuesWrite = needs("issues", "write", "triage");
const either = needs("issues|pull_requests", "write", "triage");

interface PullId {
  readonly pullRequestId: string;
}
interface AutoMerge extends PullId {
  readonly mergeMethod?: "MERGE" | "SQUASH" | "REBASE";
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
  readonly expectedHeadOid?: string | null;
}
interface Subject {
  readonly subjectId: string;
}
interface Thread {
  readonly threadId: string;
}
interface Transfer {
  readonly issueId: string;
  readonly repositoryId: string;
}

const mutations: Readonly<Record<string, Mutation>> = {
  markPullRequestReadyForReview: onPull([pullWrite, contents], (deed, issue) => setDraft(deed, issue, false)),
  convertPullRequestToDraft: onPull([pullWrite, contents], (deed, issue) => setDraft(deed, issue, true)),
  enablePullRequestAutoMerge: onPull([pullWrite, contents], (deed, issue, input: AutoMerge) =>
    enableAutoMerge(deed, issue, {
      method: (input.mergeMethod ?? "MERGE").toLowerCase() as "merge",
      title: input.commitHeadline ?? undefined,
      message: input.commitBody ?? undefined,
      head: input.expectedHeadOid ?? undefined,
    }),
  ),
  disablePullRequestAutoMerge: onPull([pullWrite, contents], disableAutoMerge),
  minimizeComment: mutation(
    [either],
    (input: Subject & { readonly classifier: string }) => input.subjectId,
    async (deed, input) => {
      if (!("minimized" in (deed.node.kind === "repository" ? {} : deed.node.row)))
        throw unprocessable("Could not minimize this comment.");
      const row = (deed.node as Extract<Node, { kind: "comment" }>).row;
      row.minimized = input.classifier;
      return { minimizedComment: nodeObject(deed.world, deed.node) };
    },
  ),
  unminimizeComment: mutation(
    [either],
    (input: Subject) => input.subjectId,
    async deed => {
      (deed.node as Extract<Node, { kind: "comment" }>).row.minimized = null;
      return { unminimizedComment: nodeObject(deed.world, deed.node) };
    },
  ),
  resolveReviewThread: mutation(
    [pullWrite],
    (input: Thread) => input.threadId,
    deed => resolve(deed, deed.user.id),
  ),
  unresolveReviewThread: mutation(
    [pullWrite],
    (input: Thread) => input.threadId,
    deed => resolve(deed, null),
  ),
  transferIssue: mutation([issuesWrite], (input: Transfer) => input.issueId, transfer),
  deleteIssue: mutation(
    [needs("administration", "write", "admin")],
    (input: { readonly issueId: string }) => input.issueId,
    async deed => {
      const issue = issueOf(deed.node);
      await announce(deed, issue, "deleted");
      issue.gone = "deleted";
      issue.state = "closed";
      return { repository: nodeObject(deed.world, { kind: "repository", repository: deed.repository }) };
    },
  ),
};

function mutation<Input>(
  wanted: readonly Need[],
  idOf: (input: Input) => string,
  perform: (deed: Mutating, input: Input) => Promise<Record<string, unknown>>,
): Mutation {
  return async (world, actor, input: Input) => {
    const id = idOf(input);
    const node = findNode(world, actor, id);
    if (node === null) throw new Failure(404, `Could not resolve to a node with the global id of '${id}'.`);
    const { repository } = node;
    for (const need of wanted) demand(actor, repository, need);
    const deed = { world, repository, user: personOf(actor), appId: appOf(actor), actor, node };
    return world.lock(repository, async () => {
      const payload = await perform(deed, input);
      await mergeWhatIsReady(deed);
      world.saved();
      return { __typename: "Payload", clientMutationId: null, ...payload };
    });
  };
}

function onPull<Input extends PullId>(
  wanted: readonly Need[],
  perform: (deed: Mutating, issue: Issue, input: Input) => Promise<void>,
): Mutation {
  return mutation(
    wanted,
    (input: Input) => input.pullRequestId,
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

/** The issue gets a new number in its new repository; its old address redirects there. */
async function transfer(deed: Mutating, input: Transfer) {
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

export async function mutate(
  world: World,
  actor: Actor,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Promise<GraphObject> {
  const perform = mutations[name];
  if (perform === undefined) throw new Failure(501, `Embedded GitHub has no mutation '${name}'`);
  const payload = await perform(world, actor, input as never);
  recordWrite(world, actor, { method: "GRAPHQL", path: `/api/graphql#${name}`, status: 200 });
  return payload;
}

export const mutationsOf = (world: World, actor: Actor): Readonly<Record<string, Resolver>> =>
  Object.fromEntries(
    Object.keys(mutations).map(name => [
      name,
      ({ input }) => mutate(world, actor, name, input as Readonly<Record<string, unknown>>),
    ]),
  );
