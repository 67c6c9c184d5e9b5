// Questions about workers as they are. What the coordinator knows of them: core/agents/known-workers.ts.
import { isOrder } from "../agents/worker-tools.ts";
import type { FileChange } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
import { isToolUse } from "../model/message.ts";
import {
  type Apart,
  type Attempt,
  type Crew,
  isPart,
  type Pipeline,
  type Said,
  type Step,
  type Worker,
} from "../model/pipeline.ts";
import { limitOfAttempt } from "./limits.ts";
import { attemptState } from "./state.ts";

/** The step of a conversation, or its worker, which readers see as a step. Undefined if there is none. */
export const conversingStep = (
  pipeline: Pipeline,
  {
    step: number,
    attempt,
    worker,
  }: { readonly step: number; readonly attempt: number; readonly worker?: number | undefined },
): Step | Worker | undefined => {
  const step = pipeline.steps[number];
  if (worker === undefined) return step;
  const crew = step?.attempts.find(other => other.number === attempt)?.crew;
  return crew?.workers.find(other => other.worker === worker);
};

export type WorkerState = "pending" | "running" | "completed" | "failed" | "stopped";

export const NO_CREW: Crew = { workers: [], contract: null, notices: [], joins: [] };

export const crewOf = ({ crew }: Pick<Attempt, "crew">): Crew => crew ?? NO_CREW;

/** A worker's conversation, or a step's last; null until it begins. */
export const talkOf = ({ attempts }: Pick<Step, "attempts">): Attempt | null => attempts.at(-1) ?? null;

export const workerState = (worker: Worker): WorkerState => {
  if (worker.stopped) return "stopped";
  const talk = talkOf(worker);
  if (talk === null) return "pending";
  if (talk.finished === null) return "running";
  return talk.finished.outcome === "done" ? "completed" : "failed";
};

export const isLive = (worker: Worker): boolean => {
  const state = workerState(worker);
  return state === "pending" || state === "running";
};

/**
 * What it wrote that is not part of the pipeline's work yet. Deleting a file that it began with is a change, whoever made
 * that file.
 */
export const unjoined = (apart: Apart): readonly FileChange[] => {
  const { carried, changes, turns } = apart.from;
  const own = (talkOf(apart)?.turns ?? []).slice(turns).flatMap(({ wrote }) => wrote?.changes ?? []);
  const last = new Map([...carried, ...own].map(change => [change.path, change]));
  const begun = new Set(changes.map(({ path }) => path));
  return [...last.values()]
    .filter(({ path, content, in_base }) => content !== null || in_base || begun.has(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

/** As its last turn left it; null if it carries changes over that are not laid yet. */
export const treeOf = (apart: Apart): string | null =>
  (talkOf(apart)?.turns ?? []).slice(apart.from.turns).findLast(({ wrote }) => wrote !== null)?.wrote?.tree ??
  (apart.from.carried.length > 0 ? null : apart.from.tree);

/** Why its conversation cannot go on; null if it can, or if it never began. */
export const endOf = (step: Step, pipeline: Pipeline): string | null => {
  const talk = talkOf(step);
  if (talk === null) return null;
  if (talk.turns.at(-1)?.failed != null) return "its conversation is at its end";
  const limit = limitOfAttempt(pipeline, talk)?.event.limit;
  return limit === undefined ? null : `it has used up \`limits.${limit}\``; // guard: goes-on-within-limits
};

/**
 * It answered, and what it wrote waits to be joined. Not a try of a step: one of those is joined, but it does not decide
 * which.
 */
export const isToJoin = (worker: Worker): boolean =>
  worker.to_join && isPart(worker) && workerState(worker) === "completed";

/** Somebody is at work or about to be joined, so a notice will come. */
export const isAwaited = (worker: Worker): boolean => isLive(worker) || isToJoin(worker);

/**
 * The coordinator's last reply asked only for workers, or for nothing, and nothing came since: its next reply would know no
 * more.
 */
export const waits = (attempt: Attempt, told: readonly Said[]): boolean => {
  const { workers, notices } = crewOf(attempt);
  const last = attempt.turns.at(-1);
  if (last === undefined || attemptState(attempt) !== "talking" || !workers.some(isAwaited)) return false;
  const behind = attempt.turns.length - 1;
  return isIdle(last) && ![...notices, ...told].some(({ turn }) => turn >= behind);
};

const isIdle = ({ reply, results }: EventOf<"turn">): boolean => {
  const orders = new Set(
    reply.content.flatMap(block => (isToolUse(block) && isOrder(block.name) ? [block.id] : [])),
  );
  return (
    (reply.stop_reason === "end_turn" || reply.stop_reason === "tool_use") &&
    results.every(
      block =>
        block.type === "tool_result" && block.is_error !== true && orders.has(String(block.tool_use_id)),
    )
  );
};

/** After which of its own turns a coordinator hears what comes now: the one under way or, if it waits, its last. */
export const heardBehind = (attempt: Attempt, told: readonly Said[]): number =>
  waits(attempt, told) ? attempt.turns.length - 1 : attempt.turns.length;
