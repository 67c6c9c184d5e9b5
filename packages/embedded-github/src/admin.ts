// What a site's administrator does by hand, as functions: people, repositories, Apps, installations, settings, and the
// faults that tests ask for. Whatever adds or sets something may be called again with the same names.

import { addApp, appNamed, install, type NewApp } from "./admin-apps.ts";
import {
  changeSettings,
  deleteRepository,
  type NewRuleset,
  renameRepository,
  type Settings,
  setRuleset,
  transferRepository,
} from "./admin-changes.ts";
import { addUser, deleteUser, type NewUser } from "./admin-people.ts";
import { addRepository, type NewRepository } from "./admin-repositories.ts";
import type { Faults } from "./faults.ts";
import { type MergeGroup, requestMergeGroup } from "./merge-queue.ts";
import type { Permission, Protection, Repository, WorkflowRow } from "./state.ts";
import { workflowsOf } from "./workflows.ts";
import { repositoryByName, userByLogin, type World } from "./world.ts";

interface Named {
  readonly owner: string;
  readonly repo: string;
}

export interface Admin extends Faults {
  /** The token is a classic personal access token of this user, the same one every time. */
  addUser(user: NewUser): { readonly id: number; readonly token: string };
  /** What the user wrote stays; the API then names nobody, or the ghost, as its author. */
  deleteUser(user: { readonly login: string }): void;
  addRepository(repository: NewRepository): Promise<{ readonly id: number }>;
  /** A user's, oldest first. */
  repositories(login: string): readonly { readonly name: string }[];
  renameRepository(change: Named & { readonly name: string }): void;
  transferRepository(change: Named & { readonly to: string }): void;
  deleteRepository(repository: Named): void;
  setPermission(grant: Named & { readonly login: string; readonly permission: Permission }): void;
  setRepository(settings: Named & Settings): void;
  /** Null lifts it. */
  setProtection(rule: Named & { readonly branch: string; readonly rule: Partial<Protection> | null }): void;
  /** An empty list of rules removes it. */
  setRuleset(ruleset: Named & NewRuleset): void;
  setVariable(variable: Named & { readonly name: string; readonly value: string }): void;
  setSecret(secret: Named & { readonly name: string; readonly value: string }): void;
  /** `workflow` is the file's name. */
  setWorkflow(
    change: Named & { readonly workflow: string; readonly state: WorkflowRow["state"] },
  ): Promise<void>;
  /** As if somebody added a pull request to the merge queue: `merge_group.checks_requested`. */
  requestMergeGroup(group: Named & { readonly number: number }): Promise<MergeGroup>;
  addApp(app: NewApp): { readonly appId: number; readonly privateKey: string; readonly botId: number };
  setWebhook(hook: { readonly slug: string; readonly url: string | null; readonly secret?: string }): void;
  install(where: { readonly slug: string; readonly owner: string }): { readonly installationId: number };
}

export function createAdmin(world: World, faults: Faults): Admin {
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
    limitRate: faults.limitRate,
    failNext: faults.failNext,
    dropDeliveries: faults.dropDeliveries,
    addUser: wanted => changed(addUser(world, wanted)),
    deleteUser: ({ login }) => changed(deleteUser(world, login)),
    repositories: login => {
      const owner = userByLogin(world, login)?.id;
      return world.state.repositories
        .filter(({ ownerId }) => ownerId === owner)
        .map(({ name }) => ({ name }));
    },
    addRepository: async wanted => changed(await addRepository(world, wanted)),
    renameRepository: ({ name, ...named }) => changed(renameRepository(world, find(named), name)),
    transferRepository: ({ to, ...named }) => changed(transferRepository(world, find(named), to)),
    deleteRepository: named => changed(deleteRepository(world, find(named))),
    setPermission: grant => {
      const { collaborators } = find(grant);
      if (grant.permission === "none") delete collaborators[grant.login.toLowerCase()];
      else collaborators[grant.login.toLowerCase()] = grant.permission;
      world.saved();
    },
    setRepository: ({ owner, repo, ...settings }) =>
      changed(changeSettings(world, find({ owner, repo }), settings)),
    setProtection: ({ branch, rule, ...named }) => {
      const { protections } = find(named);
      delete protections[branch];
      if (rule !== null)
        protections[branch] = { requiredChecks: [], requiredApprovals: 0, strict: false, ...rule };
      world.saved();
    },
    setRuleset: ({ owner, repo, ...ruleset }) => changed(setRuleset(world, find({ owner, repo }), ruleset)),
    setVariable: ({ name, value, ...named }) => {
      find(named).variables[name] = value;
      world.saved();
    },
    setSecret: ({ name, value, ...named }) => {
      find(named).secrets[name] = value;
      world.saved();
    },
    setWorkflow: async ({ workflow, state, ...named }) => {
      const found = (await workflowsOf(world, find(named))).find(({ row }) =>
        row.path.endsWith(`/${workflow}`),
      );
      if (found === undefined) throw new Error(`no workflow ${workflow}`);
      found.row.state = state;
      world.saved();
    },
    requestMergeGroup: ({ number, ...named }) => {
      const repository = find(named);
      return world.lock(repository, async () => changed(await requestMergeGroup(world, repository, number)));
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
