// What an actor may do in a repository: a person by role, an App by the permission it was granted.

import type { Actor } from "./auth.ts";
import { Failure, forbidden, notFound } from "./failure.ts";
import type { Permission, Repository, User } from "./state.ts";
import type { World } from "./world.ts";

export type Level = "read" | "write" | "admin";
export interface Need {
  /** Any one of these is enough for an App. */
  readonly app: readonly string[];
  readonly level: Level;
  readonly role: Permission;
}

const ROLES: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
const LEVELS: readonly string[] = ["none", "read", "write", "admin"];

export const atLeast = (role: Permission, wanted: Permission): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(wanted);
export const grants = (level: string | undefined, wanted: string): boolean =>
  LEVELS.indexOf(level ?? "none") >= LEVELS.indexOf(wanted);

export function roleOf(repository: Repository, user: User): Permission {
  if (user.id === repository.ownerId) return "admin";
  const given = repository.collaborators[user.login.toLowerCase()];
  if (given !== undefined && given !== "none") return given;
  return repository.private ? "none" : "read";
}

/** Whether an App's token is valid for this repository; job tokens name theirs. */
export function covers(actor: Extract<Actor, { kind: "installation" }>, repository: Repository): boolean {
  const account = actor.installation === null || actor.installation.accountId === repository.ownerId;
  return account && (actor.repositoryIds?.includes(repository.id) ?? true);
}

export function canSee(actor: Actor, repository: Repository): boolean {
  if (!repository.private) return true;
  switch (actor.kind) {
    case "anonymous":
    case "app":
      return false;
    case "user":
      return roleOf(repository, actor.user) !== "none";
    case "installation":
      return covers(actor, repository);
    default:
      throw new Error(String(actor satisfies never));
  }
}

export function can(actor: Actor, repository: Repository, need: Need): boolean {
  switch (actor.kind) {
    case "anonymous":
      return need.level === "read" && need.role === "read" && !repository.private;
    case "app":
      return false;
    case "user":
      return atLeast(roleOf(repository, actor.user), need.role);
    case "installation":
      if (!covers(actor, repository))
        return !repository.private && need.level === "read" && need.role === "read";
      return need.app.some(name => name === "metadata" || grants(actor.permissions[name], need.level));
    default:
      throw new Error(String(actor satisfies never));
  }
}

export function demand(actor: Actor, repository: Repository, need: Need): void {
  if (actor.kind === "app") throw new Failure(401, "A JSON web token could not be decoded");
  if (!canSee(actor, repository)) throw notFound();
  if (can(actor, repository, need)) return;
  if (actor.kind === "anonymous") throw new Failure(401, "Requires authentication");
  if (actor.kind === "installation") throw forbidden();
  throw need.role === "write"
    ? forbidden("Must have push access to view or change this repository.")
    : forbidden("Must have admin rights to Repository.");
}

/** The person or bot behind a request that needs one. */
export function personOf(actor: Actor): User {
  if (actor.kind === "user" || actor.kind === "installation") return actor.user;
  throw new Failure(401, "Requires authentication");
}

export const appOf = (actor: Actor): number | null => (actor.kind === "installation" ? actor.app.id : null);

export function association(repository: Repository, user: User): string {
  if (user.id === repository.ownerId) return "OWNER";
  if (atLeast(repository.collaborators[user.login.toLowerCase()] ?? "none", "triage")) return "COLLABORATOR";
  return "NONE";
}

export const visibleTo = (world: World, actor: Actor): Repository[] =>
  world.state.repositories.filter(repository => canSee(actor, repository));
