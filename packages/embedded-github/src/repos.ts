// Repositories, people's permissions on them, branches, commits, comparisons.

import { can, roleOf } from "./access.ts";
import { changes, renderCommit, renderFile, renderFullCommit } from "./commit-render.ts";
import { Failure, notFound } from "./failure.ts";
import { git } from "./git.ts";
import {
  commitOf,
  commitsOf,
  countCommits,
  listRefs,
  mergeBase,
  readRef,
  resolveCommit,
} from "./git-read.ts";
import { renderOrganization, renderRepository, renderUser } from "./render.ts";
import { needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { Permission } from "./state.ts";
import {
  gitDirectory,
  htmlUrl,
  isGone,
  must,
  nodeId,
  ownerOf,
  repositoryUrl,
  userById,
  userByLogin,
} from "./world.ts";

const read = needs("metadata", "read", "read");
const contents = needs("contents", "read", "read");
const base = "/repos/{owner}/{repo}";

export const repositoryRoutes: readonly Route[] = [
  { method: "GET", path: base, need: read, handle: getRepository },
  { method: "GET", path: "/repositories/{repository_id}", need: read, handle: getRepository },
  {
    method: "GET",
    path: `${base}/collaborators/{username}/permission`,
    need: needs("metadata", "read", "write"),
    handle: getPermission,
  },
  {
    method: "GET",
    path: `${base}/collaborators`,
    need: needs("metadata", "read", "write"),
    handle: listCollaborators,
  },
  {
    method: "GET",
    path: `${base}/collaborators/{username}`,
    need: needs("metadata", "read", "write"),
    handle: isCollaborator,
  },
  { method: "GET", path: `${base}/branches`, need: contents, handle: listBranches },
  { method: "GET", path: `${base}/branches/{branch}`, need: contents, handle: getBranch },
  { method: "GET", path: `${base}/commits`, need: contents, handle: listCommits },
  { method: "GET", path: `${base}/commits/{ref}`, need: contents, handle: getCommit },
  { method: "GET", path: `${base}/activity`, need: contents, handle: listActivity },
  { method: "GET", path: `${base}/compare/{basehead}`, need: contents, handle: compare },
];

function getRepository(call: RepositoryCall) {
  const { world, repository } = call;
  const owner = ownerOf(world, repository);
  return ok({
    ...renderRepository(world, repository),
    permissions: permissionsOf(call),
    allow_rebase_merge: true,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_auto_merge: repository.allowAutoMerge,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    allow_update_branch: true,
    network_count: 0,
    subscribers_count: 0,
    ...(owner.type === "Organization" ? { organization: renderOrganization(world, owner) } : {}),
  });
}

function permissionsOf(call: RepositoryCall): Record<string, boolean> {
  const may = (role: Permission, app: string, level: "read" | "write" | "admin") =>
    can(call.actor, call.repository, needs(app, level, role));
  return {
    admin: may("admin", "administration", "write"),
    maintain: may("maintain", "administration", "write"),
    push: may("write", "contents", "write"),
    triage: may("triage", "issues", "write"),
    pull: may("read", "contents", "read"),
  };
}

const FOLDED: Readonly<Record<Permission, string>> = {
  admin: "admin",
  maintain: "write",
  write: "write",
  triage: "read",
  read: "read",
  none: "none",
};

function getPermission(call: RepositoryCall) {
  const user = userByLogin(call.world, call.param("username"));
  if (user === undefined) throw notFound();
  const role = user.type === "Bot" ? "none" : roleOf(call.repository, user);
  return ok({
    permission: FOLDED[role],
    role_name: role,
    user: { ...renderUser(call.world, user), permissions: permissionFlags(role), role_name: role },
  });
}

const ORDER: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
function permissionFlags(role: Permission): Record<string, boolean> {
  const has = (wanted: Permission) => ORDER.indexOf(role) >= ORDER.indexOf(wanted);
  return {
    admin: has("admin"),
    maintain: has("maintain"),
    push: has("write"),
    triage: has("triage"),
    pull: has("read"),
  };
}

function collaboratorsOf(call: RepositoryCall) {
  const { world, repository } = call;
  return world.state.users.filter(
    user =>
      user.id === repository.ownerId || repository.collaborators[user.login.toLowerCase()] !== undefined,
  );
}

function listCollaborators(call: RepositoryCall) {
  const users = collaboratorsOf(call).filter(user => user.type === "User");
  return page(call, users, user => {
    const role = roleOf(call.repository, user);
    return { ...renderUser(call.world, user), permissions: permissionFlags(role), role_name: role };
  });
}

function isCollaborator(call: RepositoryCall) {
  const user = userByLogin(call.world, call.param("username"));
  if (user === undefined || !collaboratorsOf(call).includes(user)) throw notFound();
  return { status: 204 };
}

async function listBranches(call: RepositoryCall) {
  const heads = await listRefs(gitDirectory(call.world, call.repository), "refs/heads");
  const wanted = call.query.get("protected");
  const rows = [...heads].map(([ref, sha]) => ({ name: ref.replace("refs/heads/", ""), sha }));
  const isProtected = (name: string) => call.repository.protections[name] !== undefined;
  return page(
    call,
    rows.filter(row => wanted === null || String(isProtected(row.name)) === wanted),
    ({ name, sha }) => ({
      name,
      commit: { sha, url: `${repositoryUrl(call.world, call.repository)}/commits/${sha}` },
      protected: isProtected(name),
    }),
  );
}

async function getBranch(call: RepositoryCall) {
  const { world, repository } = call;
  const name = call.param("branch");
  const directory = gitDirectory(world, repository);
  const sha = await readRef(directory, `refs/heads/${name}`);
  if (sha === null) throw new Failure(404, "Branch not found");
  const url = `${repositoryUrl(world, repository)}/branches/${name}`;
  const protection = repository.protections[name];
  return ok({
    name,
    commit: renderCommit(world, repository, must(await commitOf(directory, sha))),
    _links: { self: url, html: `${htmlUrl(world, repository)}/tree/${name}` },
    protected: protection !== undefined,
    protection: {
      enabled: protection !== undefined,
      required_status_checks: {
        enforcement_level: protection === undefined ? "off" : "non_admins",
        contexts: protection?.requiredChecks ?? [],
        checks: (protection?.requiredChecks ?? []).map(context => ({ context, app_id: null })),
      },
    },
    protection_url: `${url}/protection`,
  });
}

async function listCommits(call: RepositoryCall) {
  const { world, repository, query } = call;
  const directory = gitDirectory(world, repository);
  const name = query.get("sha") ?? repository.defaultBranch;
  const sha = await resolveCommit(directory, name);
  if (sha === null && (await listRefs(directory, "refs/heads")).size === 0)
    throw new Failure(409, "Git Repository is empty.");
  if (sha === null) throw notFound();
  const filters = ["since", "until", "author"].flatMap(key => {
    const value = query.get(key);
    return value === null ? [] : [`--${key}=${value}`];
  });
  const path = query.get("path");
  // `log` ends its options with "--" itself, so a path goes through rev-list first.
  const args =
    path === null
      ? [...filters, "-n", "1000", sha]
      : await revisions(directory, [...filters, sha, "--", path]);
  const commits = args.length === 0 ? [] : await commitsOf(directory, args);
  return page(call, commits, commit => renderCommit(world, repository, commit));
}

async function revisions(directory: string, args: readonly string[]): Promise<string[]> {
  const text = await git(directory, ["rev-list", "-n", "200", ...args]);
  return text === "" ? [] : ["--no-walk=unsorted", ...text.split("\n")];
}

async function getCommit(call: RepositoryCall) {
  const { world, repository } = call;
  const directory = gitDirectory(world, repository);
  const sha = await resolveCommit(directory, call.param("ref"));
  if (sha === null) throw new Failure(422, `No commit found for SHA: ${call.param("ref")}`);
  if (/[.+]sha/.test(call.accept)) return { status: 200, text: sha };
  if (/[.+](diff|patch)/.test(call.accept))
    return { status: 200, text: await git(directory, ["show", "--format=", sha]) };
  return ok(await renderFullCommit(world, repository, sha));
}

/** Latest first. */
function listActivity(call: RepositoryCall) {
  const { world, repository, query } = call;
  const ref = query.get("ref");
  const wanted = ref === null ? null : `refs/heads/${ref.replace(/^refs\/heads\//, "")}`;
  const found = repository.activities.filter(one => wanted === null || one.ref === wanted).toReversed();
  return page(call, found, ({ id, before, after, ref, at, type, actorId }) => ({
    ...{ id, node_id: nodeId("PSH", id), before, after, ref, timestamp: at, activity_type: type },
    actor: isGone(world, actorId) ? null : renderUser(world, userById(world, actorId)),
  }));
}

async function compare(call: RepositoryCall) {
  const { world, repository } = call;
  const directory = gitDirectory(world, repository);
  const [from = "", to = ""] = call.param("basehead").split("...");
  const bare = (name: string) => name.replace(/^[^:]+:/, "");
  const [base, head] = await Promise.all([
    resolveCommit(directory, bare(from)),
    resolveCommit(directory, bare(to)),
  ]);
  if (base === null || head === null) throw notFound();
  const start = await mergeBase(directory, base, head);
  if (start === null) throw new Failure(404, `No common ancestor between ${from} and ${to}.`);
  if (/[.+]diff/.test(call.accept)) return { status: 200, text: await git(directory, ["diff", start, head]) };
  const [ahead, behind, commits, files] = await Promise.all([
    countCommits(directory, `${base}..${head}`),
    countCommits(directory, `${head}..${base}`),
    commitsOf(directory, ["--reverse", "-n", "250", `${base}..${head}`]),
    changes(world, repository, start, head),
  ]);
  const html = `${htmlUrl(world, repository)}/compare/${from}...${to}`;
  const url = `${repositoryUrl(world, repository)}/compare/${from}...${to}`;
  const one = async (sha: string) => renderCommit(world, repository, must(await commitOf(directory, sha)));
  return ok({
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: await one(base),
    merge_base_commit: await one(start),
    status: ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map(commit => renderCommit(world, repository, commit)),
    files: files.slice(0, 300).map(file => renderFile(world, repository, file, head)),
  });
}
