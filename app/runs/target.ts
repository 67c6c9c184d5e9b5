// A run's claim, and the pipeline that it is for with its task.
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import type { ClaimRequest } from "../../core/model/wire.ts";
import type { InProject } from "../intake/incoming.ts";
import type { RunnerClaims } from "./oidc.ts";

export interface Claiming extends InProject {
  readonly claims: RunnerClaims;
  readonly request: ClaimRequest;
}

export interface Target {
  readonly record: PipelineRecord;
  readonly task: TaskRecord;
}
