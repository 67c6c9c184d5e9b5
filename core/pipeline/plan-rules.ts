// The rules of a plan that prompts only ask for: repaired where the repair is certain, asked back where not.
import { selectableRoles, whyNot } from "../agents/roster.ts";
import type { Config } from "../model/config.ts";
import type { Plan, PlanAnswer, PlannedStep } from "../model/plan.ts";
import { TaskCategory } from "../model/return.ts";
import type { RoleEntry, Roster } from "../model/role.ts";

export interface PlanContext {
  readonly roster: Roster;
  readonly config: Config;
  readonly acceptance_criteria: readonly string[];
}

export type PlanResult =
  | { readonly kind: "planned"; readonly plan: Plan }
  /** Sentences for the project manager; each names what to change. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

const LONGEST_UNJUSTIFIED = 4;

export const makePlan = (answer: PlanAnswer, context: PlanContext): PlanResult => {
  const reasons = refusals(answer, context);
  if (reasons.length > 0) return { kind: "refused", reasons };
  const repairs: string[] = [];
  const steps = withCriteria(withGate(toSteps(answer, context, repairs), context, repairs), context);
  return {
    kind: "planned",
    plan: {
      analysis: answer.analysis,
      category: categoryOf(answer, repairs),
      route_type: answer.route_type ?? "custom",
      completion_mode: "review",
      steps: [...steps],
      repairs,
    },
  };
};

const refusals = (answer: PlanAnswer, { roster, config }: PlanContext): readonly string[] => {
  const reasons = answer.pipeline.flatMap(({ role }, index) => {
    const entry = roster.roles.get(role);
    const at = `pipeline[${index}].role`;
    if (entry === undefined)
      return [`${at}: there is no role "${role}". Allowed: ${namesOf(roster, config)}.`];
    if (!entry.selectable)
      return [`${at}: "${role}" cannot be put into a plan. Allowed: ${namesOf(roster, config)}.`];
    const why = whyNot(entry, config);
    return why === null ? [] : [`${at}: ${why} Allowed: ${namesOf(roster, config)}.`];
  });
  const long = answer.pipeline.length > LONGEST_UNJUSTIFIED && !answer.justification?.trim();
  return long
    ? [
        ...reasons,
        `pipeline: ${answer.pipeline.length} steps are more than ${LONGEST_UNJUSTIFIED}; shorten it or say why in \`justification\`.`,
      ]
    : reasons;
};

const namesOf = (roster: Roster, config: Config): string =>
  selectableRoles(roster, config)
    .map(role => role.name)
    .join(", ");

const toSteps = (answer: PlanAnswer, { roster }: PlanContext, repairs: string[]): readonly PlannedStep[] =>
  answer.pipeline.map((step, index) => {
    const entry = roster.roles.get(step.role) as RoleEntry;
    const earlier = answer.pipeline.slice(0, index).findLastIndex(other => other.role === step.depends_on);
    if (step.depends_on != null && earlier < 0) {
      repairs.push(
        `Step ${index + 1} (${step.role}) no longer depends on "${step.depends_on}", which is no earlier step.`,
      );
    }
    return planned(entry, step.brief, {
      module: step.module ?? null,
      depends_on: earlier < 0 ? null : earlier + 1,
    });
  });

const planned = (
  role: RoleEntry,
  brief: string,
  more: Pick<PlannedStep, "module" | "depends_on"> = { module: null, depends_on: null },
): PlannedStep => ({
  role: role.name,
  brief,
  criteria: [],
  gate: role.gate,
  writes: role.permissions === "full",
  ...more,
});

/** A plan without a final gate gets the reviewer, who works in every type of project. */
const withGate = (
  steps: readonly PlannedStep[],
  { roster }: PlanContext,
  repairs: string[],
): readonly PlannedStep[] => {
  if (steps.at(-1)?.gate === true) return steps;
  const reviewer = roster.roles.get("reviewer");
  if (reviewer === undefined) return steps;
  repairs.push("A reviewer was added: every plan ends with a gate.");
  return [
    ...steps,
    planned(reviewer, "Judge the work of the earlier steps against the task and its acceptance criteria."),
  ];
};

/** The last step answers for the acceptance criteria (requirements C3), whatever its brief says of them. */
const withCriteria = (
  steps: readonly PlannedStep[],
  { acceptance_criteria }: PlanContext,
): readonly PlannedStep[] =>
  steps.map((step, index) =>
    index === steps.length - 1 ? { ...step, criteria: [...acceptance_criteria] } : step,
  );

const categoryOf = (answer: PlanAnswer, repairs: string[]): TaskCategory | null => {
  const parsed = TaskCategory.safeParse(answer.category?.trim().toUpperCase());
  if (parsed.success) return parsed.data;
  repairs.push(
    `The category "${answer.category ?? ""}" is none of ${TaskCategory.options.join(", ")}; the task has none.`,
  );
  return null;
};

/**
 * Why a plan that a runner reports cannot be one of ours; null where it can. The App asks, so that a runner that
 * lies gets no role, no gate and no writer that the rules would not give.
 */
export const planProblem = (
  plan: Plan,
  { roster, config }: Pick<PlanContext, "roster" | "config">,
): string | null => {
  const wrong = plan.steps.find(step => {
    const role = roster.roles.get(step.role);
    return (
      role === undefined ||
      whyNot(role, config) !== null ||
      role.gate !== step.gate ||
      (role.permissions === "full") !== step.writes
    );
  });
  if (wrong !== undefined) return `the step of "${wrong.role}" is not as the roster has it`;
  return plan.steps.at(-1)?.gate === true ? null : "it does not end with a gate";
};
