// What one batch writes after a journal: events, and what they mean for the rows around it.
import type { EventData } from "./event.ts";
import type { Fact, NumberedReturn } from "./fact.ts";
import type { NewJob } from "./new-job.ts";
import type { PipelineRecord, TaskRecord, TaskState } from "./record.ts";

/** Facts of a task, and what they change in its rows (core/task/state.ts). */
export interface TaskWrite {
  readonly task_id: number;
  /** The task's last fact when these were stated; if another came since, nothing is written. */
  readonly seq: number;
  readonly facts: readonly Fact[];
  readonly patch: Partial<TaskState>;
  readonly returned: readonly NumberedReturn[];
  readonly jobs: readonly NewJob[];
  /** What is known about GitHub's side at the same time. */
  readonly published?: Partial<Pick<TaskRecord, "published" | "comment_id">>;
}

export interface Append {
  readonly pipeline: string;
  readonly after: number;
  readonly events: readonly EventData[];
  /** SHA-256 of the run token; null for the control plane, which may write only while no lease is live. */
  readonly lease: string | null;
  /** Written only if no stop is pending that the journal does not know of. */
  readonly unless_stopped?: boolean;
  readonly at: number;
  /** What these events change in the pipeline's row. */
  readonly row: Partial<
    Pick<
      PipelineRecord,
      "state" | "outcome" | "usd" | "tokens" | "seconds" | "route_type" | "completed_at" | "step_costs"
    >
  >;
  /** Null if the task stays as it is. */
  readonly task: TaskWrite | null;
  /** What follows for the pipeline itself; jobs about the task are in `task`. */
  readonly jobs: readonly NewJob[];
}
