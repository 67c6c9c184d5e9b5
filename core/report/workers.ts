// A coordinator's workers as people see them: who they are, how far each has come, and what it took. From the fold alone;
// what models and people wrote is as they wrote it, and cleaned by whoever shows it.
import { toolUses } from "../agents/notice.ts";
import type { Attempt, Pipeline, Step, Worker } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { verdictOf } from "../pipeline/state.ts";
import { crewOf, isLive, isToJoin, talkOf, type WorkerState, workerState } from "../pipeline/workers.ts";
import { type Cost, costOfStep } from "./cost.ts";
import { SIGNS, type StepResult, type StepState } from "./step-result.ts";

export interface WorkerRow extends StepResult {
  readonly id: string;
  readonly role: string;
  /** Requirements M1. */
  readonly is: WorkerState;
  readonly description: string;
  readonly tools: number;
  /** Its time is that of its turns and checks. */
  readonly cost: Cost;
}

/** Those of one attempt. */
export interface CrewRows {
  readonly step: Step;
  readonly attempt: Attempt;
  readonly isUnderWay: boolean;
  readonly atWork: number;
  /** Requirements M18, by who is at work; null where it is over. */
  readonly phase: "research" | "synthesis" | "implementation" | "verification" | null;
  readonly rows: readonly WorkerRow[];
}

/** Oldest first; attempts that started nobody are none of them. */
export const crewsOf = (pipeline: Pipeline): readonly CrewRows[] =>
  pipeline.steps.flatMap(step =>
    step.attempts.flatMap(attempt => {
      const { workers } = crewOf(attempt);
      return workers.length === 0 ? [] : [crewRows(workers, { step, attempt, pipeline })];
    }),
  );

/** Who may be spoken to. */
export const liveRows = (pipeline: Pipeline): readonly WorkerRow[] =>
  crewsOf(pipeline).flatMap(({ isUnderWay, rows }) => (isUnderWay ? rows.filter(isLiveRow) : []));

export const isLiveRow = ({ is }: WorkerRow): boolean => is === "pending" || is === "running";

const crewRows = (
  workers: readonly Worker[],
  { step, attempt, pipeline }: Pick<CrewRows, "step" | "attempt"> & { readonly pipeline: Pipeline },
): CrewRows => {
  const isUnderWay = attempt.finished === null && pipeline.outcome === null;
  const live = isUnderWay ? workers.filter(isLive) : [];
  return {
    step,
    attempt,
    isUnderWay,
    atWork: live.length,
    phase: isUnderWay ? phaseOf(live) : null,
    rows: workers.map(worker => ({
      id: workerName(worker.worker),
      role: worker.role,
      is: workerState(worker),
      ...workerResult(worker, isUnderWay),
      description: worker.description,
      tools: toolUses(talkOf(worker) ?? undefined),
      cost: costOfStep(worker),
    })),
  };
};

const phaseOf = (live: readonly Worker[]): CrewRows["phase"] => {
  if (live.some(({ gate }) => gate)) return "verification";
  if (live.some(({ writes }) => writes)) return "implementation";
  return live.length > 0 ? "research" : "synthesis";
};

/** In the words and signs of a step. What it wrote counts once it is joined, and not before. */
export const workerResult = (worker: Worker, isUnderWay: boolean): StepResult => {
  const [state, words] = resultOf(worker, isUnderWay);
  return { state, sign: SIGNS[state], words };
};

const resultOf = (worker: Worker, isUnderWay: boolean): readonly [StepState, string] => {
  const state = workerState(worker);
  switch (state) {
    case "pending":
      return ["waiting", isUnderWay ? "waiting" : "not begun"];
    case "running":
      return isUnderWay
        ? ["working", `working, turn ${(talkOf(worker)?.turns.length ?? 0) + 1}`]
        : ["unfinished", "not finished"];
    case "completed":
      return completed(worker, isUnderWay);
    case "failed":
      return ["failed", "failed"];
    case "stopped":
      return ["unfinished", "stopped"];
    default:
      return state satisfies never;
  }
};

const completed = (worker: Worker, isUnderWay: boolean): readonly [StepState, string] => {
  const verdict = verdictOf(worker)?.verdict;
  if (verdict !== undefined)
    return verdict === "approved" ? ["approved", "approved"] : ["rejected", "changes requested"];
  if (isToJoin(worker)) return isUnderWay ? ["working", "being joined"] : ["unfinished", "not joined"];
  return ["done", hasWritten(worker) ? "joined" : "done"];
};

const hasWritten = (worker: Worker): boolean =>
  talkOf(worker)?.turns.some(({ wrote }) => wrote !== null) ?? false;
