// A step whose role said that it cannot do its part.
import { BlockedAnswer, blockedReason } from "../model/answer.ts";
import type { Step } from "../model/pipeline.ts";
import type { ReturnCategory } from "../model/return.ts";

/** Why, in the role's words; null where its last attempt did not block. */
export const blockedBecause = (step: Step | undefined): string | null => {
  const finished = step?.attempts.at(-1)?.finished;
  if (finished?.outcome !== "blocked") return null;
  const answer = BlockedAnswer.safeParse(finished.answer);
  return answer.success ? blockedReason(answer.data) : (finished.reason ?? "");
};

/** Fail-open (requirements B17): a planner that names no category, or one it may not choose, lacked context. */
export const blockedCategory = (step: Step | undefined): ReturnCategory | null => {
  const finished = step?.attempts.at(-1)?.finished;
  if (finished?.outcome !== "blocked") return null;
  const answer = BlockedAnswer.safeParse(finished.answer);
  return (answer.success ? answer.data.return_category : undefined) ?? "missing_context";
};
