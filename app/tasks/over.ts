// Whether a task's issue is closed, or its pull request merged or closed: then nothing may work on it, whatever its row
// still says. Asks GitHub, because its events arrive late.
import { keys } from "../../core/model/keys.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { GitHub } from "../github/port.ts";
import { foundEvent } from "../intake/found.ts";
import type { InProject } from "../intake/incoming.ts";
import { type Waiting, waiting } from "../jobs/done.ts";
import { type Order, refuse } from "./order.ts";

type Over = Extract<Refusal, { readonly kind: "is_over" }>;

/** For words about the work: only `/kin rerun` resumes what is over, once the issue is open. Null if it is over. */
export const unlessOver = async <T>(order: Order, deed: () => Promise<T>): Promise<T | null> => {
  const over = await overNow(order.task, order.github);
  if (over === null) return deed(); // guard: words-about-what-is-open
  await refuse(order, over);
  return null;
};

/** For what Kin does by itself. If the task is over, requests the events that should have reported it. */
export const foundOver = async (
  task: TaskRecord,
  { plane, project, github }: InProject,
): Promise<boolean> => {
  const over = await overNow(task, github);
  if (over === null) return false;
  const { issue, pr_number: pull } = task;
  const closed = { repository: project, action: "closed" };
  await plane.store.ask([
    ...(pull === null
      ? []
      : [foundEvent(keys.foundOver(task, "pull"), { ...closed, name: "pull_request", pull })]),
    foundEvent(keys.foundOver(task, "issue"), { ...closed, name: "issues", issue }),
  ]);
  return true;
};

/**
 * For work that must happen if the task is open: waits until the row says what became of it, or until somebody reopens
 * it before that.
 */
export const requireOpen = async (task: TaskRecord, at: InProject): Promise<Waiting | null> =>
  (await foundOver(task, at)) ? waiting(`What became of #${task.issue} is not in the store yet.`) : null;

const overNow = async (
  { issue: number, pr_number, status }: TaskRecord,
  github: GitHub,
): Promise<Over | null> => {
  const issue = await github.issue(number);
  const pull = pr_number === null ? null : await github.pull(pr_number);
  const state = issue?.state ?? "gone";
  const ended = pull === null || pull.state === "open" ? null : { number: pull.number, merged: pull.merged };
  return state !== "open" || ended !== null || status === "done" || status === "cancelled"
    ? { kind: "is_over", issue: state, pull: ended }
    : null;
};
