// What became known about a task: its row in `tasks` and its returns are folded from this (core/task/after.ts).
import * as z from "zod";
import { CompletionMode } from "./config.ts";
import { Outcome } from "./event.ts";
import { Handover } from "./handover.ts";
import { Approval, TaskState } from "./record.ts";
import { Finding, ReturnCategory } from "./return.ts";
import { Snapshot } from "./task.ts";

/** A return by a gate, the project manager or a person; the fold numbers it. */
export const NewReturn = z.object({
  reason_category: ReturnCategory,
  reason_text: z.string().nullable(),
  /** A gate's role, `pm`, or `gh:` and a login. */
  returned_by: z.string(),
  pipeline_id: z.string().nullable(),
  /** What makes it count once, across all tasks. */
  source: z.string(),
  actor: z.string().nullable(),
  pr_number: z.number().nullable(),
  findings: z.array(Finding).readonly(),
});
export type NewReturn = z.infer<typeof NewReturn>;

/** Numbered within its task: 1, 2, 3 … without a gap. */
export type NumberedReturn = NewReturn & { readonly return_number: number };

const Asker = { asked_by: z.string(), asked_by_id: z.number() };

/** `of`: the number of the task's latest pipeline when it was said; 0 if there was none. */
const Meant = { of: z.number().int().nonnegative() };

/** The pipeline after which the task goes on. */
const Behind = { pipeline: z.string(), number: z.number().int().positive() };

const fact = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), ...shape });

export const Fact = z.discriminatedUnion("kind", [
  // How a task begins, and who asks.
  fact("begun", {
    project_id: z.number(),
    issue: z.number(),
    title: z.string(),
    url: z.string(),
    ...Asker,
    trigger_id: z.string().nullable(),
    task_type: z.enum(["standard", "escalation"]),
    parent_task_id: z.number().nullable(),
  }),
  fact("asked_again", { title: z.string(), url: z.string(), ...Asker, trigger_id: z.string().nullable() }),
  fact("asker_replaced", Asker),
  /** What a follow-up is to do, and its category. */
  fact("briefed", { brief: z.string(), category: z.string().nullable() }),
  fact("mode_set", {
    execution_mode: CompletionMode.nullable().optional(),
    /** Whether the plan of each pipeline waits for approval. */
    hold: z.boolean().optional(),
    /** Before its first pipeline: nothing of it is shown yet. */
    at_start: z.boolean().optional(),
  }),

  // What its pipelines result in.
  fact("opened", {
    number: z.number().int().positive(),
    dry_run: z.boolean(),
    snapshot: Snapshot,
    branch: z.string(),
    /** The label that asked for it; absent if something else did. */
    trigger_id: z.string().optional(),
  }),
  fact("learned", {
    category: z.string().nullable().optional(),
    brief: z.string().nullable().optional(),
    analysed_return: z.number().optional(),
    smoke_test_result: z.record(z.string(), z.unknown()).optional(),
  }),
  fact("plan_held", { reason: z.string() }),
  fact("plan_approved", {}),
  fact("ended", {
    ...Behind,
    outcome: Outcome,
    reason: z.string(),
    /** `advice`: a follow-up that wrote nothing; `rejected`: one that was rejected. */
    escalation: z.enum(["advice", "rejected"]).optional(),
    /** `limits.returns` as it was when the pipeline began. */
    limit: z.number(),
    hands_over: z.boolean(),
  }),
  fact("run_cancelled", { reason: z.string() }),

  // What people and GitHub say.
  fact("returned", { return: NewReturn }),
  /** After a person's return: `limits.returns`, as it is now, decides whether another pipeline follows. */
  fact("return_heard", { ...Meant, source: z.string(), return_number: z.number(), limit: z.number() }),
  fact("approved", { approval: Approval }),
  fact("approval_withdrawn", { source: z.string() }),
  fact("stopped", { ...Meant, by: z.string() }),
  fact("cancelled", { by: z.string(), reason: z.string() }),
  fact("completed", { reason: z.string() }),

  // Its branch and its pull request.
  fact("committed", { sha: z.string() }),
  /** Kin's own merge of the base into the branch: what was approved stays approved. */
  fact("head_adopted", { sha: z.string() }),
  fact("pull_opened", { number: z.number() }),
  /** The branch is done with: merged, or closed for good. */
  fact("branch_left", {}),
  fact("checks_red", { ...Behind, findings: z.array(Finding) }),

  // Issues that carry it on.
  fact("handed_over", {
    by: z.string(),
    pipeline: z.string(),
    handover: Handover.and(z.object({ kind: z.literal("escalation") })),
    source: z.string(),
  }),
  fact("carried_on", { by: z.array(z.number()) }),
  fact("handover_failed", { ...Behind, reason: z.string() }),
  fact("followed_up", {
    outcome: z.string(),
    /** Issues that nobody will do. */
    dropped: z.array(z.number()),
    /** Null if there never was a pipeline. */
    behind: z.object(Behind).nullable(),
  }),

  fact("blocked", {
    cause: z.enum([
      "configuration",
      "edited",
      "no_commit",
      "conflict",
      "checks",
      "pull_refused",
      "patch_refused",
      "failure",
    ]),
    reason: z.string(),
    trigger_id: z.string().optional(),
  }),

  /** The rows of a Kin that kept no facts, as they were found. */
  fact("found", { row: TaskState, returns: z.array(NewReturn) }),
]);
export type Fact = z.infer<typeof Fact>;
export type FactOf<K extends Fact["kind"]> = Extract<Fact, { readonly kind: K }>;
