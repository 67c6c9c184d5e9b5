// What became known about tasks: facts, with their changes to the rows they fold into, in one batch.
import type { InStatement } from "@libsql/client";
import type { TaskWrite } from "../../core/model/append.ts";
import { Fact } from "../../core/model/fact.ts";
import { TaskRecord } from "../../core/model/record.ts";
import { askForAgain } from "./jobs.ts";
import type { Store } from "./port.ts";
import { ALWAYS, didAny, type Guard, insertInto, iso, parseOne, patchOf } from "./rows.ts";
import type { Database } from "./sql.ts";

export const facts = (db: Database): Pick<Store, "beginTask" | "state" | "facts" | "notePublished"> => ({
  beginTask: async (fact, at) => {
    const { kind, ...named } = fact;
    const { project_id, issue } = named;
    const row = { ...named, created_at: iso(at), updated_at: iso(at) };
    const answers = await db.write([
      insertInto("tasks", { row, rest: "ON CONFLICT(project_id, issue) DO NOTHING" }),
      {
        sql: "INSERT INTO task_events (task_id, seq, kind, data, at) SELECT id, 1, ?, ?, ? FROM tasks WHERE project_id = ? AND issue = ? AND seq = 0",
        args: [kind, JSON.stringify(fact), iso(at), project_id, issue],
      },
      {
        sql: "UPDATE tasks SET seq = 1 WHERE project_id = ? AND issue = ? AND seq = 0 RETURNING *",
        args: [project_id, issue],
      },
    ]);
    return parseOne(answers.at(-1)?.[0], TaskRecord);
  },
  state: async (write, at) => didAny((await db.write(statementsOf(write, { at }))).at(-1)),
  facts: async task_id =>
    (await db.all("SELECT data FROM task_events WHERE task_id = ? ORDER BY seq", [task_id])).map(row =>
      Fact.parse(JSON.parse(String(row.data))),
    ),
  notePublished: async (id, patch, at) => {
    await db.write([patchOf("tasks", { id, patch: { ...patch, updated_at: iso(at) } })]);
  },
});

interface Stating {
  readonly at: number;
  /** A further condition, besides the task's own place. */
  readonly guard?: Guard;
  readonly beside?: (stated: Guard) => readonly InStatement[];
}

/**
 * Writes nothing if the task's last fact is not the one the caller knows, or if a return was recorded before: the first
 * statement decides that. All others, including `beside`, depend on what it wrote; the last one returns whether it did.
 */
export const statementsOf = (
  { task_id, seq, facts, patch, returned, jobs, published }: TaskWrite,
  { at, guard = ALWAYS, beside = () => [] }: Stating,
): readonly InStatement[] => {
  const last = seq + facts.length;
  const stated: Guard = {
    sql: "EXISTS (SELECT 1 FROM tasks t JOIN task_events e ON e.task_id = t.id AND e.seq = ? WHERE t.id = ? AND t.seq = ?)",
    args: [last, task_id, seq],
  };
  const sources = returned.map(({ source }) => source);
  return [
    {
      sql: `INSERT INTO task_events (task_id, seq, kind, data, at)
            SELECT t.id, t.seq + 1 + said.key, json_extract(said.value, '$.kind'), said.value, ? FROM tasks t, json_each(?) said
             WHERE t.id = ? AND t.seq = ? AND ${guard.sql}
               AND NOT EXISTS (SELECT 1 FROM task_returns WHERE source IN (${sources.map(() => "?").join()}))`,
      args: [iso(at), JSON.stringify(facts), task_id, seq, ...guard.args, ...sources],
    },
    ...returned.map(row =>
      insertInto("task_returns", { row: { ...row, task_id, returned_at: iso(at) }, guard: stated }),
    ),
    ...jobs.map(job => askForAgain(job, stated)),
    ...beside(stated),
    patchOf("tasks", {
      id: task_id,
      patch: { ...patch, ...published, seq: last, updated_at: iso(at) },
      guard: stated,
    }),
  ];
};
