// Journals as the control plane reads and writes them. Every append is folded first: what cannot follow is refused.
import { rosterWith } from "../core/agents/roster.ts";
import { KinError } from "../core/model/error.ts";
import type { EventData, JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { PipelineRecord, TaskRecord } from "../core/model/record.ts";
import { apply } from "../core/pipeline/apply.ts";
import { consequencesOf } from "../core/pipeline/consequences.ts";
import { stepsProblem } from "../core/pipeline/plan-problem.ts";
import type { Plane } from "./plane.ts";

export interface AppendRequest {
  readonly pipeline: PipelineRecord;
  readonly task: TaskRecord;
  readonly after: number;
  readonly events: readonly EventData[];
  /** SHA-256 of the run token; null for the control plane itself. */
  readonly lease: string | null;
}

/** The stored events, or null where the lease or the place in the journal is not the caller's. Throws `illegal_event`. */
export const append = async (
  plane: Plane,
  request: AppendRequest,
): Promise<readonly JournalEvent[] | null> => {
  const { pipeline: record, task, after, events, lease } = request;
  const at = plane.clock.now();
  const behind = await plane.folds.at(record, after);
  const ahead = events.reduce<Pipeline>(
    (pipeline, data) => apply(pipeline, { seq: pipeline.seq + 1, at: new Date(at).toISOString(), data }),
    behind,
  );
  const { opening } = ahead;
  const problem = stepsProblem(events, { roster: rosterWith(plane.roster, opening.own_roles), opening });
  if (problem !== null) throw illegalPlan(problem);
  const { row, task: patch, returned, jobs } = consequencesOf(ahead, { task, events, now: at });
  const written = await plane.store.append({
    pipeline: record.id,
    task_id: task.id,
    after,
    events,
    lease,
    at,
    row,
    returned,
    task: patch,
    jobs,
  });
  // Folded from what stands there: an append that was sent before has the times of then.
  if (written !== null) plane.folds.remember(written.reduce(apply, behind));
  return written;
};

const illegalPlan = (problem: string): KinError =>
  new KinError(`The plan is not one that the rules allow: ${problem}.`, {
    code: "illegal_event",
    hint: "The App and the Action may be of different versions: their specialists.yaml differ.",
  });

/** For pipelines that no runner holds. Throws `lease_live` where one came in between. */
export const appendOwn = async (
  plane: Plane,
  { pipeline, task, events }: Pick<AppendRequest, "task" | "events"> & { readonly pipeline: string },
): Promise<void> => {
  const row = await plane.store.pipeline(pipeline);
  if (row === null || row.state === "finished") return;
  const written = await append(plane, { pipeline: row, task, events, after: row.seq, lease: null });
  if (written !== null) return;
  throw new KinError(`A run drives pipeline ${pipeline} right now.`, {
    code: "lease_live",
    hint: "Nothing to do: this is tried again.",
    retryable: true,
  });
};
