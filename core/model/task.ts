// A task as frozen at its trigger: all that a pipeline may know of GitHub's text.
import * as z from "zod";
import { CompletionMode, Config } from "./config.ts";
import { DecisionRecord, ModuleRecord } from "./knowledge.ts";
import { Plan } from "./plan.ts";
import { Finding, ReturnRecord } from "./return.ts";
import { OwnRoles } from "./role.ts";

export const Repository = z.object({
  id: z.number().int(),
  owner: z.string(),
  name: z.string(),
  default_branch: z.string(),
});
export type Repository = z.infer<typeof Repository>;

/** All text is already cleaned (core/text/clean.ts). */
export const Snapshot = z.object({
  repository: Repository,
  issue: z.number().int().positive(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  author: z.string(),
  asked_by: z.string(),
  comments: z.array(z.object({ author: z.string(), body: z.string(), at: z.string() })),
  acceptance_criteria: z.array(z.string()),
  frozen_at: z.string(),
  /** Hidden text removed on the way in, counted so that people see that it was there. */
  hidden_removed: z.number().int().nonnegative(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** US dollars spent on the task, and in the repository this UTC day, without the pipeline that asks. */
export const Spent = z.object({ task_usd: z.number(), day_usd: z.number() });
export type Spent = z.infer<typeof Spent>;

/** Older journals have a limit by another name, which had no effect. */
const asNow = (config: unknown): unknown => {
  const { limits, ...rest } = (config ?? {}) as { readonly limits?: object };
  const { conversations: _, ...now } = (limits ?? {}) as { readonly conversations?: unknown };
  return { ...rest, limits: now };
};

/** Everything a pipeline starts from; the data of its first event. */
export const Opening = z.object({
  pipeline: z.string(),
  number: z.number().int().positive().describe("1 for the task's first pipeline"),
  type: z.enum(["standard", "escalation"]),
  task: Snapshot,
  /** A return_analyst's brief that replaces the issue's text, once there is one. */
  brief: z.string().nullable(),
  config: z.preprocess(asNow, Config),
  base: z.object({ ref: z.string(), sha: z.string() }),
  /** `head` is null until Kin's first commit. */
  branch: z.object({ name: z.string(), head: z.string().nullable() }),
  returns: z.object({ count: z.number().int().nonnegative(), latest: z.array(ReturnRecord) }),
  /** Rejections that no pipeline has dealt with, or what checks on the commit found. */
  findings: z.array(Finding),
  /** Who found them: a gate's role, `gh:` and a login, or what else rejected. */
  rejected_by: z.string().optional(),
  /** What the previous pipeline's writers and judges answered. */
  last_round: z
    .array(z.object({ step: z.number().int(), role: z.string(), answer: z.record(z.string(), z.unknown()) }))
    .optional(),
  spent: Spent,
  /** For a rerun from a step: the earlier plan, and the answers of the steps that are kept. */
  kept: z
    .object({
      plan: Plan,
      answers: z.array(z.object({ step: z.number().int(), answer: z.record(z.string(), z.unknown()) })),
    })
    .nullable(),
  dry_run: z.boolean(),
  /** What the project knows: its active decisions and its modules. */
  decisions: z.array(DecisionRecord).default([]),
  modules: z.array(ModuleRecord).default([]),
  active_tasks: z
    .array(
      z.object({
        id: z.string().describe("owner/repo#12"),
        title: z.string(),
        status: z.string(),
        modules: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  /** The task's own mode, from `kin:auto` or `/kin mode`; it overrides the project's. */
  mode: CompletionMode.nullable().default(null),
  /** The plan waits for approval before any step. */
  hold: z.boolean().default(false),
  /** The latest return has no analysis yet, and there are enough of them: return_analyst goes first. */
  analysis_due: z.boolean().default(false),
  /** What became of the issues that carried the task on. */
  followed_up: z.string().nullable().default(null),
  /**
   * Who went on, in an earlier pipeline of the task, although the project's rules refuse machine-written work; `true` if an
   * older Kin kept no name.
   */
  consented: z.union([z.string(), z.boolean()]).optional(),
  own_roles: OwnRoles.prefault({}),
  /** Decisions that people were asked for after an earlier pipeline: followup checks whether they still stand. */
  asked: z.array(z.string()).default([]),
});
export type Opening = z.infer<typeof Opening>;
