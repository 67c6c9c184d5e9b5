// How other issues carry a task on: a department head takes it, or it is cut into smaller ones.
import * as z from "zod";

/** One task of a task_decomposer's answer. `depends_on` holds places, from 1, of earlier tasks in the list. */
export const ChildTask = z.looseObject({
  title: z.string().min(1),
  brief: z.string().min(1),
  category: z.string().nullish(),
  acceptance_criteria: z.array(z.string()).catch([]).default([]),
  depends_on: z.array(z.number().int().positive()).catch([]).default([]),
  priority: z.enum(["high", "medium", "low"]).catch("medium").default("medium"),
});
export type ChildTask = z.infer<typeof ChildTask>;

export const Handover = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("escalation"),
    head: z.string(),
    root_cause: z.string(),
    brief: z.string(),
    clarifications: z.array(z.string()),
  }),
  z.object({ kind: z.literal("children"), tasks: z.array(ChildTask).min(1) }),
]);
export type Handover = z.infer<typeof Handover>;
