// What a passed pipeline leaves for other issues, and for people to decide.
import * as z from "zod";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { standingSteps } from "./added-steps.ts";

const TechDebt = z.looseObject({
  description: z.string().min(1),
  reason_temporary: z.string().catch(""),
  proper_fix: z.string().catch(""),
  category: z.string().catch(""),
});
const Created = z.looseObject({
  title: z.string().min(1),
  brief: z.string().catch(""),
  category: z.string().catch(""),
  priority: z.enum(["high", "medium", "low"]).catch("medium"),
});
const PendingAction = z.looseObject({
  type: z.string().catch(""),
  description: z.string().min(1),
  options: z.array(z.string()).catch([]),
});

export type TechDebt = z.infer<typeof TechDebt>;
export type PendingAction = z.infer<typeof PendingAction>;

export interface FollowUp {
  /** `<pipeline>:<step>:<place>`: makes its issue open once. */
  readonly key: string;
  readonly kind: "tech_debt" | "follow_up";
  readonly title: string;
  readonly category: string;
  readonly priority: "high" | "medium" | "low";
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
        .flatMap(step => listOf(step.answer?.pending_actions, PendingAction));

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
  const debt = TechDebt.safeParse(step.answer?.tech_debt);
  if (!debt.success || step.attempts.length === 0) return [];
  const { description, category } = debt.data;
  const key = `${pipeline.opening.pipeline}:${step.number}:debt`;
  return [
    {
      key,
      kind: "tech_debt",
      title: description,
      category,
      priority: "medium",
      text: description,
      debt: debt.data,
    },
  ];
};

const createdOf = (pipeline: Pipeline, step: Step): readonly FollowUp[] =>
  step.role !== "followup"
    ? []
    : listOf(step.answer?.created, Created)
        .slice(0, MOST_CREATED) // guard: follow-ups-of-a-task
        .map(({ title, brief, category, priority }, index) => ({
          key: `${pipeline.opening.pipeline}:${step.number}:${index}`,
          kind: "follow_up",
          title,
          category,
          priority,
          text: brief,
          debt: null,
        }));

/** Items of the right shape; others are skipped. */
const listOf = <T extends z.ZodType>(value: unknown, schema: T): readonly z.infer<T>[] =>
  (Array.isArray(value) ? value : []).flatMap(item => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });

const fold = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
