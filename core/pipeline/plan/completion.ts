// Whether a task asks for a review or completes by itself.
import type { CompletionMode } from "../../model/config.ts";
import type { Pipeline } from "../../model/pipeline.ts";
import type { Plan } from "../../model/plan.ts";
import type { Opening } from "../../model/task.ts";

/** Kinds of work that may complete without a person if nothing says otherwise. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(["debug", "hotfix", "feature"]);
/** The roles that a plan may end with. */
export const FINAL_GATES: ReadonlySet<string> = new Set(["tester", "reviewer"]);

export interface ModeContext {
  /** `kin:auto`, or `/kin mode`. */
  readonly task: CompletionMode | null;
  /** The config's `execution_mode`. */
  readonly project: CompletionMode | null;
  readonly route: string;
  readonly last_role: string | undefined;
}

/** Task, project, kind of work, review. It only says who is asked: merging also needs `merge: auto`. */
export const effectiveMode = ({ task, project, route, last_role }: ModeContext): CompletionMode =>
  task ??
  project ??
  (BY_THEMSELVES.has(route) && FINAL_GATES.has(last_role ?? "") ? "auto_complete" : "review");

/**
 * Whether no person is asked: the plan says so, and the modes that people and the project had set when the pipeline was
 * opened agree. A journal alone never overrides a mode that somebody has set.
 */
export const completesByItself = ({ plan, opening }: Pipeline): boolean =>
  plan?.completion_mode === "auto_complete" && modeOf(plan, opening) === "auto_complete"; // guard: mode-of-the-project

const modeOf = ({ route_type, steps }: Plan, { mode, config }: Opening): CompletionMode =>
  effectiveMode({
    task: mode,
    project: config.execution_mode ?? null,
    route: route_type,
    last_role: steps.at(-1)?.role,
  });
