// What newly appended events mean for the rows around the journal: the pipeline's, the task's, the return,
// and what is to be done next. Pure; the store writes it in the same batch as the events.

import type { Append } from "../model/append.ts";
import type { EventData, Outcome } from "../model/event.ts";
import { keys } from "../model/keys.ts";
import { handOver, type NewJob, next, publish } from "../model/new-job.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { TaskRecord, TaskStatus } from "../model/record.ts";
import { totalTokens } from "../model/usage.ts";
import { commitPoints } from "./commits.ts";
import { ANALYST } from "./escalation.ts";
import { stepCostsOf } from "./estimate.ts";
import { refusalOf, SMOKE_TESTER, verdictOf } from "./state.ts";

export type Consequences = Pick<Append, "row" | "task" | "returned" | "jobs">;

export const consequencesOf = (
  pipeline: Pipeline,
  {
    task,
    events,
    now,
  }: { readonly task: TaskRecord; readonly events: readonly EventData[]; readonly now: number },
): Consequences => {
  const { usd, usage, seconds, outcome, paused, plan } = pipeline;
  const totals = { usd, tokens: totalTokens(usage), seconds, route_type: plan?.route_type ?? null };
  const known = learnedOf(pipeline, events);
  const held = events.some(event => event.kind === "plan_held");
  const approved = events.some(event => event.kind === "plan_approved");
  const completed_at = new Date(now).toISOString();
  const row =
    outcome === null
      ? { ...totals, ...(paused === null && !held ? {} : { state: "paused" as const }) }
      : {
          ...totals,
          state: "finished" as const,
          outcome: outcome.kind,
          completed_at,
          step_costs: stepCostsOf(pipeline),
        };
  // The task is as if nobody had asked; only a run that was lost is started again.
  if (pipeline.opening.dry_run) return { row, task: {}, returned: null, jobs: [publish(task.id)] };
  if (outcome === null)
    return {
      row,
      task: { ...known, ...(held ? waiting(pipeline) : approved ? GOES_ON : {}) },
      returned: null,
      jobs: published(task, events),
    };
  const { pipeline: id, number } = pipeline.opening;
  const again = outcome.kind === "returned" && task.return_count + 1 < pipeline.opening.config.limits.returns;
  return {
    row,
    task: { ...known, ...statusAfter(outcome, { pipeline, again }) },
    returned: returnOf(outcome, { pipeline, task }),
    jobs: [
      ...published(task, events),
      ...(again ? [next(keys.next(id), { task_id: task.id, after: number })] : []),
      ...(outcome.handover === null ? [] : [handOver(keys.handOver(id), { task_id: task.id, pipeline: id })]),
    ],
  };
};

const waiting = (pipeline: Pipeline): Partial<TaskRecord> => {
  const refusal = refusalOf(pipeline);
  return {
    status: "needs_info",
    status_reason:
      refusal === null
        ? "The plan waits for approval."
        : `${refusal.path} seems to refuse what a machine wrote: “${refusal.refuses}”`,
  };
};

const GOES_ON: Partial<TaskRecord> = { status: "running", status_reason: "" };

/** What the task's row keeps of new events. */
const learnedOf = (pipeline: Pipeline, events: readonly EventData[]): Partial<TaskRecord> => {
  const planned = events.some(event => event.kind === "planned");
  const done = events.flatMap(event =>
    event.kind === "attempt_finished" && event.outcome === "done" ? [pipeline.steps[event.step]] : [],
  );
  const analysed = done.some(step => step?.role === ANALYST);
  const smoke = done.find(step => step?.role === SMOKE_TESTER)?.answer;
  return {
    ...(planned ? { category: pipeline.plan?.category ?? null } : {}),
    ...(analysed ? { brief: pipeline.brief, analysed_return: pipeline.opening.returns.count } : {}),
    ...(smoke == null ? {} : { smoke_test_result: { ...smoke } }),
  };
};

/** Itself; and what it carries on, which tells of it. */
const published = (task: TaskRecord, events: readonly EventData[]): readonly NewJob[] => [
  publish(task.id),
  ...(task.parent_task_id !== null &&
  events.some(({ kind }) => kind === "attempt_finished" || kind === "finished")
    ? [publish(task.parent_task_id)]
    : []),
];

/** Null: whoever stopped the pipeline said what becomes of the task; a dry run makes nothing of it. */
const STATUS_AFTER: Readonly<Record<Outcome, TaskStatus | null>> = {
  passed: "review",
  returned: "running",
  needs_info: "needs_info",
  blocked: "blocked",
  stopped: null,
  planned_only: null,
  superseded: "blocked",
};

type Ended = NonNullable<Pipeline["outcome"]>;

const statusAfter = (
  outcome: Ended,
  { pipeline, again }: { readonly pipeline: Pipeline; readonly again: boolean },
): Partial<TaskRecord> => {
  if (outcome.kind === "returned" && !again) {
    const { returns } = pipeline.opening.config.limits;
    return {
      status: "blocked",
      status_reason: `The limit \`limits.returns\` was reached: ${returns}. ${outcome.reason}`,
    };
  }
  const status = statusOf(outcome, pipeline);
  return status === null ? {} : { status, status_reason: outcome.reason };
};

const statusOf = ({ kind }: Ended, pipeline: Pipeline): TaskStatus | null => {
  // Advice alone leaves nothing to review: it goes back to the task that asked.
  if (kind === "passed" && isAdvice(pipeline)) return "done";
  // Nothing is above a head: a rejection is a person's to answer.
  if (kind === "blocked" && isRejectedEscalation(pipeline)) return "needs_info";
  return STATUS_AFTER[kind];
};

const isRejectedEscalation = ({ opening, steps }: Pipeline): boolean =>
  opening.type === "escalation" &&
  steps.some(step => verdictOf(step)?.verdict === "changes_requested" && !step.revised);

const isAdvice = (pipeline: Pipeline): boolean =>
  pipeline.opening.type === "escalation" &&
  pipeline.opening.branch.head === null &&
  commitPoints(pipeline).length === 0;

const PLANNER_REASON = 500;
const GATE_REASON = 200;

const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).trimEnd()}…`.toWellFormed();

/** The planner's reason is cut at 500 characters, a gate's at 200 behind its name; what was cut ends with "…". */
const returnOf = (
  { reason, return: returned }: Ended,
  { pipeline: { opening }, task }: { readonly pipeline: Pipeline; readonly task: TaskRecord },
): Append["returned"] => {
  if (returned === null || opening.type === "escalation") return null;
  const prefix = `Gate ${returned.by}: `;
  const text = reason.startsWith(prefix)
    ? prefix + cut(reason.slice(prefix.length), GATE_REASON)
    : cut(reason, PLANNER_REASON);
  return {
    task_id: task.id,
    reason_category: returned.category,
    reason_text: text.trim() === "" ? null : text,
    returned_by: returned.by,
    pipeline_id: opening.pipeline,
    source: returned.source,
    actor: null,
    pr_number: task.pr_number,
    findings: returned.findings,
  };
};
