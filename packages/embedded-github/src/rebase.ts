// Rebase merges, which need a work tree: a throwaway clone that shares the repository's objects.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "./failure.ts";
import { GitError, git } from "./git.ts";
import { WEB_FLOW } from "./identity.ts";

export async function rebase(
  directory: string,
  what: { readonly base: string; readonly head: string },
): Promise<string> {
  const scratch = await mkdtemp(path.join(tmpdir(), "github-rebase-"));
  const env = { GIT_COMMITTER_NAME: WEB_FLOW.name, GIT_COMMITTER_EMAIL: WEB_FLOW.email };
  try {
    const clone = path.join(scratch, "clone");
    await git(scratch, ["clone", "--quiet", "--shared", "--no-checkout", directory, clone]);
    await git(clone, ["fetch", "--quiet", "origin", what.head]);
    await git(clone, ["checkout", "--quiet", "--detach", what.head]);
    await git(clone, ["rebase", "--quiet", "--force-rebase", what.base], { env });
    const sha = await git(clone, ["rev-parse", "HEAD"]);
    await git(directory, ["fetch", "--quiet", clone, sha]);
    return sha;
  } catch (error) {
    if (error instanceof GitError) throw new Failure(405, "This branch can't be rebased");
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
