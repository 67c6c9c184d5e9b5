// Pull requests: open, read, change, files and commits, merge, request reviews.

import * as z from "zod";
import { can } from "./access.ts";
import { renderCommit, renderFile } from "./commit-render.ts";
import { forbidden, invalid, notFound, unprocessable } from "./failure.ts";
import { git } from "./git.ts";
import { commitsOf, countCommits, isSha, readRef } from "./git-read.ts";
import { announce, findIssue, note } from "./issue-changes.ts";
import { changeState, checkText, editText, makeIssue } from "./issues.ts";
import { disableAutoMerge, mergePull, updateBranch } from "./pull-changes.ts";
import { filesOf, renderPull, renderShortPull, startOf } from "./pull-render.ts";
import { setHead } from "./refs.ts";
import { created, needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Issue } from "./state.ts";
import { gitDirectory, must, ownerOf, repositoryUrl } from "./world.ts";

const NewPull = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
});
const ChangedPull = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});
const Merge = z
  .object({
    commit_title: z.string().optional(),
    commit_message: z.string().optional(),
    sha: z.string().optional(),
    merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
  })
  .prefault({});
const Update = z.object({ expected_head_sha: z.string().optional() });

const read = needs("pull_requests", "read", "read");
const write = needs("pull_requests", "write", "write");
const author = needs("pull_requests", "write", "read");
const merge = needs("contents", "write", "write");
const base = "/repos/{owner}/{repo}/pulls";

export const pullRoutes: readonly Route[] = [
  { method: "GET", path: base, need: read, handle: listPulls },
  { method: "POST", path: base, need: author, handle: createPull },
  { method: "GET", path: `${base}/{pull_number}`, need: read, handle: getPull },
  { method: "PATCH", path: `${base}/{pull_number}`, need: author, handle: updatePull },
  { method: "GET", path: `${base}/{pull_number}/files`, need: read, handle: listFiles },
  { method: "GET", path: `${base}/{pull_number}/commits`, need: read, handle: listCommits },
  { method: "GET", path: `${base}/{pull_number}/merge`, need: read, handle: isMerged },
  { method: "PUT", path: `${base}/{pull_number}/merge`, need: merge, handle: mergeNow },
  { method: "PUT", path: `${base}/{pull_number}/update-branch`, need: author, handle: update },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    need: read,
    handle: listPullsOfCommit,
  },
];

export function findPull(call: RepositoryCall): Issue {
  const issue = findIssue(call, "pull_number");
  if (issue.pull === null) throw notFound();
  return issue;
}

async function createPull(call: RepositoryCall) {
  const wanted = call.read(NewPull);
  checkText("PullRequest", wanted);
  const { world, repository } = call;
  const directory = gitDirectory(world, repository);
  const headRef = headBranch(call, wanted.head);
  const head = headRef === null ? null : await readRef(directory, `refs/heads/${headRef}`);
  const baseSha = await readRef(directory, `refs/heads/${wanted.base}`);
  if (headRef === null || head === null)
    throw invalid({ resource: "PullRequest", field: "head", code: "invalid" });
  if (baseSha === null) throw invalid({ resource: "PullRequest", field: "base", code: "invalid" });
  refuseDuplicate(call, headRef, wanted.base);
  if ((await countCommits(directory, `${baseSha}..${head}`)) === 0)
    throw wrong(`No commits between ${wanted.base} and ${headRef}`);
  const issue = makeIssue(call, { title: wanted.title, body: wanted.body ?? null });
  issue.pull = {
    id: world.id(),
    headRef,
    headSha: head,
    baseRef: wanted.base,
    baseSha,
    draft: wanted.draft,
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    autoMerge: null,
    requestedReviewers: [],
  };
  await setHead(call, issue, head);
  await announce(call, issue, "opened");
  return created(await renderPull(world, repository, issue));
}

const wrong = (message: string) => invalid({ resource: "PullRequest", code: "custom", message });

/** `owner:branch` or `branch`. There are no forks here, so another owner's branch does not exist. */
function headBranch(call: RepositoryCall, head: string): string | null {
  const [first, ...rest] = head.split(":");
  if (rest.length === 0) return head;
  const owner = ownerOf(call.world, call.repository).login;
  return first?.toLowerCase() === owner.toLowerCase() ? rest.join(":") : null;
}

function refuseDuplicate(call: RepositoryCall, headRef: string, baseRef: string): void {
  const same = call.repository.issues.some(
    issue => issue.state === "open" && issue.pull?.headRef === headRef && issue.pull.baseRef === baseRef,
  );
  const label = `${ownerOf(call.world, call.repository).login}:${headRef}`;
  if (same) throw wrong(`A pull request already exists for ${label}.`);
}

async function getPull(call: RepositoryCall) {
  const issue = findPull(call);
  const directory = gitDirectory(call.world, call.repository);
  const start = await startOf(call.world, call.repository, issue);
  const head = must(issue.pull).headSha;
  if (/[.+]diff/.test(call.accept))
    return { status: 200, text: `${await git(directory, ["diff", start, head])}\n` };
  if (/[.+]patch/.test(call.accept))
    return {
      status: 200,
      text: `${await git(directory, ["format-patch", "--stdout", `${start}..${head}`])}\n`,
    };
  return ok(await renderPull(call.world, call.repository, issue));
}

