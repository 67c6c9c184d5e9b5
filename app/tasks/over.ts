// Whether a task's issue is closed, or its pull request merged or closed: then nothing works on it, whatever its row still
// says. GitHub is asked, because what it tells comes late.
import { KinError } from "../../core/model/error.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { GitHub } from "../github/port.ts";
import { eventJob } from "../intake/found.ts";
import type { Incoming } from "../intake/incoming.ts";
import { type Order, refuse } from "./order.ts";

type Over = Extract<Refusal, { readonly kind: "is_over" }>;

/** For words about the work: `/kin rerun` alone takes up what is over, once the issue is open. */
export const unlessOver = async (order: Order, deed: () => Promise<void>): Promise<void> => {
  const over = await overNow(order.task, order.incoming.github);
  return over === null ? deed() : refuse(order, over); // guard: words-about-what-is-open
};

/** For what Kin does by itself. Where it is over the events are asked for that should have told of it. */
export const foundOver = async (
  task: TaskRecord,
  { plane, project, github }: Omit<Incoming, "signal">,
): Promise<boolean> => {
  const over = await overNow(task, github);
  if (over === null) return false;
  const { issue, pr_number: pull, updated_at } = task;
  const at = `${project.id}:over:${task.id}:${updated_at}`;
  const closed = { repository: project, action: "closed" };
  await plane.store.ask([
    ...(pull === null ? [] : [eventJob(`${at}:pull`, { ...closed, name: "pull_request", pull })]),
    eventJob(`${at}:issue`, { ...closed, name: "issues", issue }),
  ]);
  return true;
};

/**
 * The same for what has to happen where it is open: it waits until the row says what became of the task, or until somebody
 * took that back before the row could say it.
 */
export const requireOpen = async (task: TaskRecord, at: Omit<Incoming, "signal">): Promise<void> => {
  if (!(await foundOver(task, at))) return;
  throw new KinError(`What became of #${task.issue} is not in the store yet.`, {
    code: "waiting",
    hint: "Nothing to do.",
    retryable: true,
  });
};

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
