// Rows of pipelines. The journal is the truth; the row has what is looked up without reading it.
import type { InStatement } from "@libsql/client";
import type { EventData } from "../../core/model/event.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { PastPipeline, PipelineRecord } from "../../core/model/record.ts";
import { statementsOf } from "./facts.ts";
import { insertEvent } from "./journals.ts";
import type { Store } from "./port.ts";
import { didAny, type Guard, insertInto, iso, parseAll, parseOne, patchOf } from "./rows.ts";
import type { Database } from "./sql.ts";

type Pipelines = Pick<
  Store,
  "openPipeline" | "pipeline" | "pipelines" | "past" | "openPipelines" | "updatePipeline"
>;

export const pipelines = (db: Database): Pipelines => ({
  openPipeline: async ({ opening, run_id, task, at, parent }) => {
    const { pipeline: id, number, type } = opening;
    const opened: EventData = { kind: "opened", opening };
    const isNew: Guard = {
      sql: "NOT EXISTS (SELECT 1 FROM pipelines WHERE id = ? OR (task_id = ? AND number = ?))",
      args: [id, task.task_id, number],
    };
    const row = {
      ...{ id, task_id: task.task_id, number, pipeline_type: type, seq: 1, size: sizeOf(opened) },
      parent_pipeline_id: parent?.pipeline_id ?? null,
      department: parent?.department ?? null,
      run_id: run_id ?? null,
      dispatches: run_id === undefined ? 0 : 1,
      created_at: iso(at),
    };
    const event = { seq: 1, at: iso(at), data: opened };
    const beside = (guard: Guard): readonly InStatement[] => [
      insertInto("pipelines", { row, guard }),
      insertEvent(id, { event, guard }),
    ];
    return didAny((await db.write(statementsOf(task, { at, guard: isNew, beside }))).at(-1));
  },
  pipeline: async id =>
    parseOne(await db.first("SELECT * FROM pipelines WHERE id = ?", [id]), PipelineRecord),
  pipelines: async task_id =>
    parseAll(
      await db.all("SELECT * FROM pipelines WHERE task_id = ? ORDER BY number", [task_id]),
      PipelineRecord,
    ),
  past: async project_id => parseAll(await db.all(PAST, [project_id]), PastPipeline),
  openPipelines: async () => parseAll(await db.all(OPEN), PipelineRecord),
  updatePipeline: async (id, patch) => {
    const guard = { sql: "state <> 'finished'", args: [] };
    await db.write([patchOf("pipelines", { id, patch, guard })]);
  },
});

/** Only for the latest issues, so that it stays fast in a project with thousands. */
const PAST = `
  SELECT p.outcome, p.usd, p.step_costs
    FROM (SELECT id FROM tasks WHERE project_id = ? ORDER BY issue DESC LIMIT 100) latest CROSS JOIN pipelines p ON p.task_id = latest.id
   WHERE p.step_costs IS NOT NULL ORDER BY p.completed_at DESC LIMIT 50`;

const OPEN = "SELECT * FROM pipelines WHERE state <> 'finished' ORDER BY created_at, id";
