// Journals as the control plane reads and writes them. Every append is folded first, and what a run appends is
// recomputed (core/pipeline/take-events.ts): what cannot follow is refused.
import { rosterWith } from "../../core/agents/roster.ts";
import type { TaskWrite } from "../../core/model/append.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventData, EventKind, EventOf, JournalEvent } from "../../core/model/event.ts";
import type { Fact } from "../../core/model/fact.ts";
import {
  MOST_AT_THE_END,
  MOST_IN_A_PIPELINE,
  MOST_IN_A_TASK,
  sizeOf,
} from "../../core/model/journal-size.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { isSame } from "../../core/model/same.ts";
import type { Message } from "../../core/model/wire.ts";
import { apply } from "../../core/pipeline/apply.ts";
import { consequencesOf } from "../../core/pipeline/consequences.ts";
import { illegal } from "../../core/pipeline/illegal.ts";
import { type Taken, takeEvents } from "../../core/pipeline/take-events.ts";
import { writeOf } from "../../core/task/state.ts";
import type { Plane } from "../plane.ts";

export interface AppendRequest {
  readonly pipeline: PipelineRecord;
  readonly task: TaskRecord;
  readonly after: number;
  readonly events: readonly EventData[];
  /** SHA-256 of the run token; null if no run holds the pipeline. */
  readonly lease: string | null;
  /** Who says it: a run's events are checked, the App's own are only folded. */
  readonly by: "run" | "app";
}

/**
 * Returns the stored events, or null if the caller does not have the lease or the right place in the journal. Throws
 * `illegal_event`, `too_large` if a run has written all that it may, and `unheard` if it continues despite a stop.
 */
export const append = async (
  plane: Plane,
  request: AppendRequest,
): Promise<readonly JournalEvent[] | null> => {
  const { pipeline: record, task, after, lease, by } = request;
  // For an earlier place what is stored there is compared, without folding anything.
  // guard: past-places-cost-nothing
  if (after !== record.seq) {
    const isTheirs = lease === null || record.lease_hash === lease;
    return isTheirs ? plane.store.sent({ ...request, pipeline: record.id }) : null;
  }
  const at = plane.clock.now();
  const size = request.events.reduce((sum, data) => sum + sizeOf(data), 0);
  if (by === "run") await checkSize(plane, { ...request, size }); // guard: journals-are-bounded
  const behind = await plane.folds.at(record, after);
  if (request.by === "run") await checkWords(plane, request); // guard: peoples-words
  const { events, pipeline: ahead } = takenBy(request, { plane, behind, at: new Date(at).toISOString() });
  const { row, jobs, ...means } = consequencesOf(ahead, { task, events, now: at });
  const facts = await unrecorded(means.facts, plane);
  const written = await plane.store.append({
    pipeline: record.id,
    after,
    events,
    lease,
    unless_stopped: by === "run" && !isStopped(behind, events), // guard: stops-are-heard
    at,
    row,
    task: facts.length === 0 ? null : followingWrite(task, facts),
    jobs,
  });
  // A fact about the task was recorded meanwhile, so the consequences of these events are computed again.
  const now = written === null && facts.length > 0 ? await plane.store.task(task.id) : null;
  if (now !== null && now.seq !== task.seq) return append(plane, { ...request, task: now }); // guard: append-behind-facts
  if (written === null && by === "run") await checkStops(plane, request); // guard: unheard-is-said
  // Folds what is stored: an append that was sent before has its earlier times.
  if (written !== null) plane.folds.remember(written.reduce(apply, behind), record.size + size);
  return written;
};

/** A return that was recorded before is not counted again, whatever repeats it. */
const unrecorded = async (facts: readonly Fact[], { store }: Plane): Promise<readonly Fact[]> => {
  const isNew = await Promise.all(
    facts.map(async fact => fact.kind !== "returned" || (await store.returnOf(fact.return.source)) === null),
  );
  return facts.filter((_, at) => isNew[at]);
};

/** A pipeline's result is never refused: it does not overrule people who are done with the task. */
const followingWrite = (task: TaskRecord, facts: readonly Fact[]): TaskWrite => {
  const write = writeOf(task, facts);
  if ("refused" in write) throw new Error(`A pipeline's end was refused: ${write.refused}.`);
  return write;
};

interface Place {
  readonly plane: Plane;
  readonly behind: Pipeline;
  readonly at: string;
}

