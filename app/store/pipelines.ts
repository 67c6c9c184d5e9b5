// Rows of pipelines. The journal is the truth; the row holds what others look for without reading it.
import type { EventData } from "../../core/model/event.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { PastPipeline, PipelineRecord } from "../../core/model/record.ts";
import { askForAgain } from "./jobs.ts";
import type { Store } from "./port.ts";
import { didAny, type Guard, iso, parseAll, parseOne, patchOf, taskPatch } from "./rows.ts";
import type { Database } from "./sql.ts";

type Pipelines = Pick<
  Store,
  "openPipeline" | "pipeline" | "pipelines" | "past" | "openPipelines" | "updatePipeline"
>;

export const pipelines = (db: Database): Pipelines => ({
  openPipeline: async ({ task_id, opening, run_id, task, jobs, at, parent, trigger_before }) => {
    const { pipeline: id, number, type } = opening;
    const opened: EventData = { kind: "opened", opening };
    const asRead = trigger_before === undefined ? [] : [task_id, trigger_before];
    const isNew: Guard = {
      sql: `NOT EXISTS (SELECT 1 FROM pipelines WHERE id = ? OR (task_id = ? AND number = ?))${asRead.length === 0 ? "" : " AND EXISTS (SELECT 1 FROM tasks WHERE id = ? AND trigger_id IS ?)"}`,
      args: [id, task_id, number, ...asRead],
    };
    // The row comes first and is counted on last: in between it is this batch's alone.
    const isOurs: Guard = { sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = 0)", args: [id] };
    const answers = await db.write([
      {
        sql: `INSERT INTO pipelines (id, task_id, number, pipeline_type, parent_pipeline_id, department, seq, run_id, dispatches, size, created_at)
              SELECT ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ? WHERE ${isNew.sql}`,
        args: [
          id,
          task_id,
          number,
          type,
          parent?.pipeline_id ?? null,
          parent?.department ?? null,
          run_id ?? null,
          run_id === undefined ? 0 : 1,
          sizeOf(opened),
          iso(at),
          ...isNew.args,
        ],
      },
      taskPatch(task_id, task, { at, guard: isOurs }),
      ...jobs.map(job => askForAgain(job, isOurs)),
      {
        sql: `INSERT INTO events (pipeline_id, seq, kind, data, at) SELECT id, 1, 'opened', ?, ? FROM pipelines WHERE id = ? AND seq = 0`,
        args: [JSON.stringify(opened), iso(at), id],
      },
      { sql: "UPDATE pipelines SET seq = 1 WHERE id = ? AND seq = 0 RETURNING id", args: [id] },
    ]);
    return didAny(answers.at(-1));
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

/** Of the latest issues alone, so that it stays as quick as it is in a project with thousands of them. */
const PAST = `
  SELECT p.outcome, p.usd, p.step_costs
    FROM (SELECT id FROM tasks WHERE project_id = ? ORDER BY issue DESC LIMIT 100) latest CROSS JOIN pipelines p ON p.task_id = latest.id
   WHERE p.step_costs IS NOT NULL ORDER BY p.completed_at DESC LIMIT 50`;

const OPEN = "SELECT * FROM pipelines WHERE state <> 'finished' ORDER BY created_at, id";
