// New repositories: bare, with the files or history they begin with.

import { existsSync } from "node:fs";
import path from "node:path";
import { git, gitMaybe } from "./git.ts";
import { readRef } from "./git-read.ts";
import { writeCommit, writeTree } from "./git-write.ts";
import { personOfUser } from "./identity.ts";
import { initBare } from "./push-hook.ts";
import type { Repository, User } from "./state.ts";
import { minimalRepositories, renderInstallation } from "./webhooks.ts";
import { fullName, gitDirectory, must, ownerOf, repositoryByName, userByLogin, type World } from "./world.ts";

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  /** A local git repository: its HEAD becomes the default branch, with its history. */
  readonly fromDirectory?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export async function addRepository(world: World, wanted: NewRepository): Promise<{ id: number }> {
  const known = repositoryByName(world, wanted.owner, wanted.name);
  if (known !== undefined && existsSync(gitDirectory(world, known))) return { id: known.id };
  const owner = must(userByLogin(world, wanted.owner));
  const repository = emptyRepository(world, owner, wanted);
  const directory = gitDirectory(world, repository);
  initBare(directory);
  if (wanted.fromDirectory !== undefined) await importFrom(repository, directory, wanted.fromDirectory);
  if (wanted.files !== undefined) await commitFiles(world, { repository, owner, files: wanted.files });
  world.state.repositories.push(repository);
  delete world.state.redirects[fullName(world, repository).toLowerCase()];
  tellInstallations(world, repository, "added");
  return { id: repository.id };
}

function emptyRepository(world: World, owner: User, wanted: NewRepository): Repository {
  const now = world.stamp();
  return {
    id: world.id(),
    ownerId: owner.id,
    name: wanted.name,
    private: wanted.private ?? false,
    defaultBranch: "main",
    allowAutoMerge: false,
    archived: false,
    deleteBranchOnMerge: false,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    nextNumber: 1,
    collaborators: {},
    protections: {},
    rulesets: [],
    activities: [],
    actionsEnabled: true,
    variables: {},
    secrets: {},
    verified: [],
    labels: [],
    issues: [],
    comments: [],
    reviews: [],
    reviewComments: [],
    timeline: [],
    reactions: [],
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    workflows: [],
    runs: [],
  };
}

async function importFrom(repository: Repository, directory: string, source: string): Promise<void> {
  const branch = (await gitMaybe(source, ["symbolic-ref", "--short", "HEAD"])) ?? "main";
  repository.defaultBranch = branch;
  await git(directory, ["fetch", "--quiet", path.resolve(source), `HEAD:refs/heads/${branch}`]);
  await git(directory, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
}

async function commitFiles(
  world: World,
  of: {
    readonly repository: Repository;
    readonly owner: User;
    readonly files: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const directory = gitDirectory(world, of.repository);
  const ref = `refs/heads/${of.repository.defaultBranch}`;
  const parent = await readRef(directory, ref);
  const changes = Object.entries(of.files).map(([file, content]) => ({ path: file, content }));
  const tree = await writeTree(directory, parent, changes);
  const author = personOfUser(world, of.owner);
  const parents = parent === null ? [] : [parent];
  const message = parent === null ? "Initial commit" : "Add files";
  const sha = await writeCommit(directory, { tree, parents, message, author, committer: author });
  await git(directory, ["update-ref", ref, sha]);
}

/** Tells installations on all repositories that one was added or removed. */
export function tellInstallations(world: World, repository: Repository, action: "added" | "removed"): void {
  for (const installation of world.state.installations) {
    if (installation.accountId !== repository.ownerId) continue;
    const it = minimalRepositories(world, installation).filter(one => one.id === repository.id);
    world.emit({
      event: "installation_repositories",
      action,
      repository: null,
      installation,
      sender: ownerOf(world, repository),
      payload: {
        installation: renderInstallation(world, installation),
        repository_selection: "all",
        repositories_added: action === "added" ? it : [],
        repositories_removed: action === "removed" ? it : [],
        requester: null,
      },
    });
  }
}
