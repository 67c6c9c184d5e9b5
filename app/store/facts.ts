// What became known about tasks: facts, with their changes to the rows they fold into, in one batch.
import type { InStatement } from "@libsql/client";
import type { TaskWrite } from "../../core/model/append.ts";
import { Fact, type NumberedReturn } from "../../core/model/fact.ts";
import { TaskRecord } from "../../core/model/record.ts";
import { askForAgain } from "./jobs.ts";
import type { Store } from "./port.ts";
import { ALWAYS, didAny, type Guard, iso, parseOne, patchOf } from "./rows.ts";
import type { Database } from "./sql.ts";

export const facts = (db: Database): Pick<Store, "beginTask" | "state" | "facts" | "notePublished"> => ({
  beginTask: async (fact, at) => {
    const { project_id, issue } = fact;
    const row = { ...fact, created_at: iso(at), updated_at: iso(at) };
    const columns = NEW_ROW.map(column => row[column]);
    const answers = await db.write([
      {
        sql: `INSERT INTO tasks (${NEW_ROW.join(", ")}) VALUES (${NEW_ROW.map(() => "?").join(", ")}) ON CONFLICT(project_id, issue) DO NOTHING`,
        args: columns,
      },
      {
        sql: "INSERT INTO task_events (task_id, seq, kind, data, at) SELECT id, 1, ?, ?, ? FROM tasks WHERE project_id = ? AND issue = ? AND seq = 0",
        args: [fact.kind, JSON.stringify(fact), iso(at), project_id, issue],
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

const NEW_ROW = [
  "project_id",
  "issue",
  "title",
  "url",
  "asked_by",
  "asked_by_id",
  "trigger_id",
  "task_type",
  "parent_task_id",
  "created_at",
  "updated_at",
] as const;

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
    ...returned.map(row => insertReturn(row, { task_id, at, guard: stated })),
    ...jobs.map(job => askForAgain(job, stated)),
    ...beside(stated),
    patchOf("tasks", {
      id: task_id,
      patch: { ...patch, ...published, seq: last, updated_at: iso(at) },
      guard: stated,
    }),
  ];
};

const insertReturn = (
  row: NumberedReturn,
  { task_id, at, guard }: { readonly task_id: number; readonly at: number; readonly guard: Guard },
): InStatement => {
  const values = { ...row, task_id, returned_at: iso(at), findings: JSON.stringify(row.findings) };
  return {
    sql: `INSERT INTO task_returns (${RETURN_ROW.join(", ")}) SELECT ${RETURN_ROW.map(() => "?").join(", ")} WHERE ${guard.sql}`,
    args: [...RETURN_ROW.map(column => values[column]), ...guard.args],
  };
};

const RETURN_ROW = [
  "task_id",
  "return_number",
  "reason_category",
  "reason_text",
  "returned_by",
  "pipeline_id",
  "returned_at",
  "source",
  "actor",
  "pr_number",
  "findings",
] as const;
