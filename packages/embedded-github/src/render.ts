// GitHub's shapes of what everything else refers to: people, repositories, labels, Apps.

import type { App, Label, Repository, User } from "./state.ts";
import {
  api,
  fullName,
  GITHUB_ORGANIZATION,
  htmlUrl,
  nodeId,
  ownerOf,
  repositoryUrl,
  userById,
  type World,
} from "./world.ts";

export function renderUser(world: World, user: User): Record<string, unknown> {
  const path = user.type === "Bot" ? `apps/${user.login.replace(/\[bot\]$/, "")}` : user.login;
  const url = `${api(world)}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(user.type === "Bot" ? "BOT" : "U", user.id),
    avatar_url: `${world.links.origin}/avatars/u/${user.id}`,
    gravatar_id: "",
    url,
    html_url: `${world.links.origin}/${path}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export const renderUserId = (world: World, id: number | null): Record<string, unknown> | null =>
  id === null ? null : renderUser(world, userById(world, id));

export function renderOrganization(world: World, user: User): Record<string, unknown> {
  const url = `${api(world)}/orgs/${user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("O", user.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.links.origin}/avatars/u/${user.id}`,
    description: null,
  };
}

export function renderLabel(world: World, repository: Repository, label: Label): Record<string, unknown> {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  };
}

export function renderApp(world: World, app: App): Record<string, unknown> {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    client_id: `Iv23li${app.id}`,
    owner: renderUser(world, userById(world, GITHUB_ORGANIZATION)),
    name: app.name,
    description: "",
    external_url: `${world.links.origin}/apps/${app.slug}`,
    html_url: `${world.links.origin}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { metadata: "read", ...app.permissions },
    events: app.events,
  };
}

export function renderMinimalRepository(world: World, repository: Repository): Record<string, unknown> {
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(world, repository),
    private: repository.private,
  };
}

const TEMPLATES = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export function renderRepository(world: World, repository: Repository): Record<string, unknown> {
  const url = repositoryUrl(world, repository);
  const html = htmlUrl(world, repository);
  const open = repository.issues.filter(issue => issue.state === "open" && issue.gone === null).length;
  return {
    ...renderMinimalRepository(world, repository),
    owner: renderUser(world, ownerOf(world, repository)),
    html_url: html,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([name, tail]) => [name, url + tail])),
    git_url: `git://${new URL(world.links.origin).host}/${fullName(world, repository)}.git`,
    ssh_url: `git@${new URL(world.links.origin).hostname}:${fullName(world, repository)}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    topics: [],
    visibility: repository.private ? "private" : "public",
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: 0,
    forks: 0,
    open_issues_count: open,
    open_issues: open,
    default_branch: repository.defaultBranch,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
  };
}
