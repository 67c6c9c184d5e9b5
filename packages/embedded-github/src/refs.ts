// What follows when a ref moves, whoever moved it: pull requests follow their branch, issues close, Apps get events.

import { forbidden } from "./failure.ts";
import { git } from "./git.ts";
import { commitsOf, isAncestor, readRef, ZERO } from "./git-read.ts";
import { emailOf, userOfEmail } from "./identity.ts";
import { announce, close, closingReferences, note } from "./issue-changes.ts";
import { markMerged } from "./pull-merged.ts";
import type { RefMove } from "./ref-move.ts";
import { refuseByRules, type Way } from "./rulesets.ts";
import type { Issue, Repository } from "./state.ts";
import { type Deed, gitDirectory, htmlUrl, must, type World } from "./world.ts";

export interface CheckedMove extends RefMove {
  readonly way?: Way;
}

/** Moves the ref in the repository, then does what follows. */
export async function moveRef(deed: Deed, move: CheckedMove): Promise<void> {
  refuseByRules(deed, move, move.way);
  const directory = gitDirectory(deed.world, deed.repository);
  if (move.after === ZERO) await git(directory, ["update-ref", "-d", move.ref, move.before]);
  else await git(directory, ["update-ref", move.ref, move.after, move.before]);
  await refMoved(deed, move);
}

export async function refMoved(deed: Deed, move: CheckedMove): Promise<void> {
  const { repository, world } = deed;
  const branch = branchOf(move.ref);
  repository.pushedAt = world.stamp();
  if (branch === null && !move.ref.startsWith("refs/tags/")) return;
  await emitPush(deed, move);
  if (branch === null) return;
  await noteActivity(deed, move);
  for (const issue of repository.issues) {
    if (issue.state !== "open" || issue.pull === null) continue;
    if (issue.pull.headRef === branch) await followHead(deed, issue, move);
    else if (issue.pull.baseRef === branch) await noticeIndirectMerge(deed, issue, move);
  }
  if (branch === repository.defaultBranch && move.after !== ZERO && move.before !== ZERO)
    await closeFromCommits(deed, move);
}

async function noteActivity({ world, repository, user }: Deed, move: CheckedMove): Promise<void> {
  const type = async () => {
    if (move.way?.merging) return "pr_merge";
    if (move.before === ZERO) return "branch_creation";
    if (move.after === ZERO) return "branch_deletion";
    return (await isAncestor(gitDirectory(world, repository), move.before, move.after))
      ? "push"
      : "force_push";
  };
  const { ref, before, after } = move;
  repository.activities.push({
    ...{ id: world.id(), ref, before, after },
    ...{ actorId: user.id, at: world.stamp(), type: await type() },
  });
}

const branchOf = (ref: string): string | null =>
  ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;

async function followHead(deed: Deed, issue: Issue, move: RefMove): Promise<void> {
  if (move.after === ZERO) {
    note(deed, issue, "head_ref_deleted");
    return close(deed, issue);
  }
  const pull = must(issue.pull);
  if (pull.headSha === move.after) return;
  const before = pull.headSha;
  const directory = gitDirectory(deed.world, deed.repository);
  if (!(await isAncestor(directory, before, move.after))) note(deed, issue, "head_ref_force_pushed");
  await setHead(deed, issue, move.after);
  issue.updatedAt = deed.world.stamp();
  await announce(deed, issue, "synchronize", { before, after: move.after });
}

