// Who a commit claims made it, and whether GitHub vouches for that.

import type { Commit, Person } from "./git-read.ts";
import type { NewCommit } from "./git-write.ts";
import { writeCommit } from "./git-write.ts";
import type { User } from "./state.ts";
import { type Deed, gitDirectory, type World } from "./world.ts";

export const WEB_FLOW = { name: "GitHub", email: "noreply@github.com" };

export const emailOf = (user: User): string => `${user.id}+${user.login}@users.noreply.github.com`;

export const personOfUser = (world: World, user: User): Person => ({
  name: user.type === "Bot" ? user.login : (user.name ?? user.login),
  email: emailOf(user),
  date: world.stamp(),
});

export function userOfEmail(world: World, email: string): User | null {
  const id = /^(\d+)\+.*@users\.noreply\./.exec(email)?.[1];
  if (id !== undefined) return world.state.users.find(user => user.id === Number(id)) ?? null;
  const login = /^([^@+]+)@users\.noreply\./.exec(email)?.[1];
  return world.state.users.find(user => user.login === login) ?? null;
}

/**
 * A commit made on GitHub's side. It is verified if GitHub signs it: a bot's commit with author and committer left to
 * GitHub, and the web interface's own commits (merges).
 */
export async function commitAs(
  deed: Deed,
  commit: Pick<NewCommit, "tree" | "parents" | "message">,
  given: {
    readonly author?: Person | undefined;
    readonly committer?: Person | undefined;
    readonly web?: boolean;
  } = {},
): Promise<string> {
  const { world, repository, user } = deed;
  const own = personOfUser(world, user);
  const signed = given.web === true || (user.type === "Bot" && !given.author && !given.committer);
  const author = given.author ?? own;
  const committer = given.committer ?? given.author ?? own;
  const sha = await writeCommit(gitDirectory(world, repository), {
    ...commit,
    author,
    committer: signed ? { ...WEB_FLOW, date: own.date } : committer,
  });
  if (signed && !repository.verified.includes(sha)) repository.verified.push(sha);
  return sha;
}

export function verification(deed: Pick<Deed, "repository">, commit: Commit): Record<string, unknown> {
  const verified = deed.repository.verified.includes(commit.sha);
  return {
    verified,
    reason: verified ? "valid" : "unsigned",
    signature: verified ? "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n" : null,
    payload: verified ? `tree ${commit.tree}\n` : null,
    verified_at: verified ? commit.committer.date : null,
  };
}