async function updatePull(call: RepositoryCall) {
  const issue = findPull(call);
  const wanted = call.read(ChangedPull);
  checkText("PullRequest", wanted);
  if (issue.authorId !== call.user.id && !can(call.actor, call.repository, write))
    throw forbidden("Must have admin rights to Repository.");
  const changes = wanted.base === undefined ? {} : await changeBase(call, issue, wanted.base);
  await editText(call, issue, wanted, changes);
  if (wanted.state === "open" && issue.state === "closed") await checkReopen(call, issue);
  await changeState(call, issue, wanted);
  return ok(await renderPull(call.world, call.repository, issue));
}

async function changeBase(call: RepositoryCall, issue: Issue, baseRef: string) {
  const pull = must(issue.pull);
  if (pull.baseRef === baseRef) return {};
  const sha = await readRef(gitDirectory(call.world, call.repository), `refs/heads/${baseRef}`);
  if (sha === null) throw invalid({ resource: "PullRequest", field: "base", code: "invalid" });
  refuseDuplicate(call, pull.headRef, baseRef);
  const changes = { base: { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } } };
  pull.baseRef = baseRef;
  pull.baseSha = sha;
  note(call, issue, "base_ref_changed");
  // Without forks, nobody without write access can push to the branch.
  if (pull.autoMerge !== null && !can(call.actor, call.repository, merge))
    await disableAutoMerge(call, issue);
  return changes;
}

async function checkReopen(call: RepositoryCall, issue: Issue): Promise<void> {
  const pull = must(issue.pull);
  const head = await readRef(gitDirectory(call.world, call.repository), `refs/heads/${pull.headRef}`);
  if (head === null) throw wrong(`state cannot be changed. The ${pull.headRef} branch has been deleted.`);
  refuseDuplicate(call, pull.headRef, pull.baseRef);
  await setHead(call, issue, head);
}

async function listFiles(call: RepositoryCall) {
  const issue = findPull(call);
  const files = await filesOf(call.world, call.repository, issue);
  return page(call, files, file => renderFile(call.world, call.repository, file, must(issue.pull).headSha));
}

async function listCommits(call: RepositoryCall) {
  const { baseSha, headSha } = must(findPull(call).pull);
  const directory = gitDirectory(call.world, call.repository);
  const commits = await commitsOf(directory, ["--reverse", "-n", "250", `${baseSha}..${headSha}`]);
  return page(call, commits, commit => renderCommit(call.world, call.repository, commit));
}

function isMerged(call: RepositoryCall) {
  if (findPull(call).pull?.mergedAt === null) throw notFound();
  return { status: 204 };
}

async function mergeNow(call: RepositoryCall) {
  const issue = findPull(call);
  const wanted = call.read(Merge);
  const sha = await mergePull(call, issue, {
    method: wanted.merge_method,
    sha: wanted.sha,
    title: wanted.commit_title,
    message: wanted.commit_message,
  });
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

async function update(call: RepositoryCall) {
  const issue = findPull(call);
  // It writes the branch, so an App needs contents as well.
  if (!can(call.actor, call.repository, merge)) throw forbidden();
  await updateBranch(call, issue, call.read(Update).expected_head_sha);
  const url = `${repositoryUrl(call.world, call.repository)}/pulls/${issue.number}`;
  return { status: 202, body: { message: "Updating pull request branch.", url } };
}

function listPulls(call: RepositoryCall) {
  const { query, repository } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const headRef = head === null ? null : headBranch(call, head);
  const base = query.get("base");
  const found = repository.issues.filter(
    issue =>
      issue.pull !== null &&
      (state === "all" || issue.state === state) &&
      (head === null || !head.includes(":") || issue.pull.headRef === headRef) &&
      (base === null || issue.pull.baseRef === base),
  );
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const ascending = (query.get("direction") ?? (query.has("sort") ? "asc" : "desc")) === "asc";
  found.sort((a, b) => (a[sort] === b[sort] ? a.number - b.number : a[sort] < b[sort] ? -1 : 1));
  if (!ascending) found.reverse();
  return page(call, found, issue => renderShortPull(call.world, repository, issue));
}

async function listPullsOfCommit(call: RepositoryCall) {
  const sha = call.param("commit_sha");
  if (!isSha(sha)) throw unprocessable(`No commit found for SHA: ${sha}`);
  const directory = gitDirectory(call.world, call.repository);
  const found: Issue[] = [];
  for (const issue of call.repository.issues) {
    if (issue.pull === null) continue;
    const { baseSha, headSha } = issue.pull;
    const commits = (await git(directory, ["rev-list", `${baseSha}..${headSha}`])).split("\n");
    if (commits.includes(sha) || issue.pull.mergeSha === sha) found.push(issue);
  }
  return page(call, found, issue => renderShortPull(call.world, call.repository, issue));
}
