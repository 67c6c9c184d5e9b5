// Tasks: one row for each issue that was ever triggered.
import { TaskRecord, TaskStatus } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { iso, parseAll, parseOne } from "./rows.ts";
import type { Database } from "./sql.ts";

type Tasks = Pick<Store, "task" | "findTask" | "tasks" | "tasksWaitingFor" | "activeTasks" | "spent">;

export const tasks = (db: Database): Tasks => ({
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
  tasksWaitingFor: async (project_id, issue) =>
    parseAll(await db.all(WAITING, [project_id, issue]), TaskRecord),
  activeTasks: async ({ id, project_id }, limit) =>
    (await db.all(OTHERS, [project_id, id, limit])).map(row => ({
      issue: Number(row.issue),
      title: String(row.title),
      status: TaskStatus.parse(row.status),
      modules: JSON.parse(String(row.modules ?? "[]")) as readonly string[],
    })),
  spent: async (task, now) => {
    const midnight = `${iso(now).slice(0, 10)}T00:00:00.000Z`;
    const row = await db.first(SPENT, [midnight, task.project_id, task.id]);
    return { task_usd: Number(row?.task_usd ?? 0), day_usd: Number(row?.day_usd ?? 0) };
  },
});

const WAITING = `SELECT * FROM tasks WHERE project_id = ? AND waits_for IS NOT NULL
  AND EXISTS (SELECT 1 FROM json_each(waits_for) WHERE value = ?)`;

/** The modules come from the plan of the task's latest pipeline. */
const OTHERS = `SELECT t.issue, t.title, t.status,
    (SELECT json_group_array(DISTINCT json_extract(s.value, '$.module'))
       FROM events e, json_each(e.data, '$.plan.steps') s
      WHERE e.kind = 'planned' AND json_extract(s.value, '$.module') IS NOT NULL
        AND e.pipeline_id = (SELECT p.id FROM pipelines p WHERE p.task_id = t.id ORDER BY p.number DESC LIMIT 1)) AS modules
  FROM tasks t WHERE t.project_id = ? AND t.id <> ? AND t.status IN ('running', 'review', 'needs_info', 'blocked')
  ORDER BY t.updated_at DESC, t.id DESC LIMIT ?`;

const keyOf = (by: Parameters<Store["findTask"]>[0]): readonly [column: string, value: number | string] => {
  if ("issue" in by) return ["issue", by.issue];
  if ("head_sha" in by) return ["head_sha", by.head_sha];
  return ["pr_number", by.pr_number];
};

/**
 * Pipelines opened today count whole. For those opened earlier that went on past midnight, the turns since then: there
 * are few, so few journals are read.
 */
const SPENT = `
  SELECT (SELECT COALESCE(SUM(usd), 0) FROM pipelines WHERE task_id = ?3) AS task_usd,
         (SELECT COALESCE(SUM(p.usd), 0) FROM pipelines p CROSS JOIN tasks t ON t.id = p.task_id
           WHERE p.created_at >= ?1 AND t.project_id = ?2)
       + (SELECT COALESCE(SUM(json_extract(e.data, '$.usd')), 0)
            FROM pipelines p CROSS JOIN tasks t ON t.id = p.task_id CROSS JOIN events e ON e.pipeline_id = p.id
           WHERE (p.completed_at IS NULL OR p.completed_at >= ?1) AND +p.created_at < ?1
             AND t.project_id = ?2 AND e.kind = 'turn' AND e.at >= ?1) AS day_usd`;
