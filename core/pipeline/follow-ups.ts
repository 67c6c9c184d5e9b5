// What a passed pipeline leaves for other issues, and for people to decide.
import * as z from "zod";
import { TechDebt } from "../model/answer.ts";
import { itemsOf } from "../model/json.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { standingSteps } from "./added-steps.ts";

const Created = z.looseObject({
  title: z.string().min(1),
  brief: z.string().catch(""),
});
const PendingAction = z.looseObject({
  type: z.string().catch(""),
  description: z.string().min(1),
  options: z.array(z.string()).catch([]),
});
export type PendingAction = z.infer<typeof PendingAction>;

export interface FollowUp {
  /** `<pipeline>:<step>:<place>`: makes its issue open once. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly debt: TechDebt | null;
}

/** As its prompt says; each becomes an issue in the repository. */
const MOST_CREATED = 5;

/** Each title once: two steps may owe the same. */
export const followUpsOf = (pipeline: Pipeline): readonly FollowUp[] => {
  if (pipeline.outcome?.kind !== "passed") return [];
  const all = standingSteps(pipeline).flatMap(step => [
    ...debtOf(pipeline, step),
    ...createdOf(pipeline, step),
  ]);
  const seen = new Set<string>();
  return all.filter(({ title }) => seen.size < seen.add(fold(title)).size);
};

export const pendingActionsOf = (pipeline: Pipeline): readonly PendingAction[] =>
  pipeline.outcome?.kind !== "passed"
    ? []
    : pipeline.steps
        .filter(step => step.role === "followup")
        .flatMap(step => itemsOf(PendingAction, step.answer?.pending_actions));

/** A followup has looked at what is left to decide: it asks again whatever still stands. */
export const hasLookedAgain = ({ steps }: Pipeline): boolean =>
  steps.some(step => step.role === "followup" && step.answer !== null && step.attempts.length > 0);

/** What a task's pipelines ask people to decide and no later one has looked at again; oldest first. */
export const openQuestions = (pipelines: readonly Pipeline[]): readonly string[] => {
  const last = pipelines.findLast(
    pipeline => pipeline.outcome?.kind === "passed" && hasLookedAgain(pipeline),
  );
  return last === undefined ? [] : pendingActionsOf(last).map(({ description }) => description);
};

const debtOf = (pipeline: Pipeline, step: Step): readonly FollowUp[] => {
  const debt = TechDebt.safeParse(step.answer?.tech_debt).data;
  if (!debt?.description || step.attempts.length === 0) return [];
  const key = `${pipeline.opening.pipeline}:${step.number}:debt`;
  return [{ key, title: debt.description, text: debt.description, debt }];
};

const createdOf = (pipeline: Pipeline, step: Step): readonly FollowUp[] =>
  step.role !== "followup"
    ? []
    : itemsOf(Created, step.answer?.created)
        .slice(0, MOST_CREATED) // guard: follow-ups-of-a-task
        .map(({ title, brief }, index) => ({
          key: `${pipeline.opening.pipeline}:${step.number}:${index}`,
          title,
          text: brief,
          debt: null,
        }));

const fold = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
