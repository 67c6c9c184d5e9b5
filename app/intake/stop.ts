// Stops a task's pipeline: by a message where a runner drives it, by the control plane's own hand where none does.
import type { TaskRecord } from "../../core/model/record.ts";
import { appendOwn } from "../journal.ts";
import type { Plane } from "../plane.ts";

export interface Stop {
  readonly by: string;
  readonly reason: string;
  /** What makes this stop happen once. */
  readonly source: string;
}

/** True when there was a pipeline to stop. */
export const stopPipeline = async (
  task: TaskRecord,
  { stop, plane }: { readonly stop: Stop; readonly plane: Plane },
): Promise<boolean> => {
  const last = (await plane.store.pipelines(task.id)).at(-1);
  if (last === undefined || last.state === "finished") return false;
  const now = plane.clock.now();
  if (last.state === "running" && (last.lease_until ?? 0) >= now) {
    await plane.store.say(
      { pipeline_id: last.id, kind: "stop", by: stop.by, text: stop.reason, source: stop.source },
      now,
    );
    return true;
  }
  await appendOwn(plane, {
    pipeline: last.id,
    task,
    events: [{ kind: "finished", outcome: "stopped", reason: `${stop.reason} (${stop.by})`, return: null }],
  });
  return true;
};
