// What makes an answer acceptable: the role's schema and, for the project manager, the rules of plans.
import { roleOf } from "../../agents/roster.ts";
import { type NumberedRun, type RunTurn, runsOf } from "../../agents/runs.ts";
import { refuse, refusedSubmits } from "../../agents/turn.ts";
import { type Answer, answerSchema, GateAnswer, isBlocked } from "../../model/answer.ts";
import type { EventOf } from "../../model/event.ts";
import type { ToolUseBlock } from "../../model/message.ts";
import { type Attempt, isPart, type Pipeline, type Step, workerIn } from "../../model/pipeline.ts";
import { PlanAnswer } from "../../model/plan.ts";
import { isProtocolAnswer, normalised } from "../../model/protocol-answer.ts";
import type { Role, Roster } from "../../model/role.ts";
import { claimProblems } from "../claims.ts";
import { criteriaProblems } from "../criteria-check.ts";
import { crewProblem } from "../orders.ts";
import { ownAfterWriting } from "../own-commands.ts";
import { proofProblem } from "../settle.ts";
import { isPlanner } from "../state.ts";
import { departmentSteps } from "./department.ts";
import { makePlan, type PlanResult } from "./rules.ts";

export type Submitted =
  | { readonly kind: "accepted"; readonly answer: Answer }
  /** Sentences that tell the model what to change. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

export type JudgedSubmits = Pick<EventOf<"turn">, "results" | "submitted" | "failed">;

/** One valid answer ends the conversation; a refused one goes back once; two at a time are both refused. */
export const judgeSubmits = (
  submits: readonly ToolUseBlock[],
  {
    attempt,
    turn,
    ...context
  }: Omit<SubmitContext, "runs"> & {
    readonly attempt: Attempt;
    /** The turn that submits, so far. */
    readonly turn: RunTurn & Pick<EventOf<"turn">, "orders">;
  },
): JudgedSubmits => {
  const [submit, ...more] = submits;
  if (submit === undefined) return { results: [], submitted: null, failed: null };
  const open = crewProblem(turn.orders ?? [], { ...context, attempt });
  const read =
    more.length > 0
      ? { kind: "refused" as const, reasons: ["Call `submit` once, with one answer."] }
      : accept(submit.input, { ...context, runs: runsOf([...attempt.turns, turn]) });
  const isOpen = open !== null && read.kind === "accepted" && !isBlocked(read.answer);
  const checked = isOpen ? { kind: "refused" as const, reasons: [open] } : read;
  if (checked.kind === "accepted")
    return { results: taken(submit, context.step), submitted: checked.answer, failed: null };
  const text = `Your answer was refused:\n${checked.reasons.map(reason => `- ${reason}`).join("\n")}`;
  const failed = refusedSubmits(attempt) > 0 ? `The answer was refused twice. ${text}` : null;
  return { results: submits.map(use => refuse(use, text)), submitted: null, failed };
};

/** The conversation of a worker, or of a step beside others, may go on after its answer. */
const taken = ({ id }: ToolUseBlock, step: Step): JudgedSubmits["results"] => {
  const worker = workerIn(step);
  if (worker === null && step.beside !== true) return [];
  const content =
    worker !== null && isPart(worker)
      ? "Your report was handed to the coordinator."
      : "Your answer was handed in.";
  return [{ type: "tool_result", tool_use_id: id, content }];
};

/** Each becomes an issue in the repository. Checked for new answers only: journals may hold longer ones. */
const MOST_CHILDREN = 20;
const TOO_MANY_CHILDREN = `tasks: name ${MOST_CHILDREN} at most; cut the later ones coarsely, they can be split again.`;

/** Checks the input of a `submit` call. */
export const accept = (input: unknown, { pipeline, step, roster, runs }: SubmitContext): Submitted => {
  const role = roleOf(roster, step.role);
  const answer = (input as { answer?: unknown } | null)?.answer;
  const parsed = answerSchema(role.output_schema, role.name).safeParse(
    typeof answer === "string" ? fromJson(answer) : answer,
  );
  if (!parsed.success)
    return { kind: "refused", reasons: parsed.error.issues.flatMap(issue => issuesOf(issue)) };
  return acceptAnswer(decided(normalised(parsed.data), { role, step }), {
    role,
    pipeline,
    step,
    roster,
    runs,
  });
};

