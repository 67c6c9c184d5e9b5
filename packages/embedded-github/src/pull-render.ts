// GitHub's shape of a pull request. The short form, for lists, leaves out what needs a diff or a merge.

import { association } from "./access.ts";
import { changes, totals } from "./commit-render.ts";
import { countCommits, mergeBase } from "./git-read.ts";
import { renderIssue } from "./issue-render.ts";
import { mergeability } from "./pull-state.ts";
import { renderRepository, renderUser, renderUserId } from "./render.ts";
import type { Issue, Repository } from "./state.ts";
import { gitDirectory, must, nodeId, ownerOf, repositoryUrl, userById, type World } from "./world.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** The commit that its changes are counted from. */
export async function startOf(world: World, repository: Repository, issue: Issue): Promise<string> {
  const pull = must(issue.pull);
  const directory = gitDirectory(world, repository);
  return (await mergeBase(directory, pull.baseSha, pull.headSha)) ?? EMPTY_TREE;
}

export async function filesOf(world: World, repository: Repository, issue: Issue) {
  return changes(world, repository, await startOf(world, repository, issue), must(issue.pull).headSha);
}

export function renderShortPull(world: World, repository: Repository, issue: Issue): Record<string, unknown> {
  const pull = must(issue.pull);
  const url = `${repositoryUrl(world, repository)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  const shown = renderIssue(world, repository, issue);
  const html = String(shown.html_url);
  const link = (href: string) => ({ href });
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: shown.user,
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    assignee: shown.assignee,
    assignees: shown.assignees,
    requested_reviewers: pull.requestedReviewers.map(id => renderUserId(world, id)),
    requested_teams: [],
    labels: shown.labels,
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: `${repositoryUrl(world, repository)}/statuses/${pull.headSha}`,
    head: renderSide(world, repository, pull.headRef, pull.headSha),
    base: renderSide(world, repository, pull.baseRef, pull.baseSha),
    _links: {
      self: link(url),
      html: link(html),
      issue: link(issueUrl),
      comments: link(`${issueUrl}/comments`),
      review_comments: link(`${url}/comments`),
      review_comment: link(`${repositoryUrl(world, repository)}/pulls/comments{/number}`),
      commits: link(`${url}/commits`),
      statuses: link(`${repositoryUrl(world, repository)}/statuses/${pull.headSha}`),
    },
    author_association: association(repository, userById(world, issue.authorId)),
    auto_merge: renderAutoMerge(world, issue),
    active_lock_reason: issue.lockReason,
  };
}

function renderSide(world: World, repository: Repository, ref: string, sha: string) {
  const owner = ownerOf(world, repository);
  return {
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: renderUser(world, owner),
    repo: { ...renderRepository(world, repository), allow_auto_merge: repository.allowAutoMerge },
  };
}

function renderAutoMerge(world: World, issue: Issue) {
  const auto = issue.pull?.autoMerge ?? null;
  return auto === null
    ? null
    : {
        enabled_by: renderUserId(world, auto.enabledBy),
        merge_method: auto.method,
        commit_title: auto.title,
        commit_message: auto.message,
      };
}

export async function renderPull(world: World, repository: Repository, issue: Issue) {
  const pull = must(issue.pull);
  const files = await filesOf(world, repository, issue);
  const [additions, deletions] = totals(files);
  const { mergeable, state } = await mergeability(world, repository, issue);
  const directory = gitDirectory(world, repository);
  return {
    ...renderShortPull(world, repository, issue),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: state,
    merged_by: renderUserId(world, pull.mergedBy),
    comments: repository.comments.filter(comment => comment.number === issue.number).length,
    review_comments: repository.reviewComments.filter(comment => comment.number === issue.number).length,
    maintainer_can_modify: false,
    commits: await countCommits(directory, `${pull.baseSha}..${pull.headSha}`),
    additions,
    deletions,
    changed_files: files.length,
  };
}
