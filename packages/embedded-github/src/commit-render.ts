// GitHub's three shapes of a commit, and of a changed file.

import { type Commit, changesBetween, commitOf, type FileChange } from "./git-read.ts";
import { userOfEmail, verification } from "./identity.ts";
import { renderUser } from "./render.ts";
import type { Repository } from "./state.ts";
import { gitDirectory, htmlUrl, must, repositoryUrl, type World } from "./world.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export function renderGitCommit(
  world: World,
  repository: Repository,
  commit: Commit,
): Record<string, unknown> {
  const url = repositoryUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${htmlUrl(world, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map(sha => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${htmlUrl(world, repository)}/commit/${sha}`,
    })),
    verification: verification({ repository }, commit),
  };
}

export function renderCommit(world: World, repository: Repository, commit: Commit): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/commits/${commit.sha}`;
  const { sha, parents, ...inner } = renderGitCommit(world, repository, commit);
  const account = (email: string) => {
    const user = userOfEmail(world, email);
    return user === null ? null : renderUser(world, user);
  };
  return {
    sha,
    node_id: inner.node_id,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: inner.tree,
      url: inner.url,
      comment_count: 0,
      verification: inner.verification,
    },
    url,
    html_url: inner.html_url,
    comments_url: `${url}/comments`,
    author: account(commit.author.email),
    committer: account(commit.committer.email),
    parents: (parents as Record<string, unknown>[]).map(parent => ({
      ...parent,
      url: `${repositoryUrl(world, repository)}/commits/${parent.sha}`,
    })),
  };
}

export async function renderFullCommit(world: World, repository: Repository, sha: string) {
  const directory = gitDirectory(world, repository);
  const commit = must(await commitOf(directory, sha));
  const files = await changes(world, repository, commit.parents[0] ?? EMPTY_TREE, commit.sha);
  const [additions, deletions] = totals(files);
  return {
    ...renderCommit(world, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map(file => renderFile(world, repository, file, sha)),
  };
}

export const totals = (files: readonly FileChange[]): [number, number] => [
  files.reduce((sum, file) => sum + file.additions, 0),
  files.reduce((sum, file) => sum + file.deletions, 0),
];

export const changes = (
  world: World,
  repository: Repository,
  from: string,
  to: string,
): Promise<FileChange[]> => changesBetween(gitDirectory(world, repository), from, to);

export function renderFile(world: World, repository: Repository, file: FileChange, sha: string) {
  const html = htmlUrl(world, repository);
  const name = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${name}`,
    raw_url: `${html}/raw/${sha}/${name}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${name}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previous === null ? {} : { previous_filename: file.previous }),
  };
}
