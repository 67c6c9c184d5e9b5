// When a task's returns ask for an analysis.

/** So many returns bring the return_analyst (requirements B11). */
export const ANALYST_THRESHOLD = 3;

/** Exactly once for each return from the third on. */
export const isAnalysisDue = (task: {
  readonly return_count: number;
  readonly analysed_return: number;
}): boolean => task.return_count >= ANALYST_THRESHOLD && task.analysed_return < task.return_count;
