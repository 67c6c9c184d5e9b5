// What the steps of a pipeline cost, in its row beside the journal: what later ones are likely to cost is told from it.
import * as z from "zod";
import { Part } from "./plan.ts";

/** A step that answered, with all its attempts. */
export const StepCost = z.object({
  role: z.string(),
  model: z.string(),
  part: Part,
  /** US dollars; null where a turn had no known price. */
  usd: z.number().nullable(),
});
export type StepCost = z.infer<typeof StepCost>;

export const StepCosts = z.object({
  /** A script played the model, so that the amounts tell nothing of what a model costs. */
  scripted: z.coerce.boolean(),
  /** In their order. */
  steps: z.array(StepCost),
});
export type StepCosts = z.infer<typeof StepCosts>;
