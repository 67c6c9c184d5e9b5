// A step whose role said that it cannot do its part.
import { BlockedAnswer, blockedReason } from "../model/answer.ts";
import type { Step } from "../model/pipeline.ts";
import type { ReturnCategory } from "../model/return.ts";

/** Why, in the role's words; where a journal lost them, in the harness's. */
export const blockedBecause = (step: Step | undefined): string => {
  const answer = blockedAnswer(step);
  return answer === null ? (step?.attempts.at(-1)?.finished?.reason ?? "") : blockedReason(answer);
};

/** Fail-open (requirements B17): a planner that names no category, or one it may not choose, lacked context. */
export const blockedCategory = (step: Step | undefined): ReturnCategory =>
  blockedAnswer(step)?.return_category ?? "missing_context";

const blockedAnswer = (step: Step | undefined): BlockedAnswer | null => {
  const finished = step?.attempts.at(-1)?.finished;
  const parsed = BlockedAnswer.safeParse(finished?.outcome === "blocked" ? finished.answer : null);
  return parsed.success ? parsed.data : null;
};
