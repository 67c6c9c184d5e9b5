// Where a pipeline is: the step that is next, or those at work at the same time.
import type { Pipeline } from "../model/pipeline.ts";
import { currentSteps } from "../pipeline/state.ts";
import { stepTitle } from "./format.ts";

/** "step 2 of 5 (coder)", "steps 2 and 3 of 5 (coder, tester)"; null if none is left. `named`: how a role is written. */
export const currentText = (pipeline: Pipeline, named: (role: string) => string): string | null => {
  const steps = currentSteps(pipeline);
  const [first] = steps;
  if (first === undefined) return null;
  const numbers = steps.map(({ number }) => number);
  const title =
    steps.length === 1
      ? stepTitle(first, pipeline)
      : `steps ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)} of ${pipeline.steps.length - 1}`;
  return `${title} (${steps.map(({ role }) => named(role)).join(", ")})`;
};
