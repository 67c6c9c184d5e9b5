// A task that people are done with: its pull request was merged, or its result, which needed none, was accepted.
import { publish } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Plane } from "../plane.ts";

export const complete = (
  task: TaskRecord,
  { plane, reason }: { readonly plane: Plane; readonly reason: string },
): Promise<void> =>
  plane.store.askAgain([publish(task.id)], {
    task_id: task.id,
    task: { status: "done", status_reason: reason, returns_at_last_done: task.return_count },
    at: plane.clock.now(),
  });

/** It waits for a person, and nothing was written that a pull request could show. */
export const isBareResult = ({ status, pr_number, head_sha }: TaskRecord): boolean =>
  status === "review" && pr_number === null && head_sha === null;
