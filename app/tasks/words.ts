// What people say to those at work: to the present conversation, or to one of a coordinator's workers.

import type { PipelineRecord } from "../../core/model/record.ts";
import type { Message } from "../../core/model/wire.ts";
import { workerName } from "../../core/model/worker.ts";
import { crewsOf, isLiveRow, liveRows } from "../../core/report/workers.ts";
import { clean } from "../../core/text/clean.ts";
import type { PersonCommand } from "../intake/parse-command.ts";
import { noteAsker } from "./askers.ts";
import { type Order, refuse } from "./order.ts";

/** Heard at the next turn of the present conversation, or by the next one; by a worker at its own next turn. */
export const tell = async (
  order: Order,
  { text, worker }: Extract<PersonCommand, { kind: "tell" }>,
): Promise<void> => {
  const { plane, task, by } = order;
  const record = await openPipeline(order);
  if (record === null) return refuse(order, { kind: "nobody_listens" });
  const to = worker === undefined ? {} : await atWork(order, { record, worker });
  if (to === null) return;
  await noteAsker(task, { by, plane }); // guard: asks-in-words
  const words = clean(text, { limit: 4_000 }).text;
  await say(order, { record, kind: "tell", text: words, ...to });
};

export const stopWorker = async (order: Order, worker: number): Promise<void> => {
  const record = await openPipeline(order);
  if (record === null) return refuse(order, { kind: "nothing_runs" });
  const to = await atWork(order, { record, worker });
  if (to === null) return;
  const text = `Stopped with \`/kin stop ${workerName(worker)}\`.`;
  await say(order, { record, kind: "stop", text, ...to });
};

const openPipeline = async ({ plane, last }: Order): Promise<PipelineRecord | null> => {
  const record = last === null ? null : await plane.store.pipeline(last.id);
  return record?.state === "finished" ? null : record;
};

type To = Pick<Message, "crew"> & { readonly worker?: number };

interface Said extends To {
  readonly record: PipelineRecord;
  readonly kind: "tell" | "stop";
  readonly text: string;
}

const say = ({ plane, source, by }: Order, { record, ...said }: Said): Promise<void> =>
  plane.store.say({ pipeline_id: record.id, by: by.login, source, ...said }, plane.clock.now());

/** If it is over by the time this is heard, its coordinator hears it. */
const atWork = async (
  order: Order,
  { record, worker }: { readonly record: PipelineRecord; readonly worker: number },
): Promise<To | null> => {
  const pipeline = await order.plane.folds.at(record, record.seq);
  const asked = workerName(worker);
  const crew = crewsOf(pipeline).find(
    ({ isUnderWay, rows }) => isUnderWay && rows.some(row => row.id === asked && isLiveRow(row)), // guard: words-to-whom-is-at-work
  );
  if (crew !== undefined) return { worker, crew: { step: crew.step.number, attempt: crew.attempt.number } };
  await refuse(order, { kind: "no_such_worker", asked, at_work: liveRows(pipeline).map(({ id }) => id) });
  return null;
};
