// Something that a person asked Kin for: obeyed once, or refused with the reason.
import * as z from "zod";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Confirmation } from "../../core/report/confirmation.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { GitHubUser } from "../github/port.ts";
import type { Incoming } from "../intake/incoming.ts";
import type { Plane } from "../plane.ts";
import { isDryRun } from "./dry-run.ts";

const Last = z.object({ id: z.string(), number: z.number(), open: z.boolean(), dry: z.boolean() }).nullable();
type Last = z.infer<typeof Last>;

export interface Order {
  /** Where: a webhook said it, or a run asked. */
  readonly incoming: Omit<Incoming, "signal">;
  readonly task: TaskRecord;
  /** What makes the command happen once. */
  readonly source: string;
  readonly by: GitHubUser;
  /** The commit that was looked at, where what was said names one. */
  readonly sha?: string;
  /** When, by GitHub's clock (ISO 8601). */
  readonly at: string;
  /** The number of the issue or pull request under which it stands; absent where that is the task's pull request. */
  readonly place?: number;
  /** The task's last pipeline when Kin first heard of it: this is what the person meant. */
  readonly last: Last;
}

/** Says on the issue why nothing happened. */
export const refuse = ({ incoming, task, source }: Order, why: Refusal): Promise<void> =>
  incoming.plane.store.ask([
    { key: `refuse:${source}`, kind: "refuse", data: { task_id: task.id, why }, rank: "first" },
  ]);

/** Says on the issue what was done, where nothing else there shows it. */
export const confirm = ({ incoming, task, source }: Order, done: Confirmation): Promise<void> =>
  incoming.plane.store.ask([
    { key: `show:${source}`, kind: "show", data: { task_id: task.id, done }, rank: "first" },
  ]);

/**
 * A delivery that comes again, soon or weeks later, finds its mark and does nothing. One that a crash interrupted is
 * obeyed again, but for the pipeline that was meant the first time and not for one that has started since.
 */
export const once = async (
  said: Omit<Order, "last">,
  obey: (order: Order) => Promise<void>,
): Promise<void> => {
  const { incoming, task, source } = said;
  const { store, clock } = incoming.plane;
  if ((await store.job(`heard:${source}`)) !== null) return;
  const key = `meant:${source}`;
  await store.useOnce(key, {
    kind: "meant",
    now: clock.now(),
    result: await lastOf(task, incoming.plane),
  });
  const last = Last.parse(JSON.parse((await store.job(key))?.result ?? "null"));
  await obey({ ...said, last });
  await store.useOnce(`heard:${source}`, { kind: "heard", now: clock.now() });
};

export const lastOf = async (task: TaskRecord, plane: Plane): Promise<Last> => {
  const last = (await plane.store.pipelines(task.id)).at(-1);
  if (last === undefined) return null;
  const { id, number, state } = last;
  return { id, number, open: state !== "finished", dry: await isDryRun(id, plane) };
};

/** A pipeline came after the one that was meant: what was asked for has happened already. */
export const hasStarted = async ({ incoming, task, last }: Order): Promise<boolean> => {
  const now = await lastOf(task, incoming.plane);
  return now !== null && !now.dry && now.number > (last?.number ?? 0);
};
