// What people said to a running pipeline, until it is in the journal.
import type { Store } from "./port.ts";
import { insertInto, iso } from "./rows.ts";
import type { Database } from "./sql.ts";

export const messages = (db: Database): Pick<Store, "say" | "messages"> => ({
  say: async ({ by: said_by, worker = null, crew, ...said }, at) => {
    const { step = null, attempt = null } = crew ?? {};
    const row = { ...said, said_by, worker, step, attempt, at: iso(at) };
    await db.write([insertInto("messages", { row, rest: "ON CONFLICT(source) DO NOTHING" })]);
  },
  messages: async pipeline_id =>
    (await db.all(UNHEARD, [pipeline_id])).map(row => ({
      id: Number(row.id),
      kind: row.kind === "tell" ? ("tell" as const) : ("stop" as const),
      by: String(row.said_by),
      text: String(row.text),
      ...(row.worker === null ? {} : { worker: Number(row.worker) }),
      ...(row.step === null ? {} : { crew: { step: Number(row.step), attempt: Number(row.attempt) } }),
    })),
});

const NOT_TOLD = `NOT EXISTS
    (SELECT 1 FROM events e
      WHERE e.pipeline_id = m.pipeline_id AND e.kind IN ('stop_asked', 'worker_stop_asked', 'told') AND json_extract(e.data, '$.message') = m.id)`;

const UNHEARD = `SELECT id, kind, said_by, text, worker, step, attempt FROM messages m WHERE pipeline_id = ? AND ${NOT_TOLD} ORDER BY id`;

/** A pipeline's stop that its journal does not contain. */
export const UNHEARD_STOP = `SELECT 1 FROM messages m WHERE pipeline_id = ? AND kind = 'stop' AND worker IS NULL AND ${NOT_TOLD}`;
