// The end of Kin's pull request: merging completes the task, even a cancelled one; closing it unmerged cancels the
// task.
import type { TaskRecord } from "../../core/model/record.ts";
import type { GitHubPull } from "../github/port.ts";
import { isKin } from "../tasks/authority.ts";
import { cancel } from "../tasks/cancel.ts";
import { complete } from "../tasks/complete.ts";
import { followUp } from "../tasks/followed-up.ts";
import { stopPipeline } from "../tasks/stop.ts";
import type { Incoming } from "./incoming.ts";

export const onPullClosed = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, project, github } = incoming;
  if (signal.pull === null) return;
  const task = await plane.store.findTask({ project_id: project.id, pr_number: signal.pull });
  const pull = await github.pull(signal.pull);
  if (task === null || pull === null || pull.state === "open") return;
  if (task.status !== "done") await ended(incoming, { task, pull });
  // GitHub closed its issue before anybody could know that it is done.
  if (pull.merged) await followUp(task.issue, incoming); // guard: merged-is-followed
};

const ended = async (
  { signal, plane, project }: Incoming,
  { task, pull }: { readonly task: TaskRecord; readonly pull: GitHubPull },
): Promise<void> => {
  const by = signal.sender?.login ?? "somebody";
  if (!pull.merged) {
    if (task.status === "cancelled" || (signal.sender !== null && isKin(signal.sender, plane))) return;
    const reason = `The pull request #${pull.number} was closed without merging.`;
    return cancel(task, { plane, by, reason });
  }
  const source = `merged:${project.id}:${pull.number}`;
  await stopPipeline(task, { plane, by, reason: "The pull request was merged.", source });
  await complete(task, { plane, reason: `#${pull.number} was merged by ${by}.` });
};
