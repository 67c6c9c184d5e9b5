// The end of Kin's pull request: merged completes the task, also one that was cancelled; closed unmerged cancels it.
import { isKin } from "./authority.ts";
import { cancel } from "./cancel.ts";
import { complete } from "./complete.ts";
import type { Incoming } from "./incoming.ts";
import { stopPipeline } from "./stop.ts";

export const onPullClosed = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.pull === null) return;
  const task = await plane.store.findTask({ project_id: project.id, pr_number: signal.pull });
  const pull = await github.pull(signal.pull);
  if (task === null || pull === null || pull.state === "open" || task.status === "done") return;
  const by = signal.sender?.login ?? "somebody";
  if (!pull.merged) {
    if (task.status === "cancelled" || (signal.sender !== null && isKin(signal.sender, plane))) return;
    return cancel(task, {
      plane,
      by,
      reason: `The pull request #${pull.number} was closed without merging.`,
    });
  }
  await stopPipeline(task, {
    plane,
    stop: { by, reason: "The pull request was merged.", source: `merged:${project.id}:${pull.number}` },
  });
  await complete(task, { plane, reason: `#${pull.number} was merged by ${by}.` });
};
