// The steps of a plan: the project manager's, with what the rules add, move and drop. Each repair is a sentence for the
// status comment.

import { type PlanAnswer, type PlannedStep, plainStep } from "../../model/plan.ts";
import type { RoleEntry, Roster } from "../../model/role.ts";
import type { Opening } from "../../model/task.ts";
import { prefix } from "../../text/invisible.ts";
import { ANALYST } from "../escalation.ts";
import { FINAL_GATES } from "./completion.ts";

export interface Repairing {
  readonly roster: Roster;
  readonly opening: Opening;
  readonly repairs: string[];
}

/** Two tasks in one module may get in each other's way. */
const tellNeighbours = (steps: readonly PlannedStep[], { opening, repairs }: Repairing): void => {
  for (const module of new Set(steps.flatMap(step => step.module ?? []))) {
    const others = opening.active_tasks.filter(task => task.modules.includes(module)).map(task => task.id);
    if (others.length > 0) repairs.push(`The module "${module}" is worked on by ${others.join(", ")}, too.`);
  }
};

const COORDINATOR = "error_coordinator";
/** Roles that look at the task itself: any project may have them, and they do not count as length. */
export const META_ROLES: ReadonlySet<string> = new Set([ANALYST, COORDINATOR]);

export const stepsOf = (answer: PlanAnswer, repairing: Repairing): readonly PlannedStep[] => {
  const own = toSteps(answer, repairing);
  tellNeighbours(own, repairing);
  const begun = withAnalyst(withCoordinator(own, { ...repairing, answer }), { ...repairing, answer });
  const judged = withCriteria(withGate(begun, repairing), repairing);
  return withBeside(withApproaches(judged, repairing), { ...repairing, answer });
};

const LONGEST_APPROACH = 2_000;

/** A step is tried in several ways only if they can be judged, and in no more than the configuration allows. */
const withApproaches = (
  steps: readonly PlannedStep[],
  { opening, repairs }: Repairing,
): readonly PlannedStep[] =>
  steps.map((step, index) => {
    const { approaches: asked, ...once } = step;
    if (asked === undefined) return once;
    const { attempts_in_parallel: most } = opening.config.limits;
    const ways = [...new Set(asked.map(way => prefix(way.trim(), LONGEST_APPROACH)))].filter(
      way => way !== "",
    );
    const isJudged = steps.slice(index + 1).some(({ gate }) => gate);
    const why = whyOnce(step, { ways: ways.length, most, isJudged });
    const place = `Step ${index + 1} (${step.role})`;
    if (why !== null) repairs.push(`${place} is done in one way: ${why}.`);
    else if (ways.length > most)
      repairs.push(
        `${place} is tried in ${most} of ${ways.length} ways: \`limits.attempts_in_parallel\` allows no more.`,
      );
    return why === null ? { ...once, approaches: ways.slice(0, most) } : once;
  });

const whyOnce = (
  { writes, gate, head }: PlannedStep,
  { ways, most, isJudged }: { readonly ways: number; readonly most: number; readonly isJudged: boolean },
): string | null => {
  if (most < 2) return `\`limits.attempts_in_parallel\` is ${most}`;
  if (!writes || gate || head) return "its role is none that writes by itself and is judged";
  if (!isJudged) return "no gate stands behind it";
  return ways < 2 ? "several ways are two different ones at least" : null;
};

export const plannedStep = (
  { name, head, gate, permissions, group }: RoleEntry,
  more: Pick<PlannedStep, "brief"> & Partial<PlannedStep>,
): PlannedStep => plainStep(name, { head, gate, writes: permissions === "full", group, ...more });

const toSteps = (answer: PlanAnswer, { roster, opening, repairs }: Repairing): readonly PlannedStep[] => {
  const known = new Set(opening.decisions.map(decision => decision.id));
  const steps = answer.pipeline.map((step, index) => {
    const asked = step.relevant_decisions ?? [];
    const unknown = asked.filter(id => !known.has(id));
    if (unknown.length > 0)
      repairs.push(
        `Step ${index + 1} (${step.role}) named decisions that there are not: ${unknown.join(", ")}.`,
      );
    return plannedStep(roster.roles.get(step.role) as RoleEntry, {
      brief: step.brief,
      module: step.module ?? null,
      decisions: asked.filter(id => known.has(id)),
      ...(step.approaches == null ? {} : { approaches: step.approaches }),
    });
  });
  return steps.map((step, index) => dependent(step, { index, answer, repairs }));
};

/** Resolves the role it depends on to the nearest earlier step. */
const dependent = (
  step: PlannedStep,
  {
    index,
    answer,
    repairs,
  }: { readonly index: number; readonly answer: PlanAnswer; readonly repairs: string[] },
): PlannedStep => {
  const name = answer.pipeline[index]?.depends_on;
  if (name == null) return step;
  const earlier = answer.pipeline.slice(0, index).findLastIndex(other => other.role === name);
  if (earlier < 0)
    repairs.push(
      `Step ${index + 1} (${step.role}) no longer depends on "${name}", which is no earlier step.`,
    );
  return { ...step, depends_on: earlier < 0 ? null : earlier + 1 };
};

