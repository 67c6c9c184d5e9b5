// Something that a person asked Kin for: obeyed once, or refused with the reason.
import { keys, marks } from "../../core/model/keys.ts";
import type { Meant } from "../../core/model/mark.ts";
import { say } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { type Confirmation, confirmation } from "../../core/report/confirmation.ts";
import { type Refusal, refusal } from "../../core/report/refusal.ts";
import type { GitHubUser } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import { type Waiting, waitingIn } from "../jobs/done.ts";
import type { Plane } from "../plane.ts";
import { isDryRun } from "./dry-run.ts";

export interface Order extends InProject {
  readonly task: TaskRecord;
  /** Makes the command happen only once. */
  readonly source: string;
  readonly by: GitHubUser;
  /** The commit that was looked at, if the words name one. */
  readonly sha?: string;
  /** When, by GitHub's clock (ISO 8601). */
  readonly at: string;
  /** The issue or pull request that it was written on; absent if that is the task's pull request. */
  readonly place?: number;
  /** The task's last pipeline when Kin first heard of it: the one the person meant. */
  readonly last: Meant;
}

/** Says on the issue why nothing happened. */
export const refuse = ({ plane, task, source }: Order, why: Refusal): Promise<void> =>
  plane.store.ask([{ ...say(keys.refuse(source), { task_id: task.id, body: refusal(why) }), rank: "first" }]);

/** Says on the issue what was done, if nothing else there shows it. */
export const confirm = ({ plane, task, source }: Order, done: Confirmation): Promise<void> =>
  plane.store.ask([
    { ...say(keys.show(source), { task_id: task.id, body: confirmation(done) }), rank: "first" },
  ]);

/**
 * A repeated delivery, soon or weeks later, finds its mark and does nothing. One that a crash interrupted, or that had
 * to wait, is obeyed again, but for the pipeline that was meant at first and not for one started since.
 */
export const once = async (
  said: Omit<Order, "last">,
  obey: (order: Order) => Promise<unknown>,
): Promise<Waiting | null> => {
  const { plane, task, source } = said;
  const { store, clock } = plane;
  const heard = marks.heard(source);
  if ((await store.marked(heard)) !== null) return null;
  const meant = marks.meant(source);
  await store.markOnce(meant, { now: clock.now(), result: await lastOf(task, plane) });
  const last = (await store.marked(meant))?.result ?? null;
  const waiting = waitingIn(await obey({ ...said, last }));
  if (waiting !== null) return waiting; // guard: heard-when-obeyed
  await store.markOnce(heard, { now: clock.now() });
  return null;
};

export const lastOf = async (task: TaskRecord, plane: Plane): Promise<Meant> => {
  const last = (await plane.store.pipelines(task.id)).at(-1);
  if (last === undefined) return null;
  const { id, number, state } = last;
  return { id, number, open: state !== "finished", dry: await isDryRun(id, plane) };
};

/** A later pipeline than the one meant exists: what was asked for has happened already. */
export const hasStarted = async ({ plane, task, last }: Order): Promise<boolean> => {
  const now = await lastOf(task, plane);
  return now !== null && !now.dry && now.number > (last?.number ?? 0);
};
