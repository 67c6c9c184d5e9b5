// What an administrator changes about an existing repository: its name, owner, settings, deletion.

import { tellInstallations } from "./admin-repositories.ts";
import { renderUser } from "./render.ts";
import type { Repository, Rule } from "./state.ts";
import { fullName, must, ownerOf, userByLogin, type World } from "./world.ts";

export interface Settings {
  readonly allowAutoMerge?: boolean;
  readonly deleteBranchOnMerge?: boolean;
  readonly archived?: boolean;
  readonly private?: boolean;
  readonly actionsEnabled?: boolean;
}

export interface NewRuleset {
  readonly name: string;
  /** `bot/**`, `~ALL`, `~DEFAULT_BRANCH`. */
  readonly branches: readonly string[];
  readonly rules: readonly Rule[];
  /** Logins exempt from the rules, such as `helper[bot]`. */
  readonly bypass?: readonly string[];
}

function tell(world: World, repository: Repository, what: { action: string; changes?: unknown }): void {
  const payload = what.changes === undefined ? {} : { changes: what.changes };
  const sender = ownerOf(world, repository);
  world.emit({ event: "repository", action: what.action, repository, sender, payload });
}

export function changeSettings(world: World, repository: Repository, settings: Settings): void {
  const before = { archived: repository.archived, private: repository.private };
  Object.assign(repository, settings);
  if (repository.archived !== before.archived)
    tell(world, repository, { action: repository.archived ? "archived" : "unarchived" });
  if (repository.private !== before.private)
    tell(world, repository, { action: repository.private ? "privatized" : "publicized" });
}

export function renameRepository(world: World, repository: Repository, name: string): void {
  const from = repository.name;
  world.state.redirects[fullName(world, repository).toLowerCase()] = repository.id;
  repository.name = name;
  delete world.state.redirects[fullName(world, repository).toLowerCase()];
  tell(world, repository, { action: "renamed", changes: { repository: { name: { from } } } });
}

/** The old owner's secrets and collaborators are not transferred; installations belong to the owner. */
export function transferRepository(world: World, repository: Repository, to: string): void {
  const owner = must(userByLogin(world, to));
  const before = ownerOf(world, repository);
  tellInstallations(world, repository, "removed");
  world.state.redirects[fullName(world, repository).toLowerCase()] = repository.id;
  repository.ownerId = owner.id;
  delete world.state.redirects[fullName(world, repository).toLowerCase()];
  tellInstallations(world, repository, "added");
  const from = { [before.type === "Organization" ? "organization" : "user"]: renderUser(world, before) };
  tell(world, repository, { action: "transferred", changes: { owner: { from } } });
}

export function deleteRepository(world: World, repository: Repository): void {
  tell(world, repository, { action: "deleted" });
  tellInstallations(world, repository, "removed");
  world.state.repositories = world.state.repositories.filter(one => one !== repository);
}

export function setRuleset(world: World, repository: Repository, wanted: NewRuleset): void {
  const { name, branches, rules, bypass = [] } = wanted;
  repository.rulesets = repository.rulesets.filter(one => one.name !== name);
  if (rules.length > 0) repository.rulesets.push({ id: world.id(), name, branches, rules, bypass });
}