const takenBy = ({ events, by }: AppendRequest, { plane, behind, at }: Place): Taken => {
  if (by === "run") {
    const roster = rosterWith(plane.roster, behind.opening.own_roles);
    return takeEvents(events, { pipeline: behind, roster, at }); // guard: a-runs-events
  }
  const add = (pipeline: Pipeline, data: EventData) => apply(pipeline, { seq: pipeline.seq + 1, at, data });
  return { events, pipeline: events.reduce(add, behind) };
};

/** Events that end a run are accepted beyond the limit: otherwise nobody would learn why it ends. */
const checkSize = async (
  plane: Plane,
  { pipeline, task, events, size }: AppendRequest & { readonly size: number },
): Promise<void> => {
  if (size <= MOST_AT_THE_END && events.every(({ kind }) => ENDS.has(kind))) return;
  if (pipeline.size + size > MOST_IN_A_PIPELINE) throw full("This pipeline's journal", MOST_IN_A_PIPELINE);
  await checkTask(plane, { task_id: task.id, size });
};

/** For whatever enters a journal of the task, openings too. Throws `too_large`. */
export const checkTask = async (
  plane: Plane,
  { task_id, size }: { readonly task_id: number; readonly size: number },
): Promise<void> => {
  const written = await plane.store.written(task_id);
  if (written + size > MOST_IN_A_TASK) throw full("All that this task's pipelines wrote", MOST_IN_A_TASK); // guard: tasks-are-bounded
};

const ENDS: ReadonlySet<EventKind> = new Set([
  "finished",
  "paused",
  "interrupted",
  "stop_asked",
  "worker_stop_asked",
  "told",
]);

const full = (what: string, most: number): KinError =>
  new KinError(`${what} would come to more than ${most / 2 ** 20} MiB, and that is all that is kept.`, {
    code: "too_large",
    hint: "Make the task smaller, or open a new issue for the rest, and generate large files where .gitignore names the place.",
  });

/** What a run says people said must be in the store and new to the journal. Throws `illegal_event`. */
const checkWords = async (plane: Plane, { pipeline, after, events }: AppendRequest): Promise<void> => {
  const words = events.flatMap(toMessage);
  if (words.length === 0) return;
  const said = await plane.store.messages(pipeline.id);
  const isOne = (word: Message, index: number) =>
    said.some(message => isSame(message, word)) && words.findIndex(({ id }) => id === word.id) === index;
  if (words.every(isOne)) return;
  // A repeated append was heard the first time: the store compares it with what is there.
  const { seq = 0 } = (await plane.store.pipeline(pipeline.id)) ?? {};
  if (seq <= after) throw illegal("nobody said that, or it was heard before");
};

/** After a stop only `stopped` follows, even if somebody asks for another one. */
const isStopped = (behind: Pipeline, events: readonly EventData[]): boolean =>
  behind.stop !== null || events.some(event => event.kind === "stop_asked");

/** Throws why an append at the right place was not written. A run that learns it now can still end properly. */
const checkStops = async (plane: Plane, { pipeline, after, lease }: AppendRequest): Promise<void> => {
  const row = await plane.store.pipeline(pipeline.id);
  if (row === null || row.seq !== after || row.lease_hash !== lease) return;
  const said = await plane.store.messages(pipeline.id);
  if (!said.some(({ kind, worker }) => kind === "stop" && worker === undefined)) return;
  throw new KinError("Somebody stopped this pipeline, and the run has not said so.", {
    code: "unheard",
    hint: "Take the stop from `messages` and append it as `stop_asked`.",
  });
};

const toMessage = (data: EventData): readonly Message[] => {
  switch (data.kind) {
    case "told":
      return [{ id: data.message, kind: "tell", text: data.text, ...spoken(data) }];
    case "stop_asked":
      return [{ id: data.message, kind: "stop", by: data.by, text: data.reason }];
    case "worker_stop_asked":
      return [{ id: data.message, kind: "stop", text: data.reason, ...spoken(data) }];
    default:
      return [];
  }
};

const spoken = ({ by, worker, crew }: EventOf<"told" | "worker_stop_asked">) => ({ by, worker, crew });

/** For pipelines that no runner holds. Throws `lease_live` if one claimed it in between. */
export const appendOwn = async (
  plane: Plane,
  { pipeline, task, events }: Pick<AppendRequest, "task" | "events"> & { readonly pipeline: string },
): Promise<void> => {
  const row = await plane.store.pipeline(pipeline);
  if (row === null || row.state === "finished") return;
  const written = await append(plane, {
    pipeline: row,
    task,
    events,
    after: row.seq,
    lease: null,
    by: "app",
  });
  if (written !== null) return;
  throw new KinError(`A run drives pipeline ${pipeline} right now.`, {
    code: "lease_live",
    hint: "Nothing to do: this is tried again.",
    retryable: true,
  });
};
