// A task's rows folded from its facts, from the first on: a store can be rebuilt from them, and checked against them.
import type { Fact, NumberedReturn } from "../model/fact.ts";
import { type ReturnRow, type TaskRecord, TaskState } from "../model/record.ts";
import { isSame } from "../model/same.ts";
import { after, begin, type Change } from "./after.ts";

type Rows = Pick<Change, "task" | "returned">;

/** Throws if the facts do not follow one another. */
export const foldTask = (id: number, [first, ...others]: readonly Fact[]): Rows => {
  if (first?.kind !== "begun" && first?.kind !== "found")
    throw new Error("A task begins with `begun` or `found`.");
  const found = first.kind === "found" ? first : { row: begin(id, first), returns: [] };
  const start: Rows = {
    task: { ...found.row, id },
    returned: found.returns.map((one, at) => ({ ...one, return_number: at + 1 })),
  };
  return others.reduce((rows, fact) => {
    const change = after(rows.task, fact);
    if ("refused" in change) throw new Error(`\`${fact.kind}\` does not follow: ${change.refused}.`);
    return { task: change.task, returned: [...rows.returned, ...change.returned] };
  }, start);
};

export interface Stored {
  readonly facts: readonly Fact[];
  readonly task: TaskRecord;
  /** All of them, oldest first. */
  readonly returns: readonly ReturnRow[];
}

/** The columns in which the stored rows differ from what their facts say. */
export const unfolded = ({ facts, task, returns }: Stored): readonly string[] => {
  const rows = foldTask(task.id, facts);
  const columns = Object.keys(TaskState.shape) as (keyof TaskState)[];
  return [
    ...(facts.length === task.seq ? [] : ["tasks.seq"]),
    ...columns.filter(column => !isSame(rows.task[column], task[column])).map(column => `tasks.${column}`),
    ...(isSame(rows.returned, returns.map(toReturned)) ? [] : ["task_returns"]),
  ];
};

const toReturned = ({
  id: _id,
  task_id: _task,
  returned_at: _at,
  findings,
  ...row
}: ReturnRow): NumberedReturn => ({
  ...row,
  findings: JSON.parse(findings),
});
