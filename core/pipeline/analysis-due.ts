// When a task's returns ask for an analysis: `analysis_due` of an opening, for which `plan/steps.ts` puts the analyst first.
import type { Config } from "../model/config.ts";
import type { TaskRecord } from "../model/record.ts";

/** This many returns bring in the return_analyst. */
export const ANALYST_THRESHOLD = 3;

/** Exactly once for each return from the third on; counted since the task was last done if the configuration says so. */
export const isAnalysisDue = (
  task: Pick<TaskRecord, "return_count" | "analysed_return" | "returns_at_last_done">,
  { count_returns }: Pick<Config, "count_returns">,
): boolean => {
  const before = count_returns === "since_done" ? task.returns_at_last_done : 0;
  return task.return_count - before >= ANALYST_THRESHOLD && task.analysed_return < task.return_count;
};