/** From a role whose answer has no such field, it would be mistaken for what decides its step. */
// guard: deciding-fields
const decided = (answer: Answer, { role, step }: { readonly role: Role; readonly step: Step }): Answer =>
  Object.fromEntries(
    Object.entries(answer).filter(
      ([field]) =>
        !DECIDING.has(field) ||
        field in role.output_schema ||
        `${field}?` in role.output_schema ||
        (field === "verdict" ? step.gate : isBlocked(answer) || isProtocolAnswer(answer)),
    ),
  );

const DECIDING: ReadonlySet<string> = new Set(["status", "verdict"]);

const acceptAnswer = (
  answer: Answer,
  { role, pipeline, step, roster, runs }: SubmitContext & { readonly role: Role },
): Submitted => {
  if (isBlocked(answer)) return { kind: "accepted", answer };
  if (step.gate && !GateAnswer.safeParse(answer).success) {
    return { kind: "refused", reasons: ["verdict: must be `approved` or `changes_requested`"] };
  }
  const unproven = proofProblem(answer, { gate: step.gate, runs });
  if (unproven !== null) return { kind: "refused", reasons: [unproven] };
  if (isUnshown(answer, { pipeline, step })) return { kind: "refused", reasons: [UNSHOWN] };
  const mayRun = role.tools.includes("bash");
  const claims = claimProblems(answer, { pipeline, runs, mayRun });
  const criteria = answersForCriteria(answer, { step, role })
    ? criteriaProblems(answer, { criteria: pipeline.opening.task.acceptance_criteria, runs, mayRun })
    : [];
  if (claims.length + criteria.length > 0) return { kind: "refused", reasons: [...claims, ...criteria] };
  if (step.head) {
    const made = departmentSteps(answer, { step, roster, pipeline });
    return made.kind === "refused" ? made : { kind: "accepted", answer: answer };
  }
  const { tasks } = answer;
  // guard: children-of-a-task
  if (step.part === "decomposition" && Array.isArray(tasks) && tasks.length > MOST_CHILDREN)
    return { kind: "refused", reasons: [TOO_MANY_CHILDREN] };
  if (!isPlanner(step)) return { kind: "accepted", answer: answer };
  const plan = planOf(answer, { pipeline, roster });
  return plan.kind === "refused" ? plan : { kind: "accepted", answer: answer };
};

/** What neither a proof nor one of the project's commands shows is written, but not done. */
const isUnshown = (answer: Answer, { pipeline, step }: Pick<SubmitContext, "pipeline" | "step">): boolean =>
  isProtocolAnswer(answer) &&
  answer.status === "done" &&
  step.writes &&
  !("proof" in answer) &&
  ownAfterWriting(pipeline).length === 0;

const UNSHOWN =
  "proof: the project has no command of its own that could show that it works; name the runs that do, by their numbers.";

/** The gate that has them, and before it the writers; not a role whose answer has no place for them. */
const answersForCriteria = (
  answer: Answer,
  { step, role }: { readonly step: Step; readonly role: Role },
): boolean =>
  ("criteria_check" in role.output_schema || "criteria_check?" in role.output_schema) &&
  (step.gate ? step.criteria.length > 0 : step.writes && answer.status === "done");

export interface SubmitContext {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly roster: Roster;
  /** Of the conversation so far. */
  readonly runs: readonly NumberedRun[];
}

/** The plan that the project manager's answer becomes. */
export const planOf = (
  answer: Answer,
  { pipeline, roster }: Omit<SubmitContext, "step" | "runs">,
): PlanResult => {
  const parsed = PlanAnswer.safeParse(answer);
  if (!parsed.success)
    return { kind: "refused", reasons: parsed.error.issues.flatMap(issue => issuesOf(issue)) };
  // A later plan already knows what an analysis found.
  const { opening, plan } = pipeline;
  return makePlan(parsed.data, {
    roster,
    opening: plan === null ? opening : { ...opening, analysis_due: false },
  });
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
    return JSON.parse(text.trim().replace(/^```(?:json)?|```$/g, ""));
  } catch {
    return text;
  }
};
