// What the report's functions look at: a task with everything the store knows about it.
import type { CarryingTask } from "../model/listing.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { PipelineRecord, ProjectRecord, RejectionRow, ReturnRow, TaskRecord } from "../model/record.ts";
import type { Estimate } from "../pipeline/estimate.ts";

export interface TaskView {
  readonly project: ProjectRecord;
  readonly task: TaskRecord;
  /** All of the task's pipelines, oldest first, folded from their journals, each with its row. */
  readonly pipelines: readonly { readonly pipeline: Pipeline; readonly record: PipelineRecord }[];
  /** All returns, oldest first. */
  readonly returns: readonly ReturnRow[];
  /** The returns, and what gates rejected without one; oldest first. */
  readonly rejections: readonly RejectionRow[];
  /** The tasks that carry it on, or did, by issue. */
  readonly carried_on: readonly CarryingTask[];
  /** Issues that its passed pipelines left for later: debt, and what a gate remarked. */
  readonly left: readonly number[];
  /** Others pushed to the branch while Kin worked, so no gate has judged all of Kin's head. */
  readonly beside: boolean;
  /** GitHub's web address without a trailing slash, for links to files, commits and runs. */
  readonly server_url: string;
  /** The likely cost from here on, if a plan or the whole work waits for a person's word; else null. */
  readonly estimate: Estimate | null;
  /** A scripted model played this task, which is said wherever results are shown. */
  readonly scripted: boolean;
  /** Place in the queue of runs, from 1; null when it is not waiting. */
  readonly queue: number | null;
}
