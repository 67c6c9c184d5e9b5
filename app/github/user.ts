// People and bots, as GitHub names them on everything they did.

import type { Answer } from "./octokit.ts";
import type { GitHubUser } from "./port.ts";

type User = Pick<Answer<"GET /repos/{owner}/{repo}">["owner"], "id" | "login" | "type">;

/** GitHub describes ids as 64 bits wide, which its types turn into `number | bigint`; in practice they are numbers. */
export const toId = (id: number | bigint | null | undefined): number | null =>
  id == null ? null : Number(id);

/** A deleted account appears as the ghost. */
export const toUser = (user: Partial<User> | null | undefined): GitHubUser => ({
  id: Number(user?.id ?? 0),
  login: user?.login ?? "ghost",
  type: user?.type ?? "User",
});
