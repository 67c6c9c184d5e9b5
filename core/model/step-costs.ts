// What the steps of a pipeline cost, kept in its row beside the journal: later steps are estimated from it.
import * as z from "zod";
import { Part } from "./plan.ts";

/** A step that answered, with all its attempts. */
export const StepCost = z.object({
  role: z.string(),
  model: z.string(),
  part: Part,
  /** US dollars; null if a turn had no known price. */
  usd: z.number().nullable(),
});
export type StepCost = z.infer<typeof StepCost>;

export const StepCosts = z.object({
  /** A script played the model, so the amounts say nothing about real costs. */
  scripted: z.coerce.boolean(),
  /** In order. */
  steps: z.array(StepCost),
});
export type StepCosts = z.infer<typeof StepCosts>;
