// What newly appended events mean for the pipeline's row, for the task, and for what to do next. The store writes it in the
// same batch as the events.

import type { Append } from "../model/append.ts";
import type { EventData } from "../model/event.ts";
import type { Fact, FactOf, NewReturn } from "../model/fact.ts";
import { type NewJob, publish } from "../model/new-job.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { TaskRecord } from "../model/record.ts";
import { totalTokens } from "../model/usage.ts";
import { commitPoints } from "./commits.ts";
import { ANALYST } from "./escalation.ts";
import { stepCostsOf } from "./estimate.ts";
import { refusalOf, SMOKE_TESTER, verdictOf } from "./state.ts";

export interface Consequences extends Pick<Append, "row" | "jobs"> {
  /** What they say about the task. */
  readonly facts: readonly Fact[];
}

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
  const held = events.some(event => event.kind === "plan_held");
  const approved = events.some(event => event.kind === "plan_approved");
  const row =
    outcome === null
      ? { ...totals, ...(paused === null && !held ? {} : { state: "paused" as const }) }
      : {
          ...totals,
          state: "finished" as const,
          outcome: outcome.kind,
          completed_at: new Date(now).toISOString(),
          step_costs: stepCostsOf(pipeline),
        };
  // The task stays as if nobody had asked; only a run that was lost is started again.
  if (pipeline.opening.dry_run) return { row, facts: [], jobs: [publish(task.id)] };
  const facts: readonly Fact[] = [
    ...learnedOf(pipeline, events),
    ...(held ? [waiting(pipeline)] : approved ? [{ kind: "plan_approved" as const }] : []),
    ...(outcome === null ? [] : endOf(outcome, { pipeline, task })),
  ];
  return { row, facts, jobs: published(task, events) };
};

const waiting = (pipeline: Pipeline): Fact => {
  const refusal = refusalOf(pipeline);
  const reason =
    refusal === null
      ? "The plan waits for approval."
      : `${refusal.path} seems to refuse what a machine wrote: “${refusal.refuses}”`;
  return { kind: "plan_held", reason };
};

const learnedOf = (pipeline: Pipeline, events: readonly EventData[]): readonly Fact[] => {
  const planned = events.some(event => event.kind === "planned");
  const done = events.flatMap(event =>
    event.kind === "attempt_finished" && event.outcome === "done" ? [pipeline.steps[event.step]] : [],
  );
  const analysed = done.some(step => step?.role === ANALYST);
  const smoke = done.find(step => step?.role === SMOKE_TESTER)?.answer;
  const learned = {
    ...(planned ? { category: pipeline.plan?.category ?? null } : {}),
    ...(analysed ? { brief: pipeline.brief, analysed_return: pipeline.opening.returns.count } : {}),
    ...(smoke == null ? {} : { smoke_test_result: { ...smoke } }),
  };
  return Object.keys(learned).length === 0 ? [] : [{ kind: "learned", ...learned }];
};

/** The task itself, and the one that it carries on, which reports it. */
const published = (task: TaskRecord, events: readonly EventData[]): readonly NewJob[] => [
  publish(task.id),
  ...(task.parent_task_id !== null &&
  events.some(({ kind }) => kind === "attempt_finished" || kind === "finished")
    ? [publish(task.parent_task_id)]
    : []),
];

type Ended = NonNullable<Pipeline["outcome"]>;

interface Of {
  readonly pipeline: Pipeline;
  readonly task: TaskRecord;
}

/** A return precedes the end that it causes. */
const endOf = (outcome: Ended, { pipeline, task }: Of): readonly Fact[] => {
  const made = returnOf(outcome, { pipeline, task });
  const { pipeline: id, number, config } = pipeline.opening;
  const escalation = escalationOf(outcome, pipeline);
  return [
    ...(made === null ? [] : [{ kind: "returned" as const, return: made }]),
    {
      kind: "ended",
      pipeline: id,
      number,
      outcome: outcome.kind,
      reason: outcome.reason,
      ...(escalation === undefined ? {} : { escalation }),
      limit: config.limits.returns,
      hands_over: outcome.handover !== null,
    },
  ];
};

const escalationOf = ({ kind }: Ended, pipeline: Pipeline): FactOf<"ended">["escalation"] => {
  if (kind === "passed" && isAdvice(pipeline)) return "advice";
  return kind === "blocked" && isRejectedEscalation(pipeline) ? "rejected" : undefined;
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

/** The planner's reason is cut at 500 characters, a gate's at 200 after its name; a cut ends with "…". */
const returnOf = (
  { reason, return: returned }: Ended,
  { pipeline: { opening }, task }: Of,
): NewReturn | null => {
  if (returned === null || opening.type === "escalation") return null;
  const prefix = `Gate ${returned.by}: `;
  const text = reason.startsWith(prefix)
    ? prefix + cut(reason.slice(prefix.length), GATE_REASON)
    : cut(reason, PLANNER_REASON);
  return {
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
