// The project manager's answer, and the plan made from it.
import * as z from "zod";
import { CompletionMode } from "./config.ts";
import { TaskCategory } from "./return.ts";
import { RoleGroup } from "./role.ts";

/** What the model sends. Loose where code recomputes the value. */
export const PlanAnswer = z.looseObject({
  analysis: z.string(),
  category: z.string().nullish(),
  route_type: z.string().nullish(),
  completion_mode: z.string().nullish(),
  justification: z.string().nullish(),
  parallel: z.boolean().nullish(),
  pipeline: z
    .array(
      z.looseObject({
        role: z.string(),
        brief: z.string().min(1),
        module: z.string().nullish(),
        relevant_decisions: z.array(z.number().int()).nullish(),
        depends_on: z.string().nullish(),
        approaches: z.array(z.string()).nullish(),
      }),
    )
    .min(1),
});
export type PlanAnswer = z.infer<typeof PlanAnswer>;

/** Why a step is in its pipeline. */
export const Part = z.enum(["plan", "revision", "department", "afterwards", "decomposition", "replan"]);
export type Part = z.infer<typeof Part>;

/** One step as it will run. What it needs of its role is frozen here, so that the journal is self-contained. */
export const PlannedStep = z.object({
  role: z.string(),
  brief: z.string(),
  part: Part.default("plan"),
  /** The department whose head added it; null for the project manager's own. */
  department: z.string().nullable().default(null),
  /** Its answer adds a department's steps. */
  head: z.boolean().default(false),
  /** Ids of the decisions that bear on it, besides those its role is shown anyway. */
  decisions: z.array(z.number().int()).default([]),
  /** Acceptance criteria that this step answers for. They are the text, so shown as data. */
  criteria: z.array(z.string()).default([]),
  module: z.string().nullable(),
  gate: z.boolean(),
  writes: z.boolean(),
  /** A step of the `protocol` group goes back to the project manager when its attempts are used up. */
  group: RoleGroup.default("core"),
  /** Index (from 1) of the earlier step it builds on. */
  depends_on: z.number().int().positive().nullable(),
  /** It is tried in each of these ways at once, and one is taken; absent: its role finds its own way. */
  approaches: z.array(z.string()).min(2).max(4).optional(),
  /** It may run at the same time as neighbours that have this, too; absent: it waits for the one before. */
  beside: z.boolean().optional(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/** Of a core role that writes nothing and judges nothing, unless `more` says otherwise. */
export const plainStep = (
  role: string,
  more: Pick<PlannedStep, "brief"> & Partial<PlannedStep>,
): PlannedStep => ({
  role,
  part: "plan",
  department: null,
  head: false,
  decisions: [],
  criteria: [],
  module: null,
  gate: false,
  writes: false,
  group: "core",
  depends_on: null,
  ...more,
});

export const Plan = z.object({
  analysis: z.string(),
  category: TaskCategory.nullable(),
  route_type: z.string(),
  completion_mode: CompletionMode,
  steps: z.array(PlannedStep).min(1),
  /** What the rules repaired in the answer, as sentences for the status comment. */
  repairs: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;
