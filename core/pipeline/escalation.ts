// Who takes over a task that keeps coming back for a structural reason (requirements F).
import * as z from "zod";
import { PATTERN_THRESHOLD } from "../agents/return-pattern.ts";
import type { Config } from "../model/config.ts";
import type { Handover } from "../model/handover.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { ReturnRecord, TaskCategory } from "../model/return.ts";

const HEADS: Readonly<Record<TaskCategory, string>> = {
  SEC: "security_head",
  UI: "frontend_head",
  API: "backend_head",
  INFRA: "infra_head",
  BIZ: "backend_head",
  DB: "backend_head",
  ARCH: "cto_advisor",
  TEST: "qa_head",
  PERF: "backend_head",
  DOCS: "cto_advisor",
  FIX: "cto_advisor",
  OBS: "infra_head",
};
const OTHERWISE = "cto_advisor";

/** The roles that a task can be handed over to. */
export const ESCALATION_TARGETS: readonly string[] = [...new Set(Object.values(HEADS))];

/**
 * In any letter case; none or an unknown one goes to the adviser on the whole system. An operations project has no software
 * departments, so infrastructure takes those.
 */
export const headFor = (
  category: string | null | undefined,
  { project_type }: Pick<Config, "project_type">,
): string => {
  const head =
    (HEADS as Readonly<Record<string, string>>)[(category ?? "").trim().toUpperCase()] ?? OTHERWISE;
  return project_type === "operations" && head !== OTHERWISE ? "infra_head" : head;
};

/**
 * A return_analyst's answer. A missing or malformed field never escalates: the flag must be a boolean, because the text
 * "false" is truthy.
 */
export const Analysis = z.looseObject({
  root_cause_analysis: z.string().catch(""),
  refined_brief: z.string().catch(""),
  clarification_list: z.array(z.string()).catch([]),
  escalate_to_dept_head: z.boolean().catch(false),
});
export type Analysis = z.infer<typeof Analysis>;

export const ANALYST = "return_analyst";

/** The analysis of a step of this pipeline; null for other steps, and for an answer that a rerun kept. */
export const analysisOf = (step: Step): Analysis | null =>
  step.role !== ANALYST || step.answer === null || step.attempts.length === 0
    ? null
    : Analysis.parse(step.answer);

/** Reported, but not overruled: an analyst may see in the tree what the categories do not show. */
export const isUnfounded = (
  { escalate_to_dept_head }: Analysis,
  returns: readonly Pick<ReturnRecord, "reason_category">[],
): boolean =>
  escalate_to_dept_head &&
  returns.filter(({ reason_category }) => reason_category === "recurring_quality_fail").length <
    PATTERN_THRESHOLD;

export const escalationOf = (analysis: Analysis, { opening, plan }: Pipeline): Handover => ({
  kind: "escalation",
  head: headFor(plan?.category, opening.config),
  root_cause: analysis.root_cause_analysis,
  brief: analysis.refined_brief,
  clarifications: analysis.clarification_list,
});

/** What the head is asked. */
export const escalationBrief = (handover: Extract<Handover, { kind: "escalation" }>): string =>
  `[ESCALATION from ${ANALYST}]\nRoot cause: ${handover.root_cause}\nRefined brief: ${handover.brief}`;
