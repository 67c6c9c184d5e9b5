// Journals of pipelines: read whole, and appended to with everything that the new events mean for other rows.
import type { InStatement } from "@libsql/client";
import { EventData, type JournalEvent } from "../../model/event.ts";
import type { Append, Store } from "../../ports.ts";
import { askForAgain } from "./jobs.ts";
import { returnStatements } from "./returns.ts";
import { didAny, type Guard, iso, patchOf, taskPatch } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const journals = (db: Database): Pick<Store, "journal" | "append"> => ({
  journal: async id => (await db.all(JOURNAL, [id])).map(toEvent),
  append: async append => {
    const { pipeline, task_id, after, events, at } = append;
    const guard = guardOf(append);
    const journal = events.map((data, i): JournalEvent => ({ seq: after + 1 + i, at: iso(at), data }));
    const row = { ...append.row, seq: after + events.length };
    // Every guard reads the row's seq, so the row itself comes last.
    const answers = await db.write([
      ...journal.map(event => insertEvent(pipeline, { event, guard })),
      ...(append.returned === null ? [] : returnStatements(append.returned, { at, guard })),
      ...(Object.keys(append.task).length === 0 ? [] : [taskPatch(task_id, append.task, { at, guard })]),
      ...append.jobs.map(job => askForAgain(job, guard)),
      patchOf("pipelines", { id: pipeline, patch: row, guard }),
    ]);
    return didAny(answers.at(-1)) ? journal : sentBefore(db, append, journal);
  },
});

const JOURNAL = "SELECT seq, at, data FROM events WHERE pipeline_id = ? ORDER BY seq";

/** Seq and lease are the caller's. */
const guardOf = ({ pipeline, after, lease, at }: Omit<Append, "events">): Guard =>
  lease === null
    ? {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND (lease_until IS NULL OR lease_until < ?))",
        args: [pipeline, after, at],
      }
    : {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND lease_hash = ? AND lease_until >= ?)",
        args: [pipeline, after, lease, at],
      };

const insertEvent = (
  pipeline: string,
  { event, guard }: { readonly event: JournalEvent; readonly guard: Guard },
): InStatement => ({
  sql: `INSERT INTO events (pipeline_id, seq, kind, data, at) SELECT ?, ?, ?, ?, ? WHERE ${guard.sql}`,
  args: [pipeline, event.seq, event.data.kind, JSON.stringify(event.data), event.at, ...guard.args],
});

/** The answer to an append was lost and it came again: the same events stand there already. */
const sentBefore = async (
  db: Database,
  { pipeline, after, lease }: Append,
  journal: readonly JournalEvent[],
): Promise<readonly JournalEvent[] | null> => {
  if (journal.length === 0) return null;
  const row = await db.first("SELECT lease_hash FROM pipelines WHERE id = ?", [pipeline]);
  if (lease !== null && row?.lease_hash !== lease) return null;
  const rows = await db.all(
    "SELECT seq, at, data FROM events WHERE pipeline_id = ? AND seq > ? AND seq <= ? ORDER BY seq",
    [pipeline, after, after + journal.length],
  );
  const same =
    rows.length === journal.length &&
    rows.every((stored, i) => stored.data === JSON.stringify(journal[i]?.data));
  return same ? rows.map(toEvent) : null;
};

const toEvent = (row: Row): JournalEvent => ({
  seq: Number(row.seq),
  at: String(row.at),
  data: EventData.parse(JSON.parse(String(row.data))),
});
