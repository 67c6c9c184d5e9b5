// Adding and deleting people.

import { createHash } from "node:crypto";
import { registerToken } from "./auth.ts";
import type { User } from "./state.ts";
import { must, userByLogin, type World } from "./world.ts";

export interface NewUser {
  readonly login: string;
  readonly type?: "User" | "Organization";
  readonly name?: string;
}

export function addUser(world: World, wanted: NewUser): { id: number; token: string } {
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
  // Derived from the world's own seed: the same token every time, and one that no other world accepts.
  const digest = createHash("sha256").update(`${world.state.seed}\n${user.id}`).digest("hex");
  const token = `ghp_${digest.slice(0, 36)}`;
  registerToken(world, token, { kind: "user", userId: user.id });
  return { id: user.id, token };
}

/** What they wrote stays and becomes the ghost's; requests to them and permissions end. */
export function deleteUser(world: World, login: string): void {
  const { state } = world;
  const user = must(userByLogin(world, login));
  if (state.repositories.some(repository => repository.ownerId === user.id))
    throw new Error(`${login} owns repositories; transfer them first`);
  state.users = state.users.filter(one => one !== user);
  for (const [key, token] of Object.entries(state.tokens))
    if (token.kind === "user" && token.userId === user.id) delete state.tokens[key];
  for (const repository of state.repositories) {
    delete repository.collaborators[user.login.toLowerCase()];
    for (const issue of repository.issues) {
      issue.assignees = issue.assignees.filter(id => id !== user.id);
      if (issue.pull !== null)
        issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter(id => id !== user.id);
    }
    const pending = repository.reviews.filter(one => one.authorId === user.id && one.state === "PENDING");
    repository.reviews = repository.reviews.filter(one => !pending.includes(one));
    repository.reviewComments = repository.reviewComments.filter(
      row => !pending.some(review => review.id === row.reviewId),
    );
  }
}
