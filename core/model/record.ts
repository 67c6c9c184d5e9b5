// Rows of the store as the control plane sees them.
import * as z from "zod";
import { CompletionMode } from "./config.ts";
import { Outcome } from "./event.ts";
import { json, jsonIn } from "./json.ts";
import { Finding, ReturnCategory, ReturnRecord } from "./return.ts";
import { StepCosts } from "./step-costs.ts";
import { Snapshot } from "./task.ts";

export const ProjectRecord = z.object({
  id: z.number(),
  owner: z.string(),
  name: z.string(),
  owner_id: z.number(),
  default_branch: z.string(),
  installation_id: z.number().nullable(),
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;

export const TaskStatus = z.enum(["running", "review", "needs_info", "blocked", "done", "cancelled"]);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** What was last written to GitHub for a task, as hashes, so that only differences are written. */
export const Published = z.object({
  comment: z.object({ hash: z.string(), at: z.number(), state: z.string() }).optional(),
  labels: z.array(z.string()).optional(),
  pull: z
    .object({
      hash: z.string(),
      draft: z.boolean(),
      at: z.number(),
      /** The task's state at the time; a change of it is shown at once. */
      state: z.string().optional(),
      /** What Kin wrote lately, newest last: any other title, or a text that holds none of these, is a person's. */
      own: z
        .array(z.object({ title: z.string(), body: z.object({ hash: z.string(), length: z.number() }) }))
        .optional(),
      /** A person made it a draft again, and nobody has marked it ready since. */
      held: z.boolean().optional(),
    })
    .optional(),
  check: z.object({ sha: z.string(), hash: z.string(), id: z.number() }).optional(),
  /** The commit on which all checks but Kin's are settled. */
  ci: z.string().optional(),
});
export type Published = z.infer<typeof Published>;

/** `source`: `review:<id>`, or the comment that said it. `by_id`: 0, which is nobody, in older rows. */
export const Approval = z.object({
  by: z.string(),
  by_id: z.number().default(0),
  sha: z.string(),
  at: z.string(),
  source: z.string(),
});

/** What a task's facts fold into (core/task/after.ts). */
export const TaskState = z.object({
  project_id: z.number(),
  issue: z.number(),
  title: z.string(),
  url: z.string(),
  asked_by: z.string(),
  asked_by_id: z.number(),
  trigger_id: z.string().nullable(),
  snapshot: Snapshot.nullable(),
  status: TaskStatus,
  status_reason: z.string(),
  category: z.string().nullable(),
  branch: z.string().nullable(),
  head_sha: z.string().nullable(),
  pr_number: z.number().nullable(),
  return_count: z.number(),
  /** `escalation`: a follow-up that Kin opened for another task; it never escalates again. */
  task_type: z.enum(["standard", "escalation"]),
  parent_task_id: z.number().nullable(),
  /** A return_analyst's; replaces the issue's text. */
  brief: z.string().nullable(),
  /** The latest return that has an analysis. */
  analysed_return: z.number(),
  returns_at_last_done: z.number(),
  execution_mode: CompletionMode.nullable(),
  /** Whether the plan of each pipeline waits for approval. */
  hold: z.number(),
  smoke_test_result: z.record(z.string(), z.unknown()).nullable(),
  /** Issues that carry the task on; it resumes when they are closed. */
  waits_for: z.array(z.number()).nullable(),
  /** What became of them, for the next project manager. */
  followed_up: z.string().nullable(),
  /** A person's approval of this commit, and of no later one. */
  approval: Approval.nullable(),
  /** The number of its latest pipeline that is not a dry run; 0 if there is none. */
  last_pipeline: z.number(),
});
export type TaskState = z.infer<typeof TaskState>;

/** A row of `tasks`. */
export const TaskRecord = TaskState.extend({
  id: z.number(),
  snapshot: json(Snapshot).nullable(),
  smoke_test_result: json(z.record(z.string(), z.unknown())).nullable(),
  waits_for: json(z.array(z.number())).nullable(),
  approval: json(Approval).nullable(),
  /** The number of facts it is folded from. */
  seq: z.number(),
  // What was written to GitHub, kept so that it can be found again; not folded from facts.
  comment_id: z.number().nullable(),
  published: json(Published),
  created_at: z.string(),
  updated_at: z.string(),
});
export type TaskRecord = z.infer<typeof TaskRecord>;

export const PipelineRecord = z.object({
  id: z.string(),
  task_id: z.number(),
  number: z.number(),
  pipeline_type: z.string(),
  parent_pipeline_id: z.string().nullable(),
  department: z.string().nullable(),
  route_type: z.string().nullable(),
  state: z.enum(["queued", "running", "paused", "finished"]),
  outcome: Outcome.nullable(),
  seq: z.number(),
  dispatches: z.number(),
  run_id: z.string().nullable(),
  run_attempt: z.number().nullable(),
  run_url: z.string().nullable(),
  has_verdict_job: z.number(),
  lease_hash: z.string().nullable(),
  lease_until: z.number().nullable(),
  lease_deadline: z.number().nullable(),
  usd: z.number(),
  tokens: z.number(),
  seconds: z.number(),
  /** The size of its journal (core/model/journal-size.ts). */
  size: z.number(),
  /** Null until it is finished, if an older Kin finished it, and if it is damaged: nothing depends on it. */
  step_costs: json(StepCosts).nullable().catch(null),
  created_at: z.string(),
  completed_at: z.string().nullable(),
});
export type PipelineRecord = z.infer<typeof PipelineRecord>;

export const PastPipeline = PipelineRecord.pick({ outcome: true, usd: true, step_costs: true });
export type PastPipeline = z.infer<typeof PastPipeline>;

export const DecisionRow = z.object({
  id: z.number(),
  project_id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string(),
  status: z.enum(["proposed", "active", "rejected"]),
  /** `learner:<pipeline>:<step>`, or the comment in which a person made it. */
  source: z.string(),
  decided_by: z.string().nullable(),
  created_at: z.string(),
});
export type DecisionRow = z.infer<typeof DecisionRow>;

export const ReturnRow = ReturnRecord.extend({
  id: z.number(),
  task_id: z.number(),
  pipeline_id: z.string().nullable(),
  source: z.string(),
  actor: z.string().nullable(),
  pr_number: z.number().nullable(),
  findings: z.string(),
});
export type ReturnRow = z.infer<typeof ReturnRow>;

/** A row of the view `rejections`: a return, or a gate's rejection without one. */
export const RejectionRow = z.object({
  task_id: z.number(),
  pipeline_id: z.string().nullable(),
  rejected_at: z.string(),
  rejected_by: z.string(),
  actor: z.string().nullable(),
  reason_category: ReturnCategory,
  reason_text: z.string().nullable(),
  /** As models gave them; a list in another shape counts as empty. */
  findings: z.string().transform(text => z.array(Finding).catch([]).parse(jsonIn(text))),
  pr_number: z.number().nullable(),
  /** `unanswered`: its pipeline is still at work, or was stopped or blocked before anything came of it. */
  became: z.enum(["returned", "revised", "unanswered"]),
  return_number: z.number().nullable(),
  /** A pipeline that knew of it has passed. */
  dealt_with: z.coerce.boolean(),
  source: z.string(),
  /** `owner/name` */
  project: z.string(),
  issue: z.number(),
});
export type RejectionRow = z.infer<typeof RejectionRow>;
