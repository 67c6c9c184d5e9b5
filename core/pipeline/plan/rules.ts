// The rules of a plan that prompts only ask for: repaired if the repair is certain (steps.ts), otherwise sent back.
import { selectableRoles, whyNot } from "../../agents/roster.ts";
import type { Plan, PlanAnswer } from "../../model/plan.ts";
import { TaskCategory } from "../../model/return.ts";
import type { Roster } from "../../model/role.ts";
import type { Opening } from "../../model/task.ts";
import { effectiveMode } from "./completion.ts";
import { META_ROLES, stepsOf } from "./steps.ts";

export interface PlanContext {
  readonly roster: Roster;
  readonly opening: Opening;
}

export type PlanResult =
  | { readonly kind: "planned"; readonly plan: Plan }
  /** Sentences for the project manager; each names what to change. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

const LONGEST_UNJUSTIFIED = 4;
/** Even with a justification, for a plan and for a department's part. */
export const MOST_STEPS = 40;

export const makePlan = (answer: PlanAnswer, context: PlanContext): PlanResult => {
  const reasons = refusals(answer, context);
  if (reasons.length > 0) return { kind: "refused", reasons };
  const repairs: string[] = [];
  const steps = stepsOf(answer, { ...context, repairs });
  const { config, mode } = context.opening;
  const route_type = answer.route_type?.trim() || "custom";
  return {
    kind: "planned",
    plan: {
      analysis: answer.analysis,
      category: categoryOf(answer, repairs),
      route_type,
      completion_mode: effectiveMode({
        task: mode,
        project: config.execution_mode ?? null,
        route: route_type,
        last_role: steps.at(-1)?.role,
      }),
      steps: [...steps],
      repairs,
    },
  };
};

const refusals = (answer: PlanAnswer, { roster, opening: { config } }: PlanContext): readonly string[] => {
  // guard: steps-of-a-plan
  if (answer.pipeline.length > MOST_STEPS)
    return [`pipeline: it has ${MOST_STEPS} steps at most; join some, or block with \`scope_too_large\`.`];
  const allowed = `Allowed: ${selectableRoles(roster, config)
    .map(role => role.name)
    .join(", ")}.`;
  const reasons = answer.pipeline.flatMap(({ role }, index) => {
    const entry = roster.roles.get(role);
    const at = `pipeline[${index}].role`;
    if (entry === undefined) return [`${at}: there is no role "${role}". ${allowed}`];
    if (!entry.selectable) return [`${at}: "${role}" cannot be put into a plan. ${allowed}`];
    const why = whyNot(entry, config);
    return why === null ? [] : [`${at}: ${why} ${allowed}`];
  });
  return answer.justification?.trim() ? reasons : [...reasons, ...unjustified(answer, roster)];
};

/** What a plan needs a reason for. */
const unjustified = ({ pipeline }: PlanAnswer, roster: Roster): readonly string[] => {
  const length = pipeline.filter(({ role }) => !META_ROLES.has(role)).length;
  const head = pipeline.find(({ role }) => roster.roles.get(role)?.head === true);
  const asked = pipeline.find(({ role }) => roster.roles.get(role)?.tools.includes("workers"));
  return [
    ...(length > LONGEST_UNJUSTIFIED
      ? [
          `pipeline: ${length} steps are more than ${LONGEST_UNJUSTIFIED}; shorten it or say why in \`justification\`.`,
        ]
      : []),
    ...(head !== undefined || asked === undefined
      ? []
      : [
          `pipeline: "${asked.role}" is for parts that are written side by side; plan steps, or name in \`justification\` two parts or more that touch no common file, and what they agree on.`,
        ]),
    ...(head === undefined
      ? []
      : [
          `pipeline: "${head.role}" is for work of three or more specialists of different fields; choose specialists, or say in \`justification\` which these are.`,
        ]),
  ];
};

const categoryOf = (answer: PlanAnswer, repairs: string[]): TaskCategory | null => {
  const parsed = TaskCategory.safeParse(answer.category?.trim().toUpperCase());
  if (parsed.success) return parsed.data;
  repairs.push(
    `The category "${answer.category ?? ""}" is none of ${TaskCategory.options.join(", ")}; the task has none.`,
  );
  return null;
};
