// Journals of pipelines: read from any place on, and appended to with everything that the new events mean for other rows.
import type { InStatement } from "@libsql/client";
import { KinError } from "../../model/error.ts";
import { EventData, type JournalEvent } from "../../model/event.ts";
import { sizeOf } from "../../model/journal-size.ts";
import type { Append, Store } from "../../ports.ts";
import { askForAgain } from "./jobs.ts";
import { UNHEARD_STOP } from "./messages.ts";
import { returnStatements } from "./returns.ts";
import { didAny, type Guard, iso, patchOf, taskPatch } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const journals = (db: Database): Pick<Store, "journal" | "written" | "append"> => ({
  journal: async (id, after = 0) => (await db.all(JOURNAL, [id, after])).map(row => toEvent(id, row)),
  written: async task_id => Number((await db.first(WRITTEN, [task_id]))?.size),
  append: async append => {
    const { pipeline, task_id, after, events, at } = append;
    const guard = guardOf(append);
    const journal = events.map((data, i): JournalEvent => ({ seq: after + 1 + i, at: iso(at), data }));
    const row = { ...append.row, seq: after + events.length };
    const grown = events.reduce((sum, data) => sum + sizeOf(data), 0);
    // Every guard reads the row's seq, so the row itself comes last.
    const answers = await db.write([
      ...journal.map(event => insertEvent(pipeline, { event, guard })),
      ...(append.returned === null ? [] : returnStatements(append.returned, { at, guard })),
      ...taskPatches(append, guard),
      ...append.jobs.map(job => askForAgain(job, job.kind === "next" ? unlessOver(guard, task_id) : guard)),
      {
        sql: `UPDATE pipelines SET size = size + ? WHERE id = ? AND ${guard.sql}`,
        args: [grown, pipeline, ...guard.args],
      },
      patchOf("pipelines", { id: pipeline, patch: row, guard }),
    ]);
    return didAny(answers.at(-1)) ? journal : sentBefore(db, append, journal);
  },
});

const JOURNAL = "SELECT seq, at, data FROM events WHERE pipeline_id = ? AND seq > ? ORDER BY seq";

const WRITTEN = "SELECT COALESCE(SUM(size), 0) AS size FROM pipelines WHERE task_id = ?";

/** Seq and lease are the caller's, and nobody's stop is passed over. */
const guardOf = (append: Append): Guard => {
  const { sql, args } = guardOfPlace(append);
  if (append.unless_stopped !== true) return { sql, args };
  return { sql: `${sql} AND NOT EXISTS (${UNHEARD_STOP})`, args: [...args, append.pipeline] };
};

const guardOfPlace = ({ pipeline, after, lease, at }: Append): Guard =>
  lease === null
    ? {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND (lease_until IS NULL OR lease_until < ?))",
        args: [pipeline, after, at],
      }
    : {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND lease_hash = ? AND lease_until >= ?)",
        args: [pipeline, after, lease, at],
      };

/** People who are done with a task, or took it back, are not overruled by a pipeline's end. */
const unlessOver = ({ sql, args }: Guard, task_id: number): Guard => ({
  sql: `${sql} AND EXISTS (SELECT 1 FROM tasks WHERE id = ? AND status NOT IN ('done', 'cancelled'))`,
  args: [...args, task_id],
});

const taskPatches = ({ task_id, task, at }: Append, guard: Guard): readonly InStatement[] => {
  const { status, status_reason, ...learned } = task;
  const stands = { ...(status && { status }), ...(status_reason !== undefined && { status_reason }) };
  return [
    ...(Object.keys(learned).length === 0 ? [] : [taskPatch(task_id, learned, { at, guard })]),
    ...(Object.keys(stands).length === 0
      ? []
      : [taskPatch(task_id, stands, { at, guard: unlessOver(guard, task_id) })]),
  ];
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
  return same ? rows.map(row => toEvent(pipeline, row)) : null;
};

/** Parsed although Kin wrote it: an older version's events take today's defaults here. */
const toEvent = (pipeline: string, { seq, at, data }: Row): JournalEvent => {
  try {
    return { seq: Number(seq), at: String(at), data: EventData.parse(JSON.parse(String(data))) };
  } catch (cause) {
    throw new KinError(`Event ${seq} of pipeline ${pipeline} cannot be read.`, {
      code: "store_corrupt",
      hint: "Its row in `events` is damaged, or a newer Kin wrote it. Run that version, or put a backup of the store in its place.",
      cause,
    });
  }
};
