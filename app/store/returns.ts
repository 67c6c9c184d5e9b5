// Returns of tasks, and all rejections. The store numbers them; `tasks.return_count` follows in the same batch.
import type { InStatement } from "@libsql/client";
import type { NewReturn } from "../../core/model/append.ts";
import { RejectionRow, ReturnRow } from "../../core/model/record.ts";
import { toReturnCategory } from "../../core/model/return.ts";
import type { Store } from "./port.ts";
import { ALWAYS, type Guard, iso, parseAll, parseOne } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const returns = (db: Database): Pick<Store, "recordReturn" | "returns" | "rejections"> => ({
  recordReturn: async (row, at) => {
    const [rows] = await db.write(returnStatements(row, { at }));
    return parseOne(rows?.[0], ReturnRow);
  },
  returns: async (task_id, limit) => (await db.all(LATEST, [task_id, limit])).map(toReturn).toReversed(),
  rejections: async ({ task_id, limit }) =>
    parseAll(
      task_id === undefined
        ? await db.all(REJECTIONS, [limit])
        : await db.all(REJECTIONS_OF_A_TASK, [task_id, limit]),
      RejectionRow,
    ).toReversed(),
});

/** One statement numbers the return, so that no two writers can read the same last number. */
export const returnStatements = (
  row: NewReturn,
  { at, guard = ALWAYS }: { readonly at: number; readonly guard?: Guard },
): readonly InStatement[] => [
  {
    sql: `INSERT INTO task_returns (task_id, return_number, reason_category, reason_text, returned_by, pipeline_id, returned_at, source, actor, pr_number, findings)
          SELECT ?, COALESCE((SELECT MAX(return_number) FROM task_returns WHERE task_id = ?), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?
           WHERE ${guard.sql}
          ON CONFLICT(source) DO NOTHING RETURNING *`,
    args: [
      row.task_id,
      row.task_id,
      toReturnCategory(row.reason_category),
      row.reason_text,
      row.returned_by,
      row.pipeline_id,
      iso(at),
      row.source,
      row.actor,
      row.pr_number,
      JSON.stringify(row.findings),
      ...guard.args,
    ],
  },
  {
    sql: `UPDATE tasks SET return_count = (SELECT COUNT(*) FROM task_returns WHERE task_id = ?) WHERE id = ? AND ${guard.sql}`,
    args: [row.task_id, row.task_id, ...guard.args],
  },
];

const COLUMNS = Object.keys(ReturnRow.shape);

/** One cell a row: the client spends ten times as long on twelve cells as SQLite does on finding them. */
const LATEST = `SELECT json_array(${COLUMNS.join(", ")}) AS cells FROM task_returns
  WHERE task_id = ? ORDER BY return_number DESC LIMIT ?`;

const toReturn = ({ cells }: Row): ReturnRow => {
  const values = JSON.parse(String(cells)) as readonly unknown[];
  return ReturnRow.parse(Object.fromEntries(COLUMNS.map((column, i) => [column, values[i]])));
};

const rejectionsWhere = (condition: string): string =>
  `SELECT found.*, p.owner || '/' || p.name AS project, t.issue
     FROM rejections found CROSS JOIN tasks t ON t.id = found.task_id CROSS JOIN projects p ON p.id = t.project_id
    WHERE ${condition} ORDER BY found.rejected_at DESC, found.source DESC LIMIT ?`;
const REJECTIONS = rejectionsWhere("TRUE");
const REJECTIONS_OF_A_TASK = rejectionsWhere("found.task_id = ?");
