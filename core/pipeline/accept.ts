// What makes an answer acceptable: the role's schema and, for the project manager, the rules of plans.
import { roleOf } from "../agents/roster.ts";
import { type Answer, answerSchema, GateAnswer, isBlocked } from "../model/answer.ts";
import type { CommandRun } from "../model/event.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { PlanAnswer } from "../model/plan.ts";
import type { Roster } from "../model/role.ts";
import { departmentSteps } from "./department.ts";
import { makePlan, type PlanResult } from "./plan-rules.ts";
import { proofProblem } from "./settle.ts";

export type Submitted =
  | { readonly kind: "accepted"; readonly answer: Answer }
  /** Sentences that tell the model what to change. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** Checks the input of a `submit` call. */
export const accept = (input: unknown, { pipeline, step, roster, ran }: SubmitContext): Submitted => {
  const role = roleOf(roster, step.role);
  const answer = (input as { answer?: unknown } | null)?.answer;
  const parsed = answerSchema(role.output_schema, role.name).safeParse(
    typeof answer === "string" ? fromJson(answer) : answer,
  );
  if (!parsed.success)
    return { kind: "refused", reasons: parsed.error.issues.flatMap(issue => issuesOf(issue)) };
  if (isBlocked(parsed.data)) return { kind: "accepted", answer: parsed.data };
  if (step.gate && !GateAnswer.safeParse(parsed.data).success) {
    return { kind: "refused", reasons: ["verdict: must be `approved` or `changes_requested`"] };
  }
  const unproven = proofProblem(parsed.data, { gate: step.gate, ran });
  if (unproven !== null) return { kind: "refused", reasons: [unproven] };
  if (step.head) {
    const made = departmentSteps(parsed.data, { step, roster, opening: pipeline.opening });
    return made.kind === "refused" ? made : { kind: "accepted", answer: parsed.data };
  }
  if (step.number !== 0) return { kind: "accepted", answer: parsed.data };
  const plan = planOf(parsed.data, { pipeline, roster });
  return plan.kind === "refused" ? plan : { kind: "accepted", answer: parsed.data };
};

export interface SubmitContext {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly roster: Roster;
  /** What ran in the attempt so far. */
  readonly ran: readonly CommandRun[];
}

/** The plan that the project manager's answer becomes. */
export const planOf = (
  answer: Answer,
  { pipeline, roster }: Omit<SubmitContext, "step" | "ran">,
): PlanResult => {
  const parsed = PlanAnswer.safeParse(answer);
  if (!parsed.success)
    return { kind: "refused", reasons: parsed.error.issues.flatMap(issue => issuesOf(issue)) };
  return makePlan(parsed.data, { roster, opening: pipeline.opening });
};

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
}

/** Of a union's branches, the last is the role's own schema; the first is the blocked form. */
const issuesOf = (issue: Issue): readonly string[] => {
  const branch = issue.errors?.at(-1);
  if (branch !== undefined && branch.length > 0) return branch.flatMap(inner => issuesOf(inner));
  return [`${issue.path.map(String).join(".") || "answer"}: ${issue.message}`];
};

/** Models sometimes send the object as text. */
const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^```(?:json)?\s*|\s*```$/g, ""));
  } catch {
    return text;
  }
};
