// Why steps that a runner reports cannot be ours. The App asks with its own roster, so that a runner that lies gets no
// role, no gate and no writer that the rules would not give.
import { membersOf, whyNot } from "../agents/roster.ts";
import type { EventData } from "../model/event.ts";
import type { PlannedStep } from "../model/plan.ts";
import type { PlanContext } from "./plan-rules.ts";

/** Null where every step is as the roster has it. Gates at the end are the fold's to see. */
export const stepsProblem = (events: readonly EventData[], context: PlanContext): string | null => {
  for (const event of events) {
    const steps =
      event.kind === "planned" ? event.plan.steps : event.kind === "steps_added" ? event.steps : [];
    const wrong = steps.find(step => !isAsInRoster(step, context));
    if (wrong !== undefined) return `the step of "${wrong.role}" is not as the roster has it`;
    if (event.kind === "planned" && steps.at(-1)?.gate !== true) return "it does not end with a gate";
  }
  return null;
};

const isAsInRoster = (step: PlannedStep, { roster, opening }: PlanContext): boolean => {
  const role = roster.roles.get(step.role);
  return (
    role !== undefined &&
    whyNot(role, opening.config) === null &&
    role.gate === step.gate &&
    role.head === step.head &&
    (role.permissions === "full") === step.writes &&
    (step.part !== "plan" || role.selectable) &&
    (step.part !== "department" || isMember(step, roster))
  );
};

const isMember = ({ role, department }: PlannedStep, roster: PlanContext["roster"]): boolean =>
  department !== null && membersOf(roster, department).some(({ name }) => name === role);
