// Records what became known about a task. Whoever loses a race reads the task again and decides again.
import type { TaskWrite } from "../../core/model/append.ts";
import type { Fact } from "../../core/model/fact.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { writeOf } from "../../core/task/state.ts";
import type { Plane } from "../plane.ts";

export interface Stated {
  readonly plane: Pick<Plane, "store" | "clock">;
  /** What is known of GitHub's side at the same time. */
  readonly published?: TaskWrite["published"];
}

/**
 * Returns the resulting task; follow-up jobs were requested in the same write. Null, and nothing is written, if the
 * fact makes no difference any more (core/task/after.ts), its return was recorded before, or there is no such task.
 */
export const stateFact = async (
  { id }: Pick<TaskRecord, "id">,
  fact: Fact,
  { plane: { store, clock }, published }: Stated,
): Promise<TaskRecord | null> => {
  for (;;) {
    const task = await store.task(id);
    const write = task === null ? null : writeOf(task, [fact]);
    if (task === null || write === null || "refused" in write) return null;
    const whole = published === undefined ? write : { ...write, published };
    const now = clock.now();
    if (await store.state(whole, now))
      return {
        ...task,
        ...write.patch,
        ...published,
        seq: task.seq + 1,
        updated_at: new Date(now).toISOString(),
      };
    if (fact.kind === "returned" && (await store.returnOf(fact.return.source)) !== null) return null;
  }
};
