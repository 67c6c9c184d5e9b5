// A step whose role said that it cannot do its part.
import { BlockedAnswer, blockedReason } from "../model/answer.ts";
import type { Step } from "../model/pipeline.ts";
import { categoryAmong, PlannerCategory, type ReturnCategory } from "../model/return.ts";
import { isPlanner } from "./state.ts";

/** Why, in the role's words or, if a journal lost them, in the harness's. */
export const blockedBecause = (step: Step | undefined): string => {
  const answer = blockedAnswer(step);
  return answer === null ? (step?.attempts.at(-1)?.finished?.reason ?? "") : blockedReason(answer);
};

/** Has a fallback: a planner that names no category, or one it may not choose, lacked context. */
export const blockedCategory = (step: Step | undefined): ReturnCategory =>
  plannerCategory(blockedAnswer(step)) ?? "missing_context";

/** Says that the planner did not choose the category; null if it did. */
export const categoryRemark = (step: Step | undefined): string | null => {
  const answer = step !== undefined && isPlanner(step) ? blockedAnswer(step) : null;
  if (answer === null || plannerCategory(answer) !== null) return null;
  const why =
    answer.return_category == null
      ? "The project manager named no return category"
      : `The return category ${JSON.stringify(answer.return_category)} is none of ${PlannerCategory.options.join(", ")}`;
  return `${why}; it counts as missing_context.`;
};

const plannerCategory = (answer: BlockedAnswer | null): PlannerCategory | null =>
  categoryAmong(PlannerCategory, answer?.return_category);

const blockedAnswer = (step: Step | undefined): BlockedAnswer | null => {
  const finished = step?.attempts.at(-1)?.finished;
  return finished?.outcome === "blocked" ? (BlockedAnswer.safeParse(finished.answer).data ?? null) : null;
};