/** `refs/pull/N/head` keeps a pull request's commits after its branch is deleted. */
export async function setHead(deed: Deed, issue: Issue, sha: string): Promise<void> {
  const pull = must(issue.pull);
  const directory = gitDirectory(deed.world, deed.repository);
  pull.headSha = sha;
  pull.baseSha = (await readRef(directory, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
  await git(directory, ["update-ref", `refs/pull/${issue.number}/head`, sha]);
}

async function noticeIndirectMerge(deed: Deed, issue: Issue, move: RefMove): Promise<void> {
  const pull = must(issue.pull);
  if (move.after === ZERO) return;
  if (await isAncestor(gitDirectory(deed.world, deed.repository), pull.headSha, move.after))
    await markMerged(deed, issue, move.after);
}

async function closeFromCommits(deed: Deed, move: RefMove): Promise<void> {
  const directory = gitDirectory(deed.world, deed.repository);
  const commits = await commitsOf(directory, ["-n", "50", `${move.before}..${move.after}`]);
  for (const commit of commits)
    for (const issue of closingReferences(deed, commit.message))
      await close(deed, issue, { reason: "completed", commitId: commit.sha });
}

async function emitPush(deed: Deed, move: RefMove): Promise<void> {
  const { world, repository, user } = deed;
  const [created, deleted] = [move.before === ZERO, move.after === ZERO];
  const send = (event: string, payload: Record<string, unknown>) =>
    world.emit({ event, repository, sender: user, payload });
  if (created || deleted) {
    const type = branchOf(move.ref) === null ? "tag" : "branch";
    const ref = move.ref.replace(/^refs\/(heads|tags)\//, "");
    const more = created ? { master_branch: repository.defaultBranch, description: null } : {};
    send(created ? "create" : "delete", { ref, ref_type: type, ...more, pusher_type: "user" });
  }
  send("push", await pushPayload(deed, move));
}

async function pushPayload(deed: Deed, move: RefMove): Promise<Record<string, unknown>> {
  const { world, repository, user } = deed;
  const directory = gitDirectory(world, repository);
  const [created, deleted] = [move.before === ZERO, move.after === ZERO];
  const range = created ? `${repository.defaultBranch}..${move.after}` : `${move.before}..${move.after}`;
  const commits = deleted ? [] : await pushedCommits(world, repository, range).catch(() => []);
  const forced = !created && !deleted && !(await isAncestor(directory, move.before, move.after));
  const [last] =
    deleted || commits.at(-1)?.id === move.after
      ? [commits.at(-1)]
      : await pushedCommits(world, repository, move.after, 1);
  return {
    ref: move.ref,
    before: move.before,
    after: move.after,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${htmlUrl(world, repository)}/compare/${move.before.slice(0, 12)}...${move.after.slice(0, 12)}`,
    commits,
    head_commit: last ?? null,
    pusher: { name: user.login, email: emailOf(user) },
  };
}

async function pushedCommits(world: World, repository: Repository, range: string, limit = 20) {
  const directory = gitDirectory(world, repository);
  const commits = (await commitsOf(directory, ["-n", String(limit), range])).reverse();
  const username = (email: string) => {
    const user = userOfEmail(world, email);
    return user === null ? {} : { username: user.login };
  };
  return Promise.all(
    commits.map(async ({ sha, tree, message, author, committer }) => ({
      id: sha,
      tree_id: tree,
      distinct: true,
      message,
      timestamp: committer.date,
      url: `${htmlUrl(world, repository)}/commit/${sha}`,
      author: { ...author, ...username(author.email) },
      committer: { ...committer, ...username(committer.email) },
      ...(await touched(directory, sha)),
    })),
  );
}

async function touched(directory: string, sha: string) {
  const text = await git(directory, [
    "diff-tree",
    "--root",
    "-r",
    "--no-commit-id",
    "--name-status",
    "-z",
    sha,
  ]);
  const fields = text.split("\0");
  const named = (letter: string) => fields.filter((_, at) => at % 2 === 1 && fields[at - 1] === letter);
  return { added: named("A"), removed: named("D"), modified: named("M") };
}

/** GitHub lets only Apps with `workflows` add or change workflow files. */
export async function refuseWorkflowChange(
  call: Deed & { readonly workflows: boolean },
  after: string,
): Promise<void> {
  if (call.appId === null || call.workflows) return;
  const directory = gitDirectory(call.world, call.repository);
  const args = ["log", "--format=", "--name-only", after, "--not", "--branches", "--", ".github/workflows"];
  if ((await git(directory, args)) !== "") throw forbidden();
}
