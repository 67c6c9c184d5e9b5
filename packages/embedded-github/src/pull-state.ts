// Whether a pull request can be merged and what blocks it: real merges, checks, reviews, branch protection.

import { atLeast, roleOf } from "./access.ts";
import { isAncestor, mergeTrees, readRef } from "./git-read.ts";
import type { Issue, Repository, Review } from "./state.ts";
import { gitDirectory, must, userById, type World } from "./world.ts";

export interface Mergeability {
  readonly mergeable: boolean | null;
  readonly state: "unknown" | "dirty" | "draft" | "blocked" | "behind" | "unstable" | "clean";
}

export async function mergeability(
  world: World,
  repository: Repository,
  issue: Issue,
): Promise<Mergeability> {
  const pull = must(issue.pull);
  const directory = gitDirectory(world, repository);
  const base = await readRef(directory, `refs/heads/${pull.baseRef}`);
  if (issue.state === "closed" || base === null) return { mergeable: null, state: "unknown" };
  const { headSha: head } = pull;
  const tree = await mergeTrees(directory, base, head);
  if (tree === null) return { mergeable: false, state: "dirty" };
  if (pull.draft) return { mergeable: true, state: "draft" };
  const protection = repository.protections[pull.baseRef];
  if (protection?.strict && !(await isAncestor(directory, base, head)))
    return { mergeable: true, state: "behind" };
  if (missing(world, repository, issue).length > 0) return { mergeable: true, state: "blocked" };
  return { mergeable: true, state: checksOf(repository, head).every(passed) ? "clean" : "unstable" };
}

/** What the branch's protection still requires, in GitHub's words; empty if nothing. */
export function missing(world: World, repository: Repository, issue: Issue): string[] {
  const pull = must(issue.pull);
  const protection = repository.protections[pull.baseRef];
  if (protection === undefined) return [];
  const checks = checksOf(repository, pull.headSha);
  const open = protection.requiredChecks.filter(
    name =>
      !checks.some(check => check.name === name) ||
      !checks.filter(check => check.name === name).every(passed),
  );
  const said = latestReviews(repository, issue).filter(review =>
    atLeast(roleWithBots(world, repository, review), "write"),
  );
  const approvals = said.filter(review => review.state === "APPROVED" && !isBot(world, review)).length;
  return [
    ...open.map(name => `Required status check "${name}" is expected.`),
    ...(said.some(review => review.state === "CHANGES_REQUESTED") ? ["Changes have been requested."] : []),
    ...(approvals < protection.requiredApprovals
      ? [
          `At least ${protection.requiredApprovals} approving review is required by reviewers with write access.`,
        ]
      : []),
  ];
}

const isBot = (world: World, review: Review): boolean => userById(world, review.authorId).type === "Bot";

// A bot's rejection blocks, but its approval does not count.
const roleWithBots = (world: World, repository: Repository, review: Review) =>
  isBot(world, review) ? "write" : roleOf(repository, userById(world, review.authorId));

/** Each person's last verdict; a comment does not replace an approval or rejection. */
export function latestReviews(repository: Repository, issue: Issue): Review[] {
  const latest = new Map<number, Review>();
  for (const review of repository.reviews)
    if (review.number === issue.number && ["APPROVED", "CHANGES_REQUESTED"].includes(review.state))
      latest.set(review.authorId, review);
  return [...latest.values()];
}

export interface CheckState {
  readonly name: string;
  readonly conclusion: string | null;
}

const passed = (check: CheckState): boolean =>
  ["success", "neutral", "skipped"].includes(check.conclusion ?? "");

/**
 * The newest check run of each App and name, and the newest status of each context. Dispatched workflow runs do not
 * count for a pull request, so the suites of runs are ignored.
 */
function checksOf(repository: Repository, sha: string): CheckState[] {
  const latest = new Map<string, CheckState>();
  for (const run of repository.checkRuns)
    if (run.headSha === sha)
      latest.set(`${run.appId}/${run.name}`, {
        name: run.name,
        conclusion: run.status === "completed" ? run.conclusion : null,
      });
  for (const status of repository.statuses)
    if (status.sha === sha)
      latest.set(`status/${status.context}`, {
        name: status.context,
        conclusion: status.state === "pending" ? null : status.state,
      });
  return [...latest.values()];
}
