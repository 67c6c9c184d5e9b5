// What people say to those who are at work: to the conversation under way, or to one of a coordinator's workers alone.

import type { PipelineRecord } from "../../core/model/record.ts";
import { workerName } from "../../core/model/worker.ts";
import { liveRows } from "../../core/report/workers.ts";
import { clean } from "../../core/text/clean.ts";
import type { PersonCommand } from "../intake/parse-command.ts";
import { noteAsker } from "./askers.ts";
import { type Order, refuse } from "./order.ts";

/** Heard at the next turn of the conversation under way, or by the next one; by a worker at its own next turn. */
export const tell = async (
  order: Order,
  { text, worker }: Extract<PersonCommand, { kind: "tell" }>,
): Promise<void> => {
  const { task, by } = order;
  const { plane } = order.incoming;
  const record = await openPipeline(order);
  if (record === null) return refuse(order, { kind: "nobody_listens" });
  if (worker !== undefined && !(await isAtWork(order, { record, worker }))) return;
  await noteAsker(task, { by, plane }); // guard: asks-in-words
  const words = clean(text, { limit: 4_000 }).text;
  await say(order, { record, kind: "tell", text: words, ...(worker === undefined ? {} : { worker }) });
};

export const stopWorker = async (order: Order, worker: number): Promise<void> => {
  const record = await openPipeline(order);
  if (record === null) return refuse(order, { kind: "nothing_runs" });
  if (!(await isAtWork(order, { record, worker }))) return;
  const text = `Stopped with \`/kin stop ${workerName(worker)}\`.`;
  await say(order, { record, kind: "stop", text, worker });
};

const openPipeline = async ({ incoming, last }: Order): Promise<PipelineRecord | null> => {
  const record = last === null ? null : await incoming.plane.store.pipeline(last.id);
  return record?.state === "finished" ? null : record;
};

interface Said {
  readonly record: PipelineRecord;
  readonly kind: "tell" | "stop";
  readonly text: string;
  readonly worker?: number;
}

const say = ({ incoming, source, by }: Order, { record, ...said }: Said): Promise<void> =>
  incoming.plane.store.say(
    { pipeline_id: record.id, by: by.login, source, ...said },
    incoming.plane.clock.now(),
  );

/** Where it is over by the time that it is heard, its coordinator hears it. */
const isAtWork = async (
  order: Order,
  { record, worker }: { readonly record: PipelineRecord; readonly worker: number },
): Promise<boolean> => {
  const pipeline = await order.incoming.plane.folds.at(record, record.seq);
  const at_work = liveRows(pipeline).map(({ id }) => id);
  const asked = workerName(worker);
  if (at_work.includes(asked)) return true; // guard: words-to-whom-is-at-work
  await refuse(order, { kind: "no_such_worker", asked, at_work });
  return false;
};
