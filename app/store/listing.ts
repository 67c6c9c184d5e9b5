// Tasks for people who look for one. The index that sorts them also contains what they are searched by; a row is read
// only if it is shown, or for a text search, which is limited.
import type { InValue } from "@libsql/client";
import {
  AcceptedPull,
  CarriedOn,
  ListedTask,
  MOST_SEARCHED,
  type TaskFilter,
} from "../../core/model/listing.ts";
import { TaskStatus } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { parseAll } from "./rows.ts";
import type { Database } from "./sql.ts";

export const listing = (
  db: Database,
): Pick<Store, "listTasks" | "carriedOn" | "countTasks" | "repositories" | "acceptedPulls"> => ({
  listTasks: async filter => {
    const { sql, args } = where(filter);
    return parseAll(
      await db.all(`${LISTED} ${sql} ${LATEST_FIRST} LIMIT ?`, [...args, filter.limit]),
      ListedTask,
    );
  },
  carriedOn: async task_id => {
    const row = await db.first(`SELECT ${CARRIED_ON} FROM tasks t WHERE t.id = ?`, [task_id]);
    return row === null ? [] : CarriedOn.parse(row.carried_on);
  },
  countTasks: async ({ repository }) => {
    const { sql, args } = where({ repository });
    const rows = await db.all(`SELECT status, COUNT(*) AS count FROM tasks t ${sql} GROUP BY status`, args);
    return Object.fromEntries(rows.map(row => [TaskStatus.parse(row.status), Number(row.count)]));
  },
  repositories: async limit =>
    (await db.all(REPOSITORIES, [limit])).map(({ repository }) => String(repository)),
  acceptedPulls: async limit => parseAll((await db.all(ACCEPTED, [limit])).toReversed(), AcceptedPull),
});

/** For the task `t`: the follow-ups of its escalations, and what it waits for. */
const CARRIED_ON = `(
  SELECT json_group_array(json_object('id', f.id, 'issue', f.issue, 'title', f.title, 'url', f.url, 'status', f.status,
                                      'usd', (SELECT TOTAL(usd) FROM pipelines WHERE task_id = f.id)))
    FROM tasks f
   WHERE f.id IN (SELECT id FROM tasks WHERE parent_task_id = t.id
                  UNION SELECT one.id FROM json_each(t.waits_for) waited CROSS JOIN tasks one ON one.project_id = t.project_id AND one.issue = waited.value)) AS carried_on`;

const LISTED = `
  SELECT t.id, t.issue, t.title, t.url, t.status, t.status_reason, t.asked_by, t.pr_number, t.return_count, t.updated_at,
         p.owner, p.name,
         (SELECT COUNT(*) FROM pipelines WHERE task_id = t.id) AS pipelines,
         (SELECT COALESCE(SUM(usd), 0) FROM pipelines WHERE task_id = t.id) AS usd,
         (SELECT state FROM pipelines WHERE task_id = t.id ORDER BY number DESC LIMIT 1) AS state,
         (SELECT json_extract(e.data, '$.role') FROM events e
           WHERE e.kind IN ('attempt_started', 'led') AND json_extract(e.data, '$.worker') IS NULL
             AND e.pipeline_id = (SELECT id FROM pipelines WHERE task_id = t.id AND state = 'running' ORDER BY number DESC LIMIT 1)
           ORDER BY e.seq DESC LIMIT 1) AS role, ${CARRIED_ON}
    FROM tasks t INDEXED BY idx_tasks_listed CROSS JOIN projects p ON p.id = t.project_id`;

/** The index's order, which the join preserves, so that reading stops when a page is full. */
const LATEST_FIRST = "ORDER BY t.updated_at DESC, t.id DESC";

const REPOSITORIES = `SELECT owner || '/' || name AS repository FROM projects p
  WHERE EXISTS (SELECT 1 FROM tasks WHERE project_id = p.id) ORDER BY owner, name LIMIT ?`;

const ACCEPTED = `SELECT t.id, p.owner, p.name, t.title, t.pr_number,
         (SELECT COALESCE(SUM(usd), 0) FROM pipelines WHERE task_id = t.id) AS usd
    FROM tasks t CROSS JOIN projects p ON p.id = t.project_id
   WHERE t.status = 'done' AND t.pr_number IS NOT NULL ${LATEST_FIRST} LIMIT ?`;

const where = ({ text, ...filter }: Omit<TaskFilter, "limit">) => {
  const fitting = conditionsOf(filter);
  if (text === undefined) return fitting;
  return {
    sql: `WHERE t.id IN (SELECT t.id FROM tasks t INDEXED BY idx_tasks_listed ${fitting.sql} ${LATEST_FIRST} LIMIT ${MOST_SEARCHED})
            AND (t.title LIKE ? ESCAPE '!' OR p.owner || '/' || p.name || '#' || t.issue LIKE ? ESCAPE '!')`,
    args: [...fitting.args, part(text), part(text)],
  };
};

const conditionsOf = ({ repository, issue, status, after }: Omit<TaskFilter, "limit" | "text">) => {
  const conditions: readonly (readonly [sql: string, ...args: InValue[]])[] = [
    ...(status === undefined ? [] : [["t.status = ?", status] as const]),
    ...(issue === undefined ? [] : [["t.issue = ?", issue] as const]),
    ...(repository === undefined
      ? []
      : [
          [
            "t.project_id IN (SELECT id FROM projects WHERE owner = ? AND name = ?)",
            ...halves(repository),
          ] as const,
        ]),
    ...(after === undefined ? [] : [["(t.updated_at, t.id) < (?, ?)", after.updated_at, after.id] as const]),
  ];
  return {
    sql: conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`,
    args: conditions.flatMap(([, ...args]) => args),
  };
};

const halves = (repository: string): readonly [owner: string, name: string] => {
  const [owner = "", name = ""] = repository.split("/");
  return [owner, name];
};

const part = (text: string): string => `%${text.replace(/[!%_]/g, "!$&")}%`;
