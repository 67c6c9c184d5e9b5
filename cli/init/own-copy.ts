// The copy of Kin that runs `kin init`: the name of its remote on GitHub, and its commit. A workflow that runs it runs what
// its operator has in front of them.
import { realpathSync } from "node:fs";
import { ROOT } from "../../local/world.ts";
import type { Env } from "../arguments.ts";
import type { Action } from "./action.ts";
import { createGit } from "./git.ts";
import { nameFromUrl } from "./repository.ts";

export type OwnCopy =
  | { readonly kind: "found"; readonly action: Action }
  /** `why`: a sentence. */
  | { readonly kind: "none"; readonly why: string };

export const ownCopy = (server: string, env: Env): OwnCopy => {
  const git = createGit(ROOT, env);
  const ask = (...args: readonly string[]) => {
    const { code, out } = git(args);
    return code === 0 ? out.trim() : "";
  };
  // An installed package may lie inside somebody else's repository.
  if (ask("rev-parse", "--show-prefix", "--show-toplevel") !== realpathSync(ROOT))
    return { kind: "none", why: `${ROOT} is no git checkout of its own.` };
  const commit = ask("rev-parse", "HEAD");
  const remotes = ask("remote").split("\n").filter(Boolean);
  for (const remote of remotes.toSorted((a, b) => Number(b === "origin") - Number(a === "origin"))) {
    const name = nameFromUrl(ask("remote", "get-url", remote), server);
    if (name === null) continue;
    if (ask("for-each-ref", "--contains", commit, `refs/remotes/${remote}/`) === "")
      return {
        kind: "none",
        why: `The commit ${commit.slice(0, 12)} of your copy in ${ROOT} is on no branch of ${remote} yet: push it.`,
      };
    return { kind: "found", action: { name: `${name.owner}/${name.repo}`, ref: commit } };
  }
  return { kind: "none", why: `Your copy in ${ROOT} has no remote on ${server}.` };
};
