// The likely cost of a pipeline, in a sentence.
import type { Estimate, Spread } from "../pipeline/estimate.ts";
import { safeInline } from "../text/safe.ts";
import { plural, usd } from "./format.ts";
import type { TaskView } from "./view.ts";

/** For comments that ask somebody whether it goes on. */
export const costAhead = ({ estimate }: Pick<TaskView, "estimate">): string =>
  estimate === null ? "" : `**What it will cost:** ${safeInline(estimateText(estimate))}`;

/** Plain text, not cleaned. */
export const estimateText = ({ usd: amount, count, of, scripted, steps, more }: Estimate): string => {
  if (of === "step" && steps.length === 0 && more === null) return "Nothing more: no step is ahead.";
  if (amount === null)
    return of === "step"
      ? "Not known yet: no step like these was finished in this project before."
      : "Not known yet: no pipeline came to a gate in this project before.";
  const unknown = [...new Set(steps.flatMap(step => (step.usd === null ? [step.role] : [])))];
  const without =
    unknown.length === 0 ? "" : `; without ${unknown.join(", ")}, of which it knows nothing yet`;
  return `About ${spreadText(amount)}, from ${plural(count, of)} of this project's past${scripted ? ", which a scripted model played at list prices" : ""}${without}.`;
};

/** $0.60 ($0.35 to $1.10); the amount alone if all were alike. */
export const spreadText = ({ mid, low, high }: Spread): string =>
  usd(low) === usd(high) ? usd(mid) : `${usd(mid)} (${usd(low)} to ${usd(high)})`;
