// What the project knows, as far as a role is shown it: modules, decisions, and the tasks under way.
import type { DecisionRecord } from "../model/knowledge.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { ContextRules } from "../model/role.ts";
import type { Opening } from "../model/task.ts";

/** Latest last, so that what was sent before keeps its place. The step's own decisions are always included. */
export const decisionsShown = ({
  opening,
  step,
  rules,
}: {
  readonly opening: Opening;
  readonly step: Step;
  readonly rules: ContextRules;
}): readonly DecisionRecord[] => {
  const { decisions } = opening;
  if (rules.decisions === "all") return decisions;
  const own = new Set(step.decisions);
  const latest = new Set(rules.decisions === 0 ? [] : decisions.slice(-rules.decisions).map(({ id }) => id));
  return decisions.filter(({ id }) => own.has(id) || latest.has(id));
};

export const decisionLines = (decisions: readonly DecisionRecord[]): string =>
  decisions
    .map(({ id, type, title, description }) => `- #${id} [${type}] ${title}: ${description}`)
    .join("\n");

/** Configured and stored modules, and the parts of a monorepo that neither names. */
export const modulesOf = ({ opening, setup }: Pick<Pipeline, "opening" | "setup">): Opening["modules"] => [
  ...opening.modules,
  ...(setup?.scopes ?? []).filter(
    ({ name, path }) => !opening.modules.some(one => one.name === name || withoutSlash(one.path) === path),
  ),
];

const withoutSlash = (path: string): string => path.slice(0, 1_000).replace(/\/+(?:\*\*)?$/, "");

export const moduleLines = (modules: Opening["modules"]): string =>
  modules
    .map(
      ({ name, path, description }) => `- ${name} (${path})${description === "" ? "" : `: ${description}`}`,
    )
    .join("\n");

/** Other work in the project, so that two tasks do not get in each other's way. */
export const activeLines = (tasks: Opening["active_tasks"]): string =>
  tasks
    .map(({ id, title, status, modules }) => {
      const where = modules.length === 0 ? "" : ` in ${modules.join(", ")}`;
      return `- ${id}: ${title} [${status}]${where}`;
    })
    .join("\n");
