// What facts change in a task's rows, as the store writes it.
import type { TaskWrite } from "../model/append.ts";
import type { Fact } from "../model/fact.ts";
import type { TaskRecord, TaskState } from "../model/record.ts";
import { isSame } from "../model/same.ts";
import { afterAll, type Refused, type Task } from "./after.ts";

/** Only what changed. */
export const writeOf = (task: TaskRecord, facts: readonly Fact[]): TaskWrite | Refused => {
  const change = afterAll(task, facts);
  if ("refused" in change) return change;
  const { task: next, returned, jobs } = change;
  return { task_id: task.id, seq: task.seq, facts, patch: differs(task, next), returned, jobs };
};

const differs = (before: Task, after: Task): Partial<TaskState> =>
  Object.fromEntries(
    Object.entries(after).filter(([column, value]) => !isSame(value, before[column as keyof Task])),
  );
