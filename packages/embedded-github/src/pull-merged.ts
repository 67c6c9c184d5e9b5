// Marks a pull request as merged, by its button or because its commits reached the base, and closes what it fixes.

import { announce, close, closingReferences, note } from "./issue-changes.ts";
import type { Issue } from "./state.ts";
import { type Deed, must } from "./world.ts";

export async function markMerged(
  deed: Deed,
  issue: Issue,
  sha: string,
  move: () => Promise<void> = async () => undefined,
): Promise<void> {
  const pull = must(issue.pull);
  const { world, repository, user } = deed;
  pull.mergedAt = world.stamp();
  pull.mergedBy = user.id;
  pull.mergeSha = sha;
  // Closed before the base moves: otherwise the push would mark it as merged.
  issue.state = "closed";
  issue.closedAt = pull.mergedAt;
  issue.closedBy = user.id;
  issue.updatedAt = pull.mergedAt;
  pull.autoMerge = null;
  await move();
  note(deed, issue, "merged", { commit_id: sha });
  note(deed, issue, "closed", { commit_id: null, state_reason: null });
  await announce(deed, issue, "closed");
  if (pull.baseRef !== repository.defaultBranch) return;
  for (const closed of closingReferences(deed, `${issue.title}\n${issue.body ?? ""}`))
    await close(deed, closed, { reason: "completed", commitId: sha });
}
