// How far a step has come, in words and one sign; the same in the status comment and the job summary.

import { joined } from "../model/joined.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { isLed, triesIn } from "../pipeline/approaches.ts";
import { attemptState, currentStep, currentSteps, verdictOf } from "../pipeline/state.ts";
import { crewOf, isAwaited, isLive } from "../pipeline/workers.ts";
import { plural } from "./format.ts";

export type StepState =
  | "waiting"
  | "working"
  | "kept"
  | "done"
  | "approved"
  | "revised"
  | "given_up"
  | "rejected"
  | "failed"
  | "blocked"
  | "unfinished";

export interface StepResult {
  readonly state: StepState;
  readonly sign: string;
  /** The template's words only, nothing from outside. */
  readonly words: string;
}

export const resultOf = (step: Step, pipeline: Pipeline): StepResult => {
  const state = stateOf(step, pipeline);
  return { state, sign: SIGNS[state], words: wordsOf(state, { step, pipeline }) };
};

export const SIGNS: Readonly<Record<StepState, string>> = {
  waiting: "○",
  working: "●",
  kept: "✓",
  done: "✓",
  approved: "✓",
  revised: "↻",
  given_up: "↻",
  rejected: "✗",
  failed: "✗",
  blocked: "✗",
  unfinished: "–",
};

const stateOf = (step: Step, pipeline: Pipeline): StepState => {
  const verdict = verdictOf(step);
  const isKept = step.attempts.length === 0 && (step.answer !== null || isPlanKept(step, pipeline));
  if (isKept) return "kept";
  if (step.revised) return verdict === null ? "given_up" : "revised";
  if (verdict !== null) return verdict.verdict === "approved" ? "approved" : "rejected";
  if (step.answer !== null) return "done";
  const last = step.attempts.at(-1);
  if (last?.finished?.outcome === "blocked") return "blocked";
  if (pipeline.outcome !== null) return endedState(last);
  return last !== undefined || isNext(step, pipeline) ? "working" : "waiting";
};

const endedState = (last: Attempt | undefined): StepState => {
  if (last === undefined) return "waiting";
  return last.finished === null ? "unfinished" : "failed";
};

const isPlanKept = (step: Step, pipeline: Pipeline): boolean =>
  step.number === 0 && pipeline.opening.kept !== null;

const isNext = (step: Step, pipeline: Pipeline): boolean =>
  pipeline.setup?.ok === true &&
  pipeline.paused === null &&
  !pipeline.held &&
  currentSteps(pipeline).some(({ number }) => number === step.number);

const wordsOf = (
  state: StepState,
  { step, pipeline }: { readonly step: Step; readonly pipeline: Pipeline },
): string => {
  switch (state) {
    case "waiting":
      return pipeline.outcome === null ? "waiting" : "not begun";
    case "working":
      return stepWords(step, pipeline);
    case "rejected":
      return "changes requested";
    case "revised":
      return "changes requested, revised below";
    case "given_up":
      return `failed ${step.attempts.length} times, planned anew below`;
    case "unfinished":
      return "not finished";
    case "failed":
      return step.attempts.length > 1 ? `failed ${step.attempts.length} times` : "failed";
    case "kept":
      return "kept from an earlier pipeline";
    case "done":
      return joined(", ", ["done", waysWords(step)]);
    case "approved":
    case "blocked":
      return state;
    default:
      return state satisfies never;
  }
};

const stepWords = (step: Step, pipeline: Pipeline): string => {
  const last = step.attempts.at(-1);
  if (last === undefined) return "starting";
  const first = currentStep(pipeline)?.number;
  if (attemptState(last) === "to_settle" && first !== undefined && first !== step.number)
    return `answered, waits for step ${first}`;
  return last.finished === null ? workingWords(last) : "trying again";
};

/** In how many ways it was tried, if that was planned, and which was taken. */
const waysWords = ({ approaches = [], attempts }: Step): string => {
  const [attempt, ...more] = attempts;
  if (approaches.length === 0 || attempt === undefined || more.length > 0) return "";
  const tries = triesIn(attempt).length;
  const { taken } = crewOf(attempt);
  const words = taken === undefined ? "in one way" : `best of ${tries}: ${workerName(taken)}`;
  return tries < approaches.length
    ? `${words} (${approaches.length} were planned: the limits left no room)`
    : words;
};

const triedWords = (attempt: Attempt): string => {
  const { workers } = crewOf(attempt);
  const atWork = workers.filter(isLive);
  if (atWork.some(({ on }) => on !== undefined)) return `${plural(atWork.length, "judge")} at work`;
  const tries = triesIn(attempt).length;
  return atWork.length === 0 ? "being taken over" : `tried in ${tries} ways, ${atWork.length} at work`;
};

/** For a conversation that is not over. */
export const workingWords = (attempt: Attempt): string => {
  if (isLed(attempt)) return triedWords(attempt);
  const atWork = crewOf(attempt).workers.filter(isAwaited).length;
  if (atWork > 0) return `working, with ${plural(atWork, "worker")}`;
  return attemptState(attempt) === "to_settle"
    ? "being checked"
    : `working, turn ${attempt.turns.length + 1}`;
};
