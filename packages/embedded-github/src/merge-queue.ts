// The merge queue's first step, on request: the merged commit on one of the queue's branches, and the request for
// checks.

import { Failure } from "./failure.ts";
import { commitOf, mergeTrees, readRef, ZERO } from "./git-read.ts";
import { commitAs } from "./identity.ts";
import { moveRef } from "./refs.ts";
import type { Repository } from "./state.ts";
import { type Deed, gitDirectory, must, ownerOf, type World } from "./world.ts";

export interface MergeGroup {
  readonly headSha: string;
  readonly headRef: string;
}

export async function requestMergeGroup(
  world: World,
  repository: Repository,
  number: number,
): Promise<MergeGroup> {
  const issue = must(repository.issues.find(one => one.number === number));
  const pull = must(issue.pull);
  const directory = gitDirectory(world, repository);
  const user = ownerOf(world, repository);
  const deed: Deed = { world, repository, user, appId: null };
  const base = must(await readRef(directory, `refs/heads/${pull.baseRef}`));
  const tree = await mergeTrees(directory, base, pull.headSha);
  if (tree === null) throw new Failure(405, "Pull Request is not mergeable");
  const message = `Merge pull request #${number} from ${user.login}/${pull.headRef}`;
  const headSha = await commitAs(deed, { tree, parents: [base, pull.headSha], message }, { web: true });
  const headRef = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${number}-${base}`;
  const before = (await readRef(directory, headRef)) ?? ZERO;
  await moveRef(deed, { ref: headRef, before, after: headSha, way: { merging: true } });
  const commit = must(await commitOf(directory, headSha));
  const { author, committer } = commit;
  const head_commit = {
    id: headSha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: committer.date,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
  const merge_group = {
    head_sha: headSha,
    head_ref: headRef,
    base_sha: base,
    base_ref: `refs/heads/${pull.baseRef}`,
    head_commit,
  };
  world.emit({
    event: "merge_group",
    action: "checks_requested",
    repository,
    sender: user,
    payload: { merge_group },
  });
  return { headSha, headRef };
}
