// The pipeline that a claim is for, with its task.
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";

export interface Target {
  readonly record: PipelineRecord;
  readonly task: TaskRecord;
}
