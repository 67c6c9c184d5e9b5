// What a pipeline's events mean for the rows around it, judging by the task facts that they state.
import type { NumberedReturn } from "../core/model/fact.ts";
import type { NewJob } from "../core/model/new-job.ts";
import type { TaskState, TaskStatus } from "../core/model/record.ts";
import { type Consequences, consequencesOf } from "../core/pipeline/consequences.ts";
import { writeOf } from "../core/task/state.ts";

export interface Means extends Pick<Consequences, "row"> {
  readonly task: Partial<TaskState>;
  readonly returned: NumberedReturn | null;
  readonly jobs: readonly NewJob[];
}

/** Different from any value that is ever set, so that every change shows. */
const UNSAID = { status: "unsaid" as TaskStatus, status_reason: "unsaid", category: "unsaid" };

export const meansOf = (...of: Parameters<typeof consequencesOf>): Means => {
  const { row, facts, jobs } = consequencesOf(...of);
  const write = writeOf({ ...of[1].task, ...UNSAID }, facts);
  if ("refused" in write) throw new Error(`What a pipeline comes to was refused: ${write.refused}.`);
  const all = [...jobs, ...write.jobs];
  return {
    row,
    task: write.patch,
    returned: write.returned[0] ?? null,
    jobs: all.filter((job, at) => all.findIndex(({ key }) => key === job.key) === at),
  };
};
