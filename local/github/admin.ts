// What a site's administrator does by hand, as functions: people, repositories, Apps, installations, settings.
// All of it may be called again with the same names.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { registerToken } from "./auth.ts";
import { git, gitMaybe } from "./git.ts";
import { writeCommit, writeTree } from "./git-write.ts";
import { personOfUser } from "./identity.ts";
import { newKey } from "./seed.ts";
import type { App, Permission, Protection, Repository, User } from "./state.ts";
import { minimalRepositories, renderInstallation } from "./webhooks.ts";
import { gitDirectory, must, ownerOf, repositoryByName, userById, userByLogin, type World } from "./world.ts";

interface Named {
  readonly owner: string;
  readonly repo: string;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  /** A local git repository; its HEAD becomes the default branch, with its history. */
  readonly fromDirectory?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export interface NewApp {
  readonly slug: string;
  readonly name: string;
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface Settings {
  readonly allowAutoMerge?: boolean;
  readonly archived?: boolean;
  readonly private?: boolean;
}

export interface Admin {
  /** The token is a classic personal access token acting as this user; the same one every time. */
  addUser(user: {
    readonly login: string;
    readonly type?: "User" | "Organization";
    readonly name?: string;
  }): {
    readonly id: number;
    readonly token: string;
  };
  addRepository(repository: NewRepository): Promise<{ readonly id: number }>;
  setPermission(grant: Named & { readonly login: string; readonly permission: Permission }): void;
  setRepository(settings: Named & Settings): void;
  /** Null lifts it. */
  setProtection(rule: Named & { readonly branch: string; readonly rule: Partial<Protection> | null }): void;
  setVariable(variable: Named & { readonly name: string; readonly value: string }): void;
  setSecret(secret: Named & { readonly name: string; readonly value: string }): void;
  addApp(app: NewApp): { readonly appId: number; readonly privateKey: string; readonly botId: number };
  setWebhook(hook: { readonly slug: string; readonly url: string | null; readonly secret?: string }): void;
  install(where: { readonly slug: string; readonly owner: string }): { readonly installationId: number };
}

export function createAdmin(world: World): Admin {
  const find = ({ owner, repo }: Named): Repository => {
    const found = repositoryByName(world, owner, repo);
    if (found === undefined) throw new Error(`no repository ${owner}/${repo}`);
    return found;
  };
  const changed = <T>(value: T): T => {
    world.saved();
    return value;
  };
  return {
    addUser: wanted => changed(addUser(world, wanted)),
    addRepository: async wanted => changed(await addRepository(world, wanted)),
    setPermission: grant => {
      find(grant).collaborators[grant.login.toLowerCase()] = grant.permission;
      if (grant.permission === "none") delete find(grant).collaborators[grant.login.toLowerCase()];
      world.saved();
    },
    setRepository: ({ owner, repo, ...settings }) => changed(Object.assign(find({ owner, repo }), settings)),
    setProtection: ({ branch, rule, ...named }) => {
      const { protections } = find(named);
      delete protections[branch];
      if (rule !== null)
        protections[branch] = { requiredChecks: [], requiredApprovals: 0, strict: false, ...rule };
      world.saved();
    },
    setVariable: ({ name, value, ...named }) => {
      find(named).variables[name] = value;
      world.saved();
    },
    setSecret: ({ name, value, ...named }) => {
      find(named).secrets[name] = value;
      world.saved();
    },
    addApp: wanted => changed(addApp(world, wanted)),
    setWebhook: ({ slug, url, secret }) => {
      const app = appNamed(world, slug);
      app.webhook = url === null ? null : { url, secret: secret ?? app.webhook?.secret ?? null };
      world.saved();
    },
    install: where => changed(install(world, where)),
  };
}

function addUser(world: World, wanted: Parameters<Admin["addUser"]>[0]): { id: number; token: string } {
  const known = userByLogin(world, wanted.login);
  const user: User = known ?? {
    id: world.id(),
    login: wanted.login,
    type: wanted.type ?? "User",
    name: wanted.name ?? null,
    createdAt: world.stamp(),
  };
  if (known === undefined) world.state.users.push(user);
  else if (wanted.name !== undefined) user.name = wanted.name;
  // Derived from the world's own seed: the same token every time, and none that another world accepts.
  const digest = createHash("sha256").update(`${world.state.seed}\n${user.id}`).digest("hex");
  const token = `ghp_${digest.slice(0, 36)}`;
  registerToken(world, token, { kind: "user", userId: user.id });
  return { id: user.id, token };
}

async function addRepository(world: World, wanted: NewRepository): Promise<{ id: number }> {
  const known = repositoryByName(world, wanted.owner, wanted.name);
  if (known !== undefined && existsSync(gitDirectory(world, known))) return { id: known.id };
  const owner = must(userByLogin(world, wanted.owner));
  const repository = emptyRepository(world, owner, wanted);
  const directory = gitDirectory(world, repository);
  await git(world.dataDir, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", directory]);
  await configure(directory);
  if (wanted.fromDirectory !== undefined) await importFrom(repository, directory, wanted.fromDirectory);
  if (wanted.files !== undefined) await commitFiles(world, { repository, owner, files: wanted.files });
  world.state.repositories.push(repository);
  tellInstallations(world, repository);
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

// Refuses pushes of new workflow files by Apps that lack `workflows`, in GitHub's words.
const PRE_RECEIVE = `#!/bin/sh
[ -n "$REFUSE_WORKFLOWS" ] || exit 0
while read -r old new ref; do
  case "$new" in *[!0]*) ;; *) continue ;; esac
  file=$(git log --format= --name-only "$new" --not --branches -- .github/workflows | head -n 1)
  if [ -n "$file" ]; then
    printf 'refusing to allow a GitHub App to create or update workflow \`%s\` without \`workflows\` permission\\n' "$file" >&2
    exit 1
  fi
done
`;

async function configure(directory: string): Promise<void> {
  const settings = {
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "receive.hideRefs": "refs/pull",
    "gc.auto": "0",
    "receive.autogc": "false",
  };
  for (const [name, value] of Object.entries(settings)) await git(directory, ["config", name, value]);
  const hook = path.join(directory, "hooks", "pre-receive");
  await git(directory, ["config", "core.hooksPath", path.join(directory, "hooks")]);
  await writeHook(hook);
}

async function writeHook(hook: string): Promise<void> {
  await mkdir(path.dirname(hook), { recursive: true });
  await writeFile(hook, PRE_RECEIVE);
  await chmod(hook, 0o755);
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
  const parent = await gitMaybe(directory, ["rev-parse", "--verify", "--quiet", ref]);
  const changes = Object.entries(of.files).map(([file, content]) => ({ path: file, content }));
  const tree = await writeTree(directory, parent, changes);
  const author = personOfUser(world, of.owner);
  const parents = parent === null ? [] : [parent];
  const message = parent === null ? "Initial commit" : "Add files";
  const sha = await writeCommit(directory, { tree, parents, message, author, committer: author });
  await git(directory, ["update-ref", ref, sha]);
}

/** An installation on all repositories hears of a new one. */
function tellInstallations(world: World, repository: Repository): void {
  for (const installation of world.state.installations) {
    if (installation.accountId !== repository.ownerId) continue;
    const added = minimalRepositories(world, installation).filter(one => one.id === repository.id);
    world.emit({
      event: "installation_repositories",
      action: "added",
      repository: null,
      installation,
      sender: ownerOf(world, repository),
      payload: {
        installation: renderInstallation(world, installation),
        repository_selection: "all",
        repositories_added: added,
        repositories_removed: [],
        requester: null,
      },
    });
  }
}

function appNamed(world: World, slug: string): App {
  const app = world.state.apps.find(one => one.slug === slug);
  if (app === undefined) throw new Error(`no App ${slug}`);
  return app;
}

function addApp(world: World, wanted: NewApp): { appId: number; privateKey: string; botId: number } {
  const app = world.state.apps.find(one => one.slug === wanted.slug) ?? createApp(world, wanted);
  app.name = wanted.name;
  app.permissions = { ...wanted.permissions };
  app.events = [...wanted.events];
  if (wanted.webhookUrl !== undefined)
    app.webhook = { url: wanted.webhookUrl, secret: wanted.webhookSecret ?? null };
  return { appId: app.id, privateKey: app.privateKey, botId: app.botId };
}

function createApp(world: World, wanted: NewApp): App {
  const createdAt = world.stamp();
  const bot: User = { id: world.id(), login: `${wanted.slug}[bot]`, type: "Bot", name: null, createdAt };
  const app: App = {
    id: world.id(),
    slug: wanted.slug,
    name: wanted.name,
    webhook: null,
    permissions: {},
    events: [],
    ...newKey(),
    botId: bot.id,
    createdAt,
  };
  world.state.users.push(bot);
  world.state.apps.push(app);
  return app;
}

function install(world: World, where: { slug: string; owner: string }): { installationId: number } {
  const app = appNamed(world, where.slug);
  const account = must(userByLogin(world, where.owner));
  const known = world.state.installations.find(one => one.appId === app.id && one.accountId === account.id);
  if (known !== undefined) return { installationId: known.id };
  const installation = { id: world.id(), appId: app.id, accountId: account.id, createdAt: world.stamp() };
  world.state.installations.push(installation);
  const payload = {
    installation: renderInstallation(world, installation),
    repositories: minimalRepositories(world, installation),
    requester: null,
  };
  const sender = userById(world, account.id);
  world.emit({ event: "installation", action: "created", repository: null, installation, sender, payload });
  return { installationId: installation.id };
}
