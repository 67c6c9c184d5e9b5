// Who asked for what a task's pipelines do: with the label, by requesting another pipeline, or in words to whoever is
// at work. Kept by account number as long as the task exists, and recorded before the request is obeyed. A return does
// not count: its author is a reviewer, who may later approve.
import { marks } from "../../core/model/keys.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { GitHubUser } from "../github/port.ts";
import type { Plane } from "../plane.ts";

interface Asker {
  readonly by: Pick<GitHubUser, "id">;
  readonly plane: Plane;
}

export const noteAsker = async ({ id }: Pick<TaskRecord, "id">, { by, plane }: Asker): Promise<void> => {
  await plane.store.markOnce(marks.asker(id, by.id), { now: plane.clock.now() });
};

/** A follow-up does what was asked of its parent. */
export const isAsker = async (task: TaskRecord, asker: Asker): Promise<boolean> => {
  const { by, plane } = asker;
  const noted = marks.asker(task.id, by.id);
  if (by.id === task.asked_by_id || (await plane.store.marked(noted)) !== null) return true; // guard: asker
  const parent = task.parent_task_id === null ? null : await plane.store.task(task.parent_task_id);
  return parent !== null && isAsker(parent, asker); // guard: asker-of-the-parent
};
