// Searches a store for task rows that differ from what the tasks' facts say.
import type { Store } from "../app/store/port.ts";
import { unfolded } from "../core/task/fold.ts";

const ALL = 1_000;

/** One line for each wrong column of each task; empty if all is well. */
export const unfoldedIn = async (store: Store): Promise<readonly string[]> => {
  const tasks = await store.tasks({ limit: ALL });
  const found = await Promise.all(
    tasks.map(async task => {
      const stored = { task, facts: await store.facts(task.id), returns: await store.returns(task.id, ALL) };
      return unfolded(stored).map(column => `#${task.issue}: ${column} is not what the task's facts say`);
    }),
  );
  return found.flat();
};
