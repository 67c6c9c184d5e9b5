// The plan of a follow-up: its head works on it, after an analysis if one is due. No project manager plans it.
import type { Plan } from "../../model/plan.ts";
import { TaskCategory } from "../../model/return.ts";
import type { Roster } from "../../model/role.ts";
import { ANALYST } from "../escalation.ts";
import { plannedStep } from "./steps.ts";

export interface EscalationPlan {
  readonly head: string;
  readonly roster: Roster;
  /** `[ESCALATION from return_analyst] …` */
  readonly brief: string;
  readonly category: string | null;
  readonly criteria: readonly string[];
  readonly analysis_due: boolean;
}

/** Null if the roster has no such head. */
export const escalationPlan = ({ head, roster, ...asked }: EscalationPlan): Plan | null => {
  const role = roster.roles.get(head);
  const analyst = asked.analysis_due ? roster.roles.get(ANALYST) : undefined;
  if (role?.head !== true) return null;
  return {
    analysis: asked.brief,
    category: TaskCategory.safeParse(asked.category?.toUpperCase()).data ?? null,
    route_type: "escalation",
    completion_mode: "review",
    steps: [
      ...(analyst === undefined
        ? []
        : [plannedStep(analyst, { brief: "Find why this follow-up keeps coming back, and say it anew." })]),
      plannedStep(role, { brief: asked.brief, criteria: [...asked.criteria] }),
    ],
    repairs: [],
  };
};
