// A department head's answer becomes steps of its members, one level deep, with one gate at the end: the plan's, if it has
// one after them.
import * as z from "zod";
import { closingGate, placedBy } from "../../agents/roster.ts";
import type { Answer } from "../../model/answer.ts";
import type { Pipeline, Step } from "../../model/pipeline.ts";
import type { PlannedStep } from "../../model/plan.ts";
import type { RoleEntry } from "../../model/role.ts";
import { hasJoins } from "../written.ts";
import { FINAL_GATES } from "./completion.ts";
import { MOST_STEPS, type PlanContext } from "./rules.ts";
import { JUDGE, plannedStep } from "./steps.ts";

const SubPipeline = z.looseObject({
  sub_pipeline: z
    .array(
      z.looseObject({
        role: z.string(),
        brief: z.string().min(1),
        module: z.string().nullish(),
        depends_on: z.string().nullish(),
      }),
    )
    .nullish(),
});

export type DepartmentResult =
  | { readonly kind: "steps"; readonly steps: readonly PlannedStep[] }
  /** Sentences for the head; each names what to change. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** No steps: the head answered by a decision alone. */
export const departmentSteps = (
  answer: Answer,
  { step, roster, pipeline }: HeadContext,
): DepartmentResult => {
  const { opening } = pipeline;
  const isClosed = closingGate(pipeline, step) !== null;
  const parsed = SubPipeline.safeParse(answer);
  if (!parsed.success)
    return {
      kind: "refused",
      reasons: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    };
  const asked = parsed.data.sub_pipeline ?? [];
  // guard: steps-of-a-department
  if (asked.length > MOST_STEPS)
    return { kind: "refused", reasons: [`sub_pipeline: it has ${MOST_STEPS} steps at most; join some.`] };
  const members = placedBy(roster, { head: step.role, config: opening.config });
  const reasons = asked.flatMap(({ role }, index) =>
    members.some(member => member.name === role)
      ? []
      : [
          `sub_pipeline[${index}].role: "${role}" is no member of your department. Allowed: ${members.map(m => m.name).join(", ")}.`,
        ],
  );
  if (reasons.length > 0) return { kind: "refused", reasons };
  const planned = asked.map(({ role, brief, module, depends_on }, index) => {
    const on = asked.slice(0, index).findLastIndex(other => other.role === depends_on);
    return plannedStep(members.find(member => member.name === role) as RoleEntry, {
      brief,
      part: "department",
      department: step.role,
      module: module ?? null,
      depends_on: step.number + (on < 0 ? 0 : on + 1),
    });
  });
  // What its own workers wrote is judged as well.
  const wrote = hasJoins(step);
  const steps = isClosed ? withoutGateAtEnd(planned) : planned;
  const reviewer = roster.roles.get("reviewer");
  const last = steps.at(-1);
  // A department without its own gate is judged all the same.
  const isUnjudged = last === undefined ? wrote : !FINAL_GATES.has(last.role);
  if (!isClosed && isUnjudged && reviewer !== undefined)
    steps.push(plannedStep(reviewer, { brief: JUDGE, part: "department", department: step.role }));
  return {
    kind: "steps",
    steps: steps.map((one, index) =>
      index === steps.length - 1 ? { ...one, criteria: [...step.criteria] } : one,
    ),
  };
};

/** The plan's own gate sees all they did. If nobody else changes files, a tester is not their gate but the work itself. */
const withoutGateAtEnd = (steps: readonly PlannedStep[]): PlannedStep[] => {
  const closing = steps.some(({ gate, writes }) => writes && !gate) ? FINAL_GATES : REVIEWS;
  return steps.slice(0, steps.findLastIndex(({ role }) => !closing.has(role)) + 1);
};

const REVIEWS: ReadonlySet<string> = new Set(["reviewer"]);

export interface HeadContext extends Pick<PlanContext, "roster"> {
  readonly step: Step;
  readonly pipeline: Pipeline;
}
