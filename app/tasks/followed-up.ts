// An issue that carried a task on was closed, by somebody who may or because its own task is done: the task goes on
// with the outcome, or asks a person.

import type { JobOf } from "../../core/model/job.ts";
import { keys, marks } from "../../core/model/keys.ts";
import { say } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { leftBehind, leftBehindLine } from "../../core/report/pull-body.ts";
import { refusal } from "../../core/report/refusal.ts";
import { clean } from "../../core/text/clean.ts";
import type { GitHubIssue, GitHubUser } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import type { Plane } from "../plane.ts";
import { postOnce } from "../publish/post-once.ts";
import { may } from "./authority.ts";
import { stateFact } from "./state.ts";

export const followUp = async (issue: number, at: InProject): Promise<void> => {
  for (const task of await at.plane.store.tasksWaitingFor(at.project.id, issue)) await lookAgain(task, at);
};

/** Keeps waiting while any of them is open; may be repeated any number of times. */
const lookAgain = async (task: TaskRecord, at: InProject): Promise<void> => {
  const { plane, github } = at;
  const issues = await Promise.all((task.waits_for ?? []).map(number => github.issue(number)));
  const found = issues.flatMap(issue => (issue === null ? [] : [issue]));
  if (task.status !== "blocked" || found.some(issue => issue.state === "open")) return;
  const answers = await Promise.all(found.map(issue => counts(issue, { ...at, task })));
  if (answers.includes(false)) return; // guard: closing-is-asked
  const dropped = found.filter(
    issue => issue.state_reason === "not_planned" || issue.state_reason === "duplicate",
  );
  const outcomes = await Promise.all(found.map(issue => outcomeOf(issue, at)));
  const last = (await plane.store.pipelines(task.id)).at(-1);
  const fact = {
    kind: "followed_up",
    outcome: outcomes.join("\n"),
    dropped: dropped.map(issue => issue.number),
    behind: last === undefined ? null : { pipeline: last.id, number: last.number },
  } as const;
  const goesOn = dropped.length === 0 && last !== undefined;
  await stateFact(task, fact, {
    plane,
    ...(goesOn ? { published: { published: withoutItsPull(task) } } : {}),
  });
};

/** If the task goes on, it does so with another pull request. */
const withoutItsPull = ({ published }: TaskRecord): TaskRecord["published"] => {
  const { pull: _pull, check: _check, ci: _ci, ...kept } = published;
  return kept;
};

/** Closes a pull request. Its first lines and a comment say why, and where the task goes on. */
export const leaveBehind = async (
  { task_id, pull: number, of }: JobOf<"leave_behind">["data"],
  plane: Plane,
): Promise<void> => {
  const task = await plane.store.task(task_id);
  const project = task === null ? null : await plane.store.project(task.project_id);
  if (task === null || project === null) return;
  const github = await plane.github(project);
  const pull = await github.pull(number);
  if (pull?.state !== "open") return;
  const names = of.map(issue => `#${issue}`).join(", ");
  const said = leftBehindLine(task.issue, names);
  await postOnce({ plane, github, issue: number, mark: marks.leftBehind(task_id, number), body: said });
  const body = leftBehind(pull.body, { issue: task.issue, of: names });
  if (body !== pull.body) await github.updatePull(number, { body });
  await github.closePull(number);
};

/** Nothing goes on through somebody who may not start it; such a person is told once. */
const counts = async (
  { number, closed_by }: GitHubIssue,
  { task, plane, github }: InProject & { readonly task: TaskRecord },
): Promise<boolean> => {
  const carried = await plane.store.findTask({ project_id: task.project_id, issue: number });
  if (carried?.status === "done") return true; // guard: done-is-closed
  const by = closed_by ?? GHOST;
  // Kin closes issues that are done: then that news is still on its way here.
  if (carried !== null && by.id === plane.app.bot_id) return false;
  const answer = await may("close_awaited", { by, github, plane });
  if (answer.allowed) return true;
  const why = {
    kind: "failed" as const,
    message: `#${number}, which this task waits for, was closed by ${by.login}, and that does not count. ${answer.why}`,
    hint: `Somebody with write access reopens #${number} and closes it again, or goes on without it: \`/kin rerun\`.`,
  };
  const key = keys.refuseClosing({ task_id: task.id, issue: number, by: by.id });
  await plane.store.ask([say(key, { task_id: task.id, body: refusal(why) })]);
  return false;
};

const GHOST: GitHubUser = { id: 0, login: "ghost", type: "User" };

/** What the next project manager is told: what the issue was, how it ended, and what its gate or head said. */
const outcomeOf = async (issue: GitHubIssue, { plane, project }: InProject): Promise<string> => {
  const task = await plane.store.findTask({ project_id: project.id, issue: issue.number });
  const title = clean(issue.title, { limit: 256 }).text;
  const how = issue.state_reason ?? "completed";
  const merged = task?.pr_number == null ? "" : `, by pull request #${task.pr_number}`;
  return `- #${issue.number} (${title}): closed as ${how}${merged}. ${task?.status_reason ?? ""}`.trim();
};
