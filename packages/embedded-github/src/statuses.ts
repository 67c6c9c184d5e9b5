// Commit statuses: what third-party CI reports.

import * as z from "zod";
import { renderCommit } from "./commit-render.ts";
import { invalid, notFound, unprocessable } from "./failure.ts";
import { commitOf, isSha, listRefs, resolveCommit } from "./git-read.ts";
import { renderRepository, renderUserId } from "./render.ts";
import { created, needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Status } from "./state.ts";
import { fullName, gitDirectory, must, nodeId, repositoryUrl } from "./world.ts";

const NewStatus = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().default("default"),
});
const read = needs("statuses", "read", "read");
const base = "/repos/{owner}/{repo}";

export const statusRoutes: readonly Route[] = [
  {
    method: "POST",
    path: `${base}/statuses/{sha}`,
    need: needs("statuses", "write", "write"),
    handle: createStatus,
  },
  { method: "GET", path: `${base}/commits/{ref}/statuses`, need: read, handle: listStatuses },
  { method: "GET", path: `${base}/commits/{ref}/status`, need: read, handle: combined },
];

function render(call: RepositoryCall, status: Status) {
  return {
    url: `${repositoryUrl(call.world, call.repository)}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: renderUserId(call.world, status.creatorId),
  };
}

async function createStatus(call: RepositoryCall) {
  const wanted = call.read(NewStatus);
  const { world, repository } = call;
  const sha = call.param("sha");
  const directory = gitDirectory(world, repository);
  if (!isSha(sha) || (await resolveCommit(directory, sha)) === null)
    throw unprocessable(`No commit found for SHA: ${sha}`);
  if ((wanted.description ?? "").length > 140)
    throw invalid({
      resource: "Status",
      code: "custom",
      field: "description",
      message: "description is too long (maximum is 140 characters)",
    });
  const status: Status = {
    id: world.id(),
    sha,
    state: wanted.state,
    context: wanted.context,
    description: wanted.description ?? null,
    targetUrl: wanted.target_url ?? null,
    creatorId: call.user.id,
    createdAt: world.stamp(),
  };
  repository.statuses.push(status);
  await emitStatus(call, status);
  return created(render(call, status));
}

async function emitStatus(call: RepositoryCall, status: Status): Promise<void> {
  const { world, repository, user } = call;
  const directory = gitDirectory(world, repository);
  const heads = await listRefs(directory, "refs/heads");
  const url = (sha: string) => `${repositoryUrl(world, repository)}/commits/${sha}`;
  const branches = [...heads]
    .filter(([, sha]) => sha === status.sha)
    .map(([ref, sha]) => ({
      name: ref.replace("refs/heads/", ""),
      commit: { sha, url: url(sha) },
      protected: false,
    }));
  const payload = {
    id: status.id,
    sha: status.sha,
    name: fullName(world, repository),
    avatar_url: null,
    target_url: status.targetUrl,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: renderCommit(world, repository, must(await commitOf(directory, status.sha))),
    branches,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
  world.emit({ event: "status", repository, sender: user, payload });
}

async function statusesOf(call: RepositoryCall): Promise<{ sha: string; found: Status[] }> {
  const sha = await resolveCommit(gitDirectory(call.world, call.repository), call.param("ref"));
  if (sha === null) throw notFound();
  return { sha, found: call.repository.statuses.filter(status => status.sha === sha).reverse() };
}

async function listStatuses(call: RepositoryCall) {
  const { found } = await statusesOf(call);
  return page(call, found, status => render(call, status));
}

async function combined(call: RepositoryCall) {
  const { sha, found } = await statusesOf(call);
  const latest = [...new Map([...found].reverse().map(status => [status.context, status])).values()];
  const has = (...states: string[]) => latest.some(status => states.includes(status.state));
  const url = repositoryUrl(call.world, call.repository);
  return ok({
    state: has("failure", "error")
      ? "failure"
      : latest.length === 0 || has("pending")
        ? "pending"
        : "success",
    statuses: latest.map(status => render(call, status)),
    sha,
    total_count: latest.length,
    repository: renderRepository(call.world, call.repository),
    commit_url: `${url}/commits/${sha}`,
    url: `${url}/commits/${sha}/status`,
  });
}
