// What happens only to pull requests, not to every issue: merge, ready, draft, auto-merge.

import { Failure, unprocessable } from "./failure.ts";
import { isAncestor, mergeTrees, readRef } from "./git-read.ts";
import { commitAs, personOfUser } from "./identity.ts";
import { announce, note } from "./issue-changes.ts";
import { markMerged } from "./pull-merged.ts";
import { mergeability, missing } from "./pull-state.ts";
import { rebase } from "./rebase.ts";
import { moveRef } from "./refs.ts";
import { refuseByRules } from "./rulesets.ts";
import type { Issue } from "./state.ts";
import { type Deed, gitDirectory, must, ownerOf, userById } from "./world.ts";

export type MergeMethod = "merge" | "squash" | "rebase";

export interface MergeRequest {
  readonly method: MergeMethod;
  readonly sha?: string | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

/** Merges, or refuses as GitHub would; returns the commit. */
export async function mergePull(deed: Deed, issue: Issue, wanted: MergeRequest): Promise<string> {
  const pull = must(issue.pull);
  if (issue.state === "closed") throw new Failure(405, "Pull Request is not mergeable");
  if (pull.draft) throw new Failure(405, "Pull Request is still a draft");
  if (wanted.sha !== undefined && wanted.sha !== pull.headSha)
    throw new Failure(409, "Head branch was modified. Review and try the merge again.");
  const { state } = await mergeability(deed.world, deed.repository, issue);
  if (state === "dirty") throw new Failure(405, "Pull Request is not mergeable");
  const [reason] = missing(deed.world, deed.repository, issue);
  if (reason !== undefined) throw new Failure(405, reason);
  if (state === "behind") throw new Failure(405, "Head branch is out of date. Update it before merging.");
  const { world, repository } = deed;
  const base = must(await readRef(gitDirectory(world, repository), `refs/heads/${pull.baseRef}`));
  const sha = await mergedCommit(deed, issue, { base, wanted });
  const move = { ref: `refs/heads/${pull.baseRef}`, before: base, after: sha };
  const way = { merging: true, status: 405 };
  refuseByRules(deed, move, way);
  pull.mergeSha = sha;
  await markMerged(deed, issue, sha, async () => moveRef(deed, { ...move, way }));
  return sha;
}

async function mergedCommit(
  deed: Deed,
  issue: Issue,
  how: { readonly base: string; readonly wanted: MergeRequest },
): Promise<string> {
  const pull = must(issue.pull);
  const { base, wanted } = how;
  const directory = gitDirectory(deed.world, deed.repository);
  if (wanted.method === "rebase") return rebase(directory, { base, head: pull.headSha });
  const tree = must(await mergeTrees(directory, base, pull.headSha));
  const owner = ownerOf(deed.world, deed.repository).login;
  const merging = wanted.method === "merge";
  const title =
    wanted.title ??
    (merging
      ? `Merge pull request #${issue.number} from ${owner}/${pull.headRef}`
      : `${issue.title} (#${issue.number})`);
  const text = wanted.message ?? (merging ? issue.title : (issue.body ?? ""));
  const parents = merging ? [base, pull.headSha] : [base];
  // A squashed commit belongs to the pull request's author, whoever pressed the button, and is signed all the same.
  const author = merging ? undefined : personOfUser(deed.world, userById(deed.world, issue.authorId));
  return commitAs(
    deed,
    { tree, parents, message: text === "" ? title : `${title}\n\n${text}` },
    { author, web: true },
  );
}

export async function setDraft(deed: Deed, issue: Issue, draft: boolean): Promise<void> {
  const pull = must(issue.pull);
  if (pull.draft === draft) return;
  pull.draft = draft;
  issue.updatedAt = deed.world.stamp();
  if (draft) pull.autoMerge = null;
  note(deed, issue, draft ? "convert_to_draft" : "ready_for_review");
  await announce(deed, issue, draft ? "converted_to_draft" : "ready_for_review");
}

export async function enableAutoMerge(
  deed: Deed,
  issue: Issue,
  wanted: MergeRequest & { readonly head?: string | undefined },
): Promise<void> {
  const pull = must(issue.pull);
  const { world, repository, user } = deed;
  if (!repository.allowAutoMerge)
    throw unprocessable("Pull request Auto merge is not allowed for this repository");
  if (issue.state === "closed") throw unprocessable("Pull request is closed");
  if (pull.draft) throw unprocessable("Pull request is in draft status");
  if (wanted.head !== undefined && wanted.head !== pull.headSha)
    throw unprocessable("Head branch was modified. Review and try the merge again.");
  const { state } = await mergeability(world, repository, issue);
  if (state === "clean" || state === "unstable") throw unprocessable(`Pull request is in ${state} status`);
  if (state === "dirty") throw unprocessable("Pull request is in dirty status");
  pull.autoMerge = {
    method: wanted.method,
    enabledBy: user.id,
    enabledAt: world.stamp(),
    title: wanted.title ?? null,
    message: wanted.message ?? null,
  };
  note(deed, issue, "auto_merge_enabled");
  await announce(deed, issue, "auto_merge_enabled");
}

export async function disableAutoMerge(deed: Deed, issue: Issue): Promise<void> {
  const pull = must(issue.pull);
  if (pull.autoMerge === null) throw unprocessable("Can't disable auto-merge for this pull request");
  pull.autoMerge = null;
  note(deed, issue, "auto_merge_disabled");
  await announce(deed, issue, "auto_merge_disabled");
}

/** Called after anything that may have been the last thing missing. */
export async function mergeWhatIsReady(deed: Deed): Promise<void> {
  const { world, repository } = deed;
  for (const issue of repository.issues) {
    const auto = issue.state === "open" ? issue.pull?.autoMerge : null;
    if (auto === null || auto === undefined) continue;
    const { state } = await mergeability(world, repository, issue);
    if (state !== "clean" && state !== "unstable") continue;
    const by: Deed = { world, repository, user: userById(world, auto.enabledBy), appId: null };
    const [title, message] = [auto.title ?? undefined, auto.message ?? undefined];
    // Whoever triggered it must not see its refusal: the pull request simply stays open.
    await mergePull(by, issue, { method: auto.method, title, message }).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
    });
  }
}

/** "Update branch": merges the base into the head's branch. */
export async function updateBranch(deed: Deed, issue: Issue, expected?: string): Promise<void> {
  const pull = must(issue.pull);
  const directory = gitDirectory(deed.world, deed.repository);
  if (expected !== undefined && expected !== pull.headSha)
    throw unprocessable(`expected head sha didn’t match current head ref.`);
  const base = must(await readRef(directory, `refs/heads/${pull.baseRef}`));
  if (await isAncestor(directory, base, pull.headSha))
    throw unprocessable("There are no new commits on the base branch.");
  const tree = await mergeTrees(directory, pull.headSha, base);
  if (tree === null) throw unprocessable("merge conflict between base and head");
  const message = `Merge branch '${pull.baseRef}' into ${pull.headRef}`;
  const sha = await commitAs(deed, { tree, parents: [pull.headSha, base], message }, { web: true });
  await moveRef(deed, { ref: `refs/heads/${pull.headRef}`, before: pull.headSha, after: sha });
}
