// A coordinator's workers as people see them: who they are, how far each has come, and what it took. From the fold alone;
// the words of models and people are raw, and cleaned by whoever shows them.
import { toolUses } from "../agents/notice.ts";
import { type Attempt, isPart, type Pipeline, type Step, type Worker } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { decide } from "../pipeline/decide.ts";
import { verdictOf } from "../pipeline/state.ts";
import { crewOf, isAwaited, isToJoin, talkOf, type WorkerState, workerState } from "../pipeline/workers.ts";
import { type Cost, costOfStep } from "./cost.ts";
import { SIGNS, type StepResult, type StepState, workingWords } from "./step-result.ts";

export interface WorkerRow extends StepResult {
  readonly id: string;
  readonly role: string;
  readonly is: WorkerState;
  readonly description: string;
  readonly tools: number;
  /** Its time is that of its turns and checks. */
  readonly cost: Cost;
}

/** The workers of one attempt. */
export interface CrewRows {
  readonly step: Step;
  readonly attempt: Attempt;
  readonly isUnderWay: boolean;
  readonly atWork: number;
  /** Depends on who is at work; null if the attempt is over. */
  readonly phase: "research" | "synthesis" | "implementation" | "verification" | null;
  readonly rows: readonly WorkerRow[];
}

/** Oldest first, without attempts that started nobody. */
export const crewsOf = (pipeline: Pipeline): readonly CrewRows[] =>
  pipeline.steps.flatMap(step =>
    step.attempts.flatMap(attempt =>
      crewOf(attempt).workers.length === 0 ? [] : [crewRows(step, { attempt, pipeline })],
    ),
  );

/** Workers that may be spoken to. */
export const liveRows = (pipeline: Pipeline): readonly WorkerRow[] =>
  crewsOf(pipeline).flatMap(({ isUnderWay, rows }) => (isUnderWay ? rows.filter(isLiveRow) : []));

export const isLiveRow = ({ is }: WorkerRow): boolean => is === "pending" || is === "running";

const crewRows = (step: Step, { attempt, pipeline }: Where): CrewRows => {
  const { workers } = crewOf(attempt);
  const isUnderWay = attempt.finished === null && pipeline.outcome === null;
  const atWork = isUnderWay ? workers.filter(isAwaited) : [];
  return {
    step,
    attempt,
    isUnderWay,
    atWork: atWork.length,
    phase: isUnderWay ? phaseOf(atWork) : null,
    rows: workers.map(worker => ({
      id: workerName(worker.worker),
      role: worker.role,
      is: workerState(worker),
      ...workerResult(worker, { attempt, pipeline }),
      description: worker.description,
      tools: toolUses(talkOf(worker) ?? undefined),
      cost: costOfStep(worker),
    })),
  };
};

const phaseOf = (atWork: readonly Worker[]): CrewRows["phase"] => {
  if (atWork.some(({ gate }) => gate)) return "verification";
  if (atWork.some(({ writes }) => writes)) return "implementation";
  return atWork.length > 0 ? "research" : "synthesis";
};

/** Where a worker works: its coordinator's attempt. */
interface Where {
  readonly attempt: Attempt;
  readonly pipeline: Pipeline;
}

/** In the words and signs of a step. What it wrote counts only once it is joined. */
export const workerResult = (worker: Worker, { attempt, pipeline }: Where): StepResult => {
  const isOver = attempt.finished !== null || pipeline.outcome !== null;
  const [state, words] =
    triedResult(worker, attempt) ?? (isOver ? overResult(worker) : liveResult(worker, pipeline));
  return { state, sign: SIGNS[state], words };
};

type Result = readonly [StepState, string];

/** For one of several ways, once one was taken. */
const triedResult = (worker: Worker, { crew }: Attempt): Result | null => {
  if (worker.approach === undefined || crew?.taken === undefined) return null;
  if (worker.worker === crew.taken) return ["done", "taken"];
  return workerState(worker) === "completed" ? ["unfinished", "not taken"] : null;
};

const liveResult = (worker: Worker, pipeline: Pipeline): Result => {
  const state = workerState(worker);
  const talk = talkOf(worker);
  if (state === "pending")
    return isBeginning(worker, pipeline) ? ["working", "starting"] : ["waiting", "waiting"];
  if (state === "running" && talk !== null) return ["working", workingWords(talk)];
  return isToJoin(worker) ? ["working", "being joined"] : overResult(worker);
};

/** The journal only hears of it when its first turn is over. */
const isBeginning = ({ number, worker }: Worker, pipeline: Pipeline): boolean =>
  decide(pipeline).some(
    command => command.kind === "take_turn" && command.step === number && command.worker === worker,
  );

const overResult = (worker: Worker): Result => {
  const state = workerState(worker);
  switch (state) {
    case "pending":
      return ["waiting", "not begun"];
    case "running":
      return ["unfinished", "not finished"];
    case "completed":
      return completed(worker);
    case "failed":
      return ["failed", "failed"];
    case "stopped":
      return ["unfinished", "stopped"];
    default:
      return state satisfies never;
  }
};

const completed = (worker: Worker): Result => {
  const verdict = verdictOf(worker)?.verdict;
  if (verdict !== undefined)
    return verdict === "approved" ? ["approved", "approved"] : ["rejected", "changes requested"];
  if (isToJoin(worker)) return ["unfinished", "not joined"];
  return ["done", isPart(worker) && hasWritten(worker) ? "joined" : "done"];
};

const hasWritten = (worker: Worker): boolean =>
  talkOf(worker)?.turns.some(({ wrote }) => wrote !== null) ?? false;
