// Tasks: one row for each issue that was ever asked for.
import { TaskRecord } from "../../model/record.ts";
import type { Store } from "../../ports.ts";
import { iso, parseAll, parseOne, taskPatch } from "./rows.ts";
import type { Database } from "./sql.ts";

type Tasks = Pick<Store, "saveTask" | "task" | "findTask" | "tasks" | "updateTask" | "spent">;

export const tasks = (db: Database): Tasks => ({
  saveTask: async (t, at) => {
    const { project_id, issue, title, url, asked_by, asked_by_id, trigger_id } = t;
    const [rows] = await db.write([
      {
        sql: SAVE,
        args: [project_id, issue, title, url, asked_by, asked_by_id, trigger_id, iso(at), iso(at)],
      },
    ]);
    return TaskRecord.parse(rows?.[0]);
  },
  task: async id => parseOne(await db.first("SELECT * FROM tasks WHERE id = ?", [id]), TaskRecord),
  findTask: async by => {
    const [column, value] = keyOf(by);
    return parseOne(
      await db.first(`SELECT * FROM tasks WHERE project_id = ? AND ${column} = ?`, [by.project_id, value]),
      TaskRecord,
    );
  },
  tasks: async ({ limit }) =>
    parseAll(
      await db.all("SELECT * FROM tasks ORDER BY updated_at DESC, id DESC LIMIT ?", [limit]),
      TaskRecord,
    ),
  updateTask: async (id, patch, at) => {
    await db.write([taskPatch(id, patch, { at })]);
  },
  spent: async (task, now) => {
    const midnight = `${iso(now).slice(0, 10)}T00:00:00.000Z`;
    const row = await db.first(SPENT, [midnight, task.project_id, task.id]);
    return { task_usd: Number(row?.task_usd ?? 0), day_usd: Number(row?.day_usd ?? 0) };
  },
});

/** An issue that is asked for again keeps its row and with it all that happened. */
const SAVE = `INSERT INTO tasks (project_id, issue, title, url, asked_by, asked_by_id, trigger_id, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT(project_id, issue) DO UPDATE SET title = excluded.title, url = excluded.url, asked_by = excluded.asked_by,
    asked_by_id = excluded.asked_by_id, trigger_id = COALESCE(excluded.trigger_id, trigger_id), updated_at = excluded.updated_at
  RETURNING *`;

const keyOf = (by: Parameters<Store["findTask"]>[0]): readonly [column: string, value: number | string] => {
  if (by.issue !== undefined) return ["issue", by.issue];
  return by.pr_number !== undefined ? ["pr_number", by.pr_number] : ["branch", by.branch ?? ""];
};

/**
 * What was opened today is all today's. Of what was opened before and went on past midnight, the turns since then:
 * there are few such pipelines, so few journals are read.
 */
const SPENT = `
  SELECT (SELECT COALESCE(SUM(usd), 0) FROM pipelines WHERE task_id = ?3) AS task_usd,
         (SELECT COALESCE(SUM(p.usd), 0) FROM pipelines p CROSS JOIN tasks t ON t.id = p.task_id
           WHERE p.created_at >= ?1 AND t.project_id = ?2)
       + (SELECT COALESCE(SUM(json_extract(e.data, '$.usd')), 0)
            FROM pipelines p CROSS JOIN tasks t ON t.id = p.task_id CROSS JOIN events e ON e.pipeline_id = p.id
           WHERE (p.completed_at IS NULL OR p.completed_at >= ?1) AND +p.created_at < ?1
             AND t.project_id = ?2 AND e.kind = 'turn' AND e.at >= ?1) AS day_usd`;
