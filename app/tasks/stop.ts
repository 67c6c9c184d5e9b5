// Stops a pipeline: with a message if a runner drives it, directly if none does.
import type { TaskRecord } from "../../core/model/record.ts";
import type { Plane } from "../plane.ts";
import { appendOwn } from "../runs/journal.ts";

export interface StopOptions {
  readonly plane: Plane;
  readonly by: string;
  readonly reason: string;
  /** Makes this stop happen only once. */
  readonly source: string;
  /** The task's last one if absent. */
  readonly pipeline?: string;
}

/** False if it had already ended otherwise, or there was none. */
export const stopPipeline = async (
  task: TaskRecord,
  { plane, by, reason, source, pipeline }: StopOptions,
): Promise<boolean> => {
  const record =
    pipeline === undefined
      ? (await plane.store.pipelines(task.id)).at(-1)
      : await plane.store.pipeline(pipeline);
  if (record == null) return false;
  if (record.state === "finished") return record.outcome === "stopped";
  const now = plane.clock.now();
  if (record.state === "running" && (record.lease_until ?? 0) >= now) {
    await plane.store.say({ pipeline_id: record.id, kind: "stop", by, text: reason, source }, now);
    return true;
  }
  await appendOwn(plane, {
    pipeline: record.id,
    task,
    events: [{ kind: "finished", outcome: "stopped", reason: `${reason} (${by})`, return: null }],
  });
  return true;
};
