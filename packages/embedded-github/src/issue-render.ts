// GitHub's shapes of an issue, its comments and its timeline.

import { association } from "./access.ts";
import { renderApp, renderLabel, renderUser, renderUserId } from "./render.ts";
import type { Comment, Issue, Repository, TimelineEvent } from "./state.ts";
import { api, appById, htmlUrl, nodeId, repositoryUrl, userById, type World } from "./world.ts";

const CONTENTS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

export function renderReactions(
  repository: Repository,
  subject: string,
  url: string,
): Record<string, unknown> {
  const mine = repository.reactions.filter(reaction => reaction.subject === subject);
  const counts = CONTENTS.map(content => [content, mine.filter(one => one.content === content).length]);
  return { url: `${url}/reactions`, total_count: mine.length, ...Object.fromEntries(counts) };
}

const renderAppId = (world: World, id: number | null): Record<string, unknown> | null =>
  id === null ? null : renderApp(world, appById(world, id));

export function issueHtml(world: World, repository: Repository, issue: Issue): string {
  return `${htmlUrl(world, repository)}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
}

export function renderIssue(world: World, repository: Repository, issue: Issue): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  const author = userById(world, issue.authorId);
  const children = subIssuesOf(repository, issue);
  const done = children.filter(child => child.state === "closed").length;
  return {
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issueHtml(world, repository, issue),
    id: issue.id,
    node_id: nodeId(issue.pull === null ? "I" : "PR", issue.pull === null ? issue.id : issue.pull.id),
    number: issue.number,
    title: issue.title,
    user: renderUser(world, author),
    labels: issue.labels.flatMap(id =>
      repository.labels.filter(label => label.id === id).map(label => renderLabel(world, repository, label)),
    ),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    assignee: renderUserId(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map(id => renderUserId(world, id)),
    milestone: null,
    comments: repository.comments.filter(comment => comment.number === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: renderUserId(world, issue.closedBy),
    author_association: association(repository, author),
    body: issue.body,
    reactions: renderReactions(repository, `issue:${issue.id}`, url),
    performed_via_github_app: renderAppId(world, issue.appId),
    type: null,
    sub_issues_summary: {
      total: children.length,
      completed: done,
      percent_completed: children.length === 0 ? 0 : Math.floor((done * 100) / children.length),
    },
    ...(issue.parentId === null ? {} : { parent_issue_url: parentUrl(world, issue.parentId) }),
    ...(issue.pull === null ? {} : pullPart(world, repository, issue)),
  };
}

function pullPart(world: World, repository: Repository, issue: Issue): Record<string, unknown> {
  const html = issueHtml(world, repository, issue);
  const url = `${repositoryUrl(world, repository)}/pulls/${issue.number}`;
  const merged_at = issue.pull?.mergedAt ?? null;
  return {
    draft: issue.pull?.draft ?? false,
    pull_request: { url, html_url: html, diff_url: `${html}.diff`, patch_url: `${html}.patch`, merged_at },
  };
}

/** Only children in the same repository; GitHub also allows others of the same owner. */
export const subIssuesOf = (repository: Repository, issue: Issue): Issue[] =>
  repository.issues.filter(one => one.parentId === issue.id && one.gone === null);

export function findById(world: World, id: number): { repository: Repository; issue: Issue } | undefined {
  for (const repository of world.state.repositories) {
    const issue = repository.issues.find(one => one.id === id && one.gone === null);
    if (issue !== undefined) return { repository, issue };
  }
  return undefined;
}

function parentUrl(world: World, id: number): string | null {
  const parent = findById(world, id);
  return parent === undefined
    ? null
    : `${repositoryUrl(world, parent.repository)}/issues/${parent.issue.number}`;
}

export function renderComment(
  world: World,
  repository: Repository,
  comment: Comment,
): Record<string, unknown> {
  const issue = repository.issues.find(one => one.number === comment.number);
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`;
  const author = userById(world, comment.authorId);
  const html = issue === undefined ? htmlUrl(world, repository) : issueHtml(world, repository, issue);
  return {
    url,
    html_url: `${html}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: renderUser(world, author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(repository, author),
    body: comment.body,
    reactions: renderReactions(repository, `comment:${comment.id}`, url),
    performed_via_github_app: renderAppId(world, comment.appId),
  };
}

export function renderTimeline(
  world: World,
  repository: Repository,
  event: TimelineEvent,
): Record<string, unknown> {
  return {
    id: event.id,
    node_id: nodeId("EV", event.id),
    url: `${api(world)}/repos/${repositoryUrl(world, repository).split("/repos/")[1]}/issues/events/${event.id}`,
    actor: renderUser(world, userById(world, event.actorId)),
    event: event.event,
    commit_id: null,
    commit_url: null,
    created_at: event.createdAt,
    ...event.more,
    performed_via_github_app: renderAppId(world, event.appId),
  };
}
