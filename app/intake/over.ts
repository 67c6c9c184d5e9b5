// Whether a task's issue is closed, or its pull request merged or closed: then nothing works on it, whatever its row still
// says. GitHub is asked, because what it tells comes late.
import type { TaskRecord } from "../../core/model/record.ts";
import type { GitHub } from "../../core/ports.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import { eventJob } from "./found.ts";
import type { Incoming } from "./incoming.ts";
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

const overNow = async (
  { issue: number, pr_number, status }: TaskRecord,
  github: GitHub,
): Promise<Over | null> => {
  const issue = await github.issue(number);
  const pull = pr_number === null ? null : await github.pull(pr_number);
  const closed = issue?.state !== "open";
  const ended = pull === null || pull.state === "open" ? null : { number: pull.number, merged: pull.merged };
  return closed || ended !== null || status === "done" || status === "cancelled"
    ? { kind: "is_over", closed, pull: ended }
    : null;
};
