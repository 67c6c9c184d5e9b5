// Changes that issues and pull requests share: finding one, its timeline, closing, and telling the Apps.

import { Failure, notFound } from "./failure.ts";
import { renderIssue } from "./issue-render.ts";
import { renderPull } from "./pull-render.ts";
import type { RepositoryCall } from "./rest.ts";
import type { Issue, Repository } from "./state.ts";
import { api, type Deed, repositoryById, repositoryUrl } from "./world.ts";

export function findIssue(call: RepositoryCall, name = "issue_number"): Issue {
  const issue = call.repository.issues.find(one => one.number === call.number(name));
  if (issue === undefined) throw notFound();
  if (issue.gone === "deleted") throw new Failure(410, "This issue was deleted");
  if (issue.gone !== null) {
    const target = repositoryById(call.world, issue.gone.repositoryId);
    const location = `${repositoryUrl(call.world, target)}/issues/${issue.gone.number}`;
    throw new Failure(301, "Moved Permanently", { headers: { location } });
  }
  return issue;
}

const issueNumbered = (repository: Repository, number: number): Issue | undefined =>
  repository.issues.find(issue => issue.number === number && issue.gone === null);

export function note(deed: Deed, issue: Issue, event: string, more: Record<string, unknown> = {}): void {
  const { world, repository, user, appId } = deed;
  repository.timeline.push({
    id: world.id(),
    number: issue.number,
    event,
    actorId: user.id,
    appId,
    createdAt: world.stamp(),
    more,
  });
}

/** `issues.*` or `pull_request.*`, depending on what the number is. */
export async function announce(
  deed: Deed,
  issue: Issue,
  action: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { world, repository, user } = deed;
  const payload =
    issue.pull === null
      ? { issue: renderIssue(world, repository, issue), ...more }
      : { number: issue.number, pull_request: await renderPull(world, repository, issue), ...more };
  const event = issue.pull === null ? "issues" : "pull_request";
  world.emit({ event, action, repository, sender: user, payload });
}

export async function close(
  deed: Deed,
  issue: Issue,
  how: { readonly reason?: string | null; readonly commitId?: string | null } = {},
): Promise<void> {
  if (issue.state === "closed") return;
  issue.state = "closed";
  issue.stateReason = issue.pull === null ? (how.reason ?? "completed") : null;
  issue.closedAt = deed.world.stamp();
  issue.closedBy = deed.user.id;
  issue.updatedAt = issue.closedAt;
  if (issue.pull !== null) issue.pull.autoMerge = null;
  note(deed, issue, "closed", { commit_id: how.commitId ?? null, state_reason: issue.stateReason });
  await announce(deed, issue, "closed");
}

export async function reopen(deed: Deed, issue: Issue): Promise<void> {
  if (issue.state === "open") return;
  issue.state = "open";
  issue.stateReason = issue.pull === null ? "reopened" : null;
  issue.closedAt = null;
  issue.closedBy = null;
  issue.updatedAt = deed.world.stamp();
  note(deed, issue, "reopened", { state_reason: issue.stateReason });
  await announce(deed, issue, "reopened");
}

/** The issues that a merge or a commit on the default branch closes: "Closes #3", "Fixes owner/name#4". */
export function closingReferences(deed: Deed, text: string): Issue[] {
  const pattern =
    /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+)#|#|(https?:\/\/\S+?)\/issues\/)(\d+)/gi;
  const here = `${api(deed.world).replace(/\/api\/v3$/, "")}/`;
  const name = repositoryUrl(deed.world, deed.repository).split("/repos/")[1]?.toLowerCase();
  return [...text.matchAll(pattern)].flatMap(([, full, url, number]) => {
    if (full !== undefined && full.toLowerCase() !== name) return [];
    if (url !== undefined && url.toLowerCase() !== `${here}${name}`.toLowerCase()) return [];
    const issue = issueNumbered(deed.repository, Number(number));
    return issue === undefined || issue.pull !== null ? [] : [issue];
  });
}
