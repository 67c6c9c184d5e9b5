// Something that a person asked Kin for: obeyed once, or refused with the reason.
import type { TaskRecord } from "../../core/model/record.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { Plane } from "../plane.ts";
import type { Incoming } from "./incoming.ts";

export interface Order {
  /** Where: a webhook said it, or a run asked. */
  readonly incoming: Omit<Incoming, "signal">;
  readonly task: TaskRecord;
  /** What makes the command happen once. */
  readonly source: string;
  readonly by: { readonly id: number; readonly login: string };
}

/** Says on the issue why nothing happened. */
export const refuse = ({ incoming, task, source }: Order, why: Refusal): Promise<void> =>
  incoming.plane.store.ask([{ key: `refuse:${source}`, kind: "refuse", data: { task_id: task.id, why } }]);

/** A delivery that comes again, soon or weeks later, finds its mark and does nothing. */
export const once = async (source: string, plane: Plane, work: () => Promise<void>): Promise<void> => {
  if ((await plane.store.job(`heard:${source}`)) !== null) return;
  await work();
  await plane.store.useOnce(`heard:${source}`, { kind: "heard", now: plane.clock.now() });
};
