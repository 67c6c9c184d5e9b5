// What is written behind a journal in one batch: events, and what they mean for the rows around it.
import type { EventData } from "./event.ts";
import type { NewJob } from "./new-job.ts";
import type { PipelineRecord, TaskRecord } from "./record.ts";
import type { Finding, ReturnCategory } from "./return.ts";

/** A return to be recorded: its number is the store's to give. */
export interface NewReturn {
  readonly task_id: number;
  readonly reason_category: ReturnCategory;
  readonly reason_text: string | null;
  readonly returned_by: string;
  readonly pipeline_id: string | null;
  readonly source: string;
  readonly actor: string | null;
  readonly pr_number: number | null;
  readonly findings: readonly Finding[];
}

export interface Append {
  readonly pipeline: string;
  readonly task_id: number;
  readonly after: number;
  readonly events: readonly EventData[];
  /** SHA-256 of the run token; null for the control plane, which may write only while no lease is live. */
  readonly lease: string | null;
  /** Written only where no stop stands that the journal does not tell of. */
  readonly unless_stopped?: boolean;
  readonly at: number;
  /** What the fold of these events says of the pipeline's row. */
  readonly row: Partial<
    Pick<
      PipelineRecord,
      "state" | "outcome" | "usd" | "tokens" | "seconds" | "route_type" | "completed_at" | "step_costs"
    >
  >;
  readonly returned: NewReturn | null;
  readonly task: Partial<TaskRecord>;
  readonly jobs: readonly NewJob[];
}
