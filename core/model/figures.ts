// Figures over all tasks: how often work comes back and why, what it costs, and how often people and gates differ.
import * as z from "zod";
import { TaskStatus } from "./record.ts";

const Count = z.coerce.number();

/**
 * Rejections by a gate's role, revised or not; `overturned` counts those in tasks that were merged although a gate's last
 * verdict was a rejection.
 */
export const GateFigures = z.object({ gate: z.string(), rejections: Count, overturned: Count });

export const Figures = z.object({
  /**
   * By project, month (UTC), category, and who rejected: a gate's role, `pm`, or `person`. `count` is all of them; those
   * neither returned nor revised belong to pipelines that ended before.
   */
  rejections: z.array(
    z.object({
      project: z.string(),
      month: z.string(),
      category: z.string(),
      by: z.string(),
      count: Count,
      returned: Count,
      revised: Count,
      findings: Count,
    }),
  ),
  /** Tasks that met one category at least twice. */
  patterns: z.array(z.object({ task: z.string(), category: z.string(), count: Count })),
  /** Tasks that were escalated, and each one's follow-up with its cost. */
  handed_over: z.array(z.object({ task: z.string(), follow_up: z.string(), status: TaskStatus, usd: Count })),
  /** Inside pipelines, by the role of the step that was done again; `of` is how often that role worked at all. */
  revisions: z.array(z.object({ role: z.string(), count: Count, of: Count })),
  /** US dollars. An amount is null if there is nothing to divide by. */
  costs: z.object({
    tasks: Count,
    usd: Count,
    usd_per_task: z.number().nullable(),
    /** The cost of returned pipelines, divided by the number of returns. */
    usd_per_return: z.number().nullable(),
    accepted: Count,
    usd_per_accepted: z.number().nullable(),
  }),
  gates: z.array(GateFigures),
  /** Of all gates together. */
  verdicts: z.object({
    gate_rejections: Count,
    /** The task was merged although its last pipeline's gate had rejected it. */
    rejections_overturned: Count,
    gate_approvals: Count,
    /** A person returned what the gate had approved. */
    approvals_overturned: Count,
  }),
});
export type Figures = z.infer<typeof Figures>;
