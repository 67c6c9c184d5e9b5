// Reads returns of tasks, and all rejections. They are written with the fact of each (facts.ts).
import { RejectionRow, ReturnRow } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { parseAll, parseOne } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const returns = (db: Database): Pick<Store, "returnOf" | "returns" | "rejections"> => ({
  returnOf: async source =>
    parseOne(await db.first("SELECT * FROM task_returns WHERE source = ?", [source]), ReturnRow),
  returns: async (task_id, limit) => (await db.all(LATEST, [task_id, limit])).map(toReturn).toReversed(),
  rejections: async ({ task_id, limit }) =>
    parseAll(
      task_id === undefined
        ? await db.all(REJECTIONS, [limit])
        : await db.all(REJECTIONS_OF_A_TASK, [task_id, limit]),
      RejectionRow,
    ).toReversed(),
});

const COLUMNS = Object.keys(ReturnRow.shape);

/** One cell per row: for twelve cells the client takes ten times as long as SQLite takes to find them. */
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
