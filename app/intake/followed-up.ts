// An issue that carried a task on is closed: the task goes on with what came of it, or asks a person.

import { clean } from "../../core/agents/clean.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import type { GitHub, GitHubIssue } from "../../core/ports.ts";
import type { Plane } from "../plane.ts";
import type { Incoming } from "./incoming.ts";

export const onFollowUpClosed = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.issue === null) return;
  for (const task of await plane.store.tasksWaitingFor(project.id, signal.issue))
    await lookAgain(task, { plane, github });
};

/** Waits on while any of them is open; asks again as often as it likes. */
const lookAgain = async (
  task: TaskRecord,
  { plane, github }: { readonly plane: Plane; readonly github: GitHub },
): Promise<void> => {
  const issues = await Promise.all((task.waits_for ?? []).map(number => github.issue(number)));
  const found = issues.flatMap(issue => (issue === null ? [] : [issue]));
  if (task.status !== "blocked" || found.some(issue => issue.state === "open")) return;
  const dropped = found.filter(
    issue => issue.state_reason === "not_planned" || issue.state_reason === "duplicate",
  );
  const outcomes = await Promise.all(
    found.map(issue => outcomeOf(issue, { plane, project_id: task.project_id })),
  );
  const followed_up = outcomes.join("\n");
  const last = (await plane.store.pipelines(task.id)).at(-1);
  const goesOn = dropped.length === 0 && last !== undefined;
  // What was rejected stays behind: the task goes on from what is there now, on a branch of its own.
  const pull = goesOn && task.pr_number !== null ? await github.pull(task.pr_number) : null;
  if (pull?.state === "open") await github.closePull(pull.number);
  const jobs = goesOn
    ? [{ key: `next:followed:${last.id}`, kind: "next", data: { task_id: task.id, after: last.number } }]
    : [];
  const names = dropped.map(issue => `#${issue.number}`).join(", ");
  await plane.store.askAgain([publish(task.id), ...jobs], {
    task_id: task.id,
    task: {
      waits_for: null,
      followed_up,
      ...(goesOn
        ? { status: "running", status_reason: "", ...afresh(task) }
        : {
            status: "needs_info",
            status_reason: `${names} was closed as not planned. Say how to go on without it.`,
          }),
    },
    at: plane.clock.now(),
  });
};

const afresh = ({ published }: TaskRecord): Partial<TaskRecord> => {
  const { pull: _pull, check: _check, ci: _ci, ...kept } = published;
  return { branch: null, head_sha: null, pr_number: null, published: kept };
};

/** What the next project manager is told: what the issue was, how it ended, and what its gate or head said. */
const outcomeOf = async (
  issue: GitHubIssue,
  { plane, project_id }: { readonly plane: Plane; readonly project_id: number },
): Promise<string> => {
  const task = await plane.store.findTask({ project_id, issue: issue.number });
  const title = clean(issue.title, { limit: 256 }).text;
  const how = issue.state_reason ?? "completed";
  const merged = task?.pr_number == null ? "" : `, by pull request #${task.pr_number}`;
  return `- #${issue.number} (${title}): closed as ${how}${merged}. ${task?.status_reason ?? ""}`.trim();
};