interface Beginning extends Repairing {
  readonly answer: PlanAnswer;
}

/** Exactly once for each return from the third on, before everybody else. */
const withAnalyst = (
  steps: readonly PlannedStep[],
  { roster, opening, repairs, answer }: Beginning,
): readonly PlannedStep[] => {
  const role = roster.roles.get(ANALYST);
  const others = drop(steps, ANALYST);
  if (!opening.analysis_due || role === undefined) {
    if (others.length === steps.length || others.length === 0) return steps;
    repairs.push(`${ANALYST} was left out: no return waits for its analysis.`);
    return others;
  }
  if (answer.pipeline[0]?.role !== ANALYST)
    repairs.push(`${ANALYST} was put first: the task came back ${opening.returns.count} times.`);
  const own = steps.find(step => step.role === ANALYST);
  const brief = "Find why this task keeps coming back, and say the task anew.";
  return prepend(others, own ?? plannedStep(role, { brief }));
};

/** Interrelated bugs are sorted before anybody fixes one. */
const withCoordinator = (
  steps: readonly PlannedStep[],
  { roster, repairs, answer }: Beginning,
): readonly PlannedStep[] => {
  const role = roster.roles.get(COORDINATOR);
  const own = steps.find(step => step.role === COORDINATOR);
  if (role === undefined || (own === undefined && answer.route_type !== "multi_bug_debug")) return steps;
  if (own !== undefined && steps.find(step => step.role !== ANALYST) === own) return steps;
  repairs.push(`${COORDINATOR} was put first: several bugs hang together.`);
  const brief = "Sort the bugs by what causes them before any is mended.";
  return prepend(drop(steps, COORDINATOR), own ?? plannedStep(role, { brief }));
};

/** A plan without a final gate gets the reviewer, who works in every type of project. */
const withGate = (steps: readonly PlannedStep[], { roster, repairs }: Repairing): readonly PlannedStep[] => {
  const last = steps.at(-1);
  if (last !== undefined && FINAL_GATES.has(last.role)) return steps;
  const reviewer = roster.roles.get("reviewer");
  if (reviewer === undefined) return steps;
  repairs.push("A reviewer was added: every plan ends with a tester or a reviewer.");
  return [...steps, plannedStep(reviewer, { brief: JUDGE })];
};

export const JUDGE = "Judge the work of the earlier steps against the task and its acceptance criteria.";

/** The last step answers for the acceptance criteria, whatever its brief says about them. */
const withCriteria = (steps: readonly PlannedStep[], { opening }: Repairing): readonly PlannedStep[] =>
  steps.map((step, index) =>
    index === steps.length - 1 ? { ...step, criteria: [...opening.task.acceptance_criteria] } : step,
  );

/**
 * Which writers may be at work at the same time: neighbours that do not build on each other and are not for the same
 * module. Roles that only read find what others build on, so everybody waits for them.
 */
const withBeside = (
  steps: readonly PlannedStep[],
  { roster, opening, answer }: Beginning,
): readonly PlannedStep[] => {
  if (!(answer.parallel ?? opening.config.parallel)) return steps;
  const isAlone = (step: PlannedStep) =>
    !step.writes ||
    step.gate ||
    step.head ||
    step.approaches !== undefined ||
    step.group === "protocol" ||
    META_ROLES.has(step.role) ||
    roster.roles.get(step.role)?.tools.includes("workers") === true;
  const isApart = (index: number, other: number): boolean => {
    const [first, later] = [Math.min(index, other), Math.max(index, other)];
    const between = steps.slice(first, later + 1);
    const [one, two] = [steps[first], steps[later]];
    return (
      first !== later &&
      !between.some(isAlone) &&
      (two?.depends_on ?? 0) <= first &&
      (one?.module == null || one.module !== two?.module)
    );
  };
  return steps.map((step, index) =>
    steps.some((_, other) => isApart(index, other)) ? { ...step, beside: true } : step,
  );
};

const prepend = (steps: readonly PlannedStep[], first: PlannedStep): readonly PlannedStep[] => [
  { ...first, depends_on: null },
  ...steps.map(step => ({ ...step, depends_on: step.depends_on === null ? null : step.depends_on + 1 })),
];

/** Without a role; steps that depended on it depend on nothing. */
const drop = (steps: readonly PlannedStep[], role: string): readonly PlannedStep[] => {
  const left = steps.filter(step => step.role !== role);
  return left.map(step => {
    const on = left.findIndex(other => other === steps[(step.depends_on ?? 0) - 1]);
    return { ...step, depends_on: on < 0 ? null : on + 1 };
  });
};
