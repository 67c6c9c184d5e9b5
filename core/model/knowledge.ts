// What is known about a project besides its files: decisions that were learned or made, and its modules.
import * as z from "zod";

export const DecisionType = z.enum(["gotcha", "workaround", "convention"]);

/** As prompts see it. */
export const DecisionRecord = z.object({
  id: z.number().int().positive(),
  type: DecisionType.catch("convention"),
  title: z.string(),
  description: z.string(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** `path` is a directory or glob, relative to the work tree. */
export const ModuleRecord = z.object({ name: z.string(), path: z.string(), description: z.string() });
export type ModuleRecord = z.infer<typeof ModuleRecord>;

/** What a learner proposes; deduplicated by its title. */
export const ProposedDecision = z.looseObject({
  type: DecisionType.catch("convention"),
  title: z.string().min(1),
  description: z.string().min(1),
});
