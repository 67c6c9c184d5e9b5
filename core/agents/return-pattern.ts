// The pattern in a task's returns.
import type { ReturnCategory, ReturnRecord } from "../model/return.ts";

/** This many returns of one category are a pattern. */
export const PATTERN_THRESHOLD = 2;

export interface ReturnPattern {
  readonly pattern_detected: boolean;
  /** The most frequent, pattern or not; null if nothing was returned. */
  readonly dominant_category: ReturnCategory | null;
  readonly occurrences: number;
}

/** By category alone: texts explain, they are not clustered. In a tie, the first recorded leads. */
export const checkReturnPattern = (
  returns: readonly Pick<ReturnRecord, "reason_category">[],
): ReturnPattern => {
  const counts = new Map<ReturnCategory, number>();
  for (const { reason_category } of returns)
    counts.set(reason_category, (counts.get(reason_category) ?? 0) + 1);
  let top: readonly [ReturnCategory | null, number] = [null, 0];
  for (const entry of counts) if (entry[1] > top[1]) top = entry;
  const [dominant_category, occurrences] = top;
  return { pattern_detected: occurrences >= PATTERN_THRESHOLD, dominant_category, occurrences };
};
