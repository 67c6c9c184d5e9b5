// What happens next, from the pipeline alone: a set of commands, each one effect or one model turn.
import { type GateAnswer, gateReason } from "../model/answer.ts";
import type { EventData, EventOf, Outcome } from "../model/event.ts";
import type { Handover } from "../model/handover.ts";
import type { Attempt, Pipeline, Step, Worker } from "../model/pipeline.ts";
import { sources } from "../model/sources.ts";
import { type Order, workerName } from "../model/worker.ts";
import { type Addition, afterwardsOf, decompositionOf, replanOf, revisionOf } from "./added-steps.ts";
import { bestIn, failureOf, isLed, judgesOf, triesOf } from "./approaches.ts";
import { hasToJoin } from "./beside.ts";
import { blockedBecause, blockedCategory } from "./blocked.ts";
import { analysisOf } from "./escalation.ts";
import { handoverOf } from "./handover-of.ts";
import { dueHook } from "./hooks.ts";
import { limitOfAttempt, limitOfPipeline, mostAtOnce } from "./limits.ts";
import { isBaseUnchecked, ownCommands } from "./own-commands.ts";
import {
  attemptState,
  awaitsApproval,
  currentStep,
  currentSteps,
  gateSource,
  isPassed,
  isPlanner,
  isUnconfirmed,
  MOST_ATTEMPTS,
  plannerOf,
  refusalOf,
  toldTo,
  verdictOf,
} from "./state.ts";
import { crewOf, isLive, isToJoin, talkOf, unjoined, waits } from "./workers.ts";

const MOST_REFUSALS = 2;

export type Command =
  | { readonly kind: "set_up"; readonly key: string }
  /** The project's own commands, before anything is changed. */
  | { readonly kind: "check_base"; readonly key: string; readonly commands: readonly string[] }
  /** `held`: it goes on if it is under way, because it is paid for, but does not begin. */
  | ({ readonly kind: "take_turn"; readonly key: string; readonly held?: true } & At)
  /** The conversation is over: check the answer, run the project's gates. */
  | ({ readonly kind: "settle"; readonly key: string } & At)
  /** What was written beside others becomes part of the pipeline's work; if it cannot, its writer has failed. */
  | ({ readonly kind: "join"; readonly key: string } & At)
  /** `hook` names it in the journal. */
  | ({ readonly kind: "run_hook"; readonly hook: string; readonly command: string } & Ending)
  /** Nothing to do in the world: these events are the decision. */
  | ({ readonly kind: "conclude"; readonly events: readonly EventData[] } & Ending);

interface Ending {
  readonly key: string;
  /** Once nothing else is under way. */
  readonly last?: true;
}

/** A conversation: a step's, or one that works for it. */
export interface At {
  readonly step: number;
  readonly attempt: number;
  readonly worker?: number | undefined;
}

/** An empty set: the pipeline is over, or waits for a person or another run. */
export const decide = (pipeline: Pipeline): readonly Command[] => {
  if (pipeline.outcome !== null || pipeline.paused !== null) return [];
  if (pipeline.stop !== null) return [conclude("stopped", `${pipeline.stop.reason} (${pipeline.stop.by})`)];
  if (pipeline.setup === null) return pipeline.held ? [] : [{ kind: "set_up", key: "setup" }];
  if (!pipeline.setup.ok) return [conclude("blocked", pipeline.setup.reason ?? "The setup failed.")];
  if (refusalOf(pipeline) !== null) return pipeline.held ? [] : [concludeAll([{ kind: "plan_held" }])];
  if (isBaseUnchecked(pipeline) && !pipeline.held)
    return [{ kind: "check_base", key: "base", commands: ownCommands(pipeline) }];
  if (pipeline.plan !== null && pipeline.opening.dry_run)
    return [conclude("planned_only", "A dry run ends with the plan.")];
  if (pipeline.held) return [];
  if (awaitsApproval(pipeline)) return [concludeAll([{ kind: "plan_held" }])];
  const next = withinLimits(pipeline, nextCommands(pipeline));
  const events = next.flatMap(command => (command.kind === "conclude" ? command.events : []));
  const hook = dueHook(pipeline, events);
  if (hook === null) return next;
  // Others that are at work are not disturbed.
  const isLast = next.some(isLastOf);
  const isShared = isLast || currentSteps(pipeline).some(({ beside }) => beside === true);
  const others = isShared ? next.filter(({ kind }) => kind !== "conclude") : [];
  const last = isLast ? ({ last: true } as const) : {};
  return [{ kind: "run_hook", key: `hook/${hook.hook}`, ...hook, ...last }, ...others];
};

/** What begins first if nothing is under way. */
export const firstOf = (commands: readonly Command[]): Command | undefined =>
  commands.find(command => !("held" in command));

const isLastOf = (command: Command): boolean => "last" in command;

/**
 * Once a limit of the pipeline is reached, nobody begins a call. Calls under way are paid for: they count, and the end
 * waits for them, one per conversation.
 */
const withinLimits = (pipeline: Pipeline, next: readonly Command[]): readonly Command[] => {
  const reached = limitOfPipeline(pipeline);
  if (reached === null || !next.some(({ kind }) => kind === "take_turn")) return next;
  const end = next.find(isEnd) ?? concludeAll([reached.event, finished("blocked", reached.text)]);
  // guard: calls-beyond-a-limit
  const isOver = pipeline.beyond >= mostAtOnce(pipeline.opening.config);
  const others = next.filter(command => !isEnd(command) && !(isOver && command.kind === "take_turn"));
  return [...others.map(heldBack), comingLast(end)];
};

const heldBack = (command: Command): Command =>
  command.kind === "take_turn" ? { ...command, held: true } : command;

const comingLast = (command: Command): Command =>
  command.kind === "conclude" ? { ...command, last: true } : command;

const nextCommands = (pipeline: Pipeline): readonly Command[] => {
  const end = rejection(pipeline) ?? judgement(pipeline);
  if (end !== null) return [end];
  return isPassed(pipeline) ? closing(pipeline) : onward(pipeline);
};

/** A gate's rejection leads to a revision if one is left, or else ends the pipeline. */
const rejection = (pipeline: Pipeline): Command | null => {
  for (const step of pipeline.steps) {
    const verdict = verdictOf(step);
    if (verdict?.verdict !== "changes_requested" || step.revised) continue;
    const revision = revisionOf(pipeline, step);
    return revision === null ? reject(pipeline, { step, verdict }) : add(revision);
  }
  return null;
};

/** What an analysis, a smoke test or a decomposition found may end the pipeline without a gate. */
const judgement = (pipeline: Pipeline): Command | null => {
  const handover = handoverOf(pipeline);
  if (handover?.kind === "escalation")
    return superseded(handover, `Handed over to ${handover.head}. ${handover.root_cause}`);
  if (handover?.kind === "children") {
    const cut = `It was cut into ${handover.tasks.length} smaller ones. ${blockedBecause(pipeline.steps[0])}`;
    return superseded(handover, cut, plannerReturn(pipeline));
  }
  for (const step of pipeline.steps) {
    const analysis = analysisOf(step);
    if (analysis?.escalate_to_dept_head === true)
      return conclude("needs_info", `A maintainer has to look: ${analysis.root_cause_analysis}`);
    if (analysis !== null && analysis.clarification_list.length > 0)
      return conclude(
        "needs_info",
        `It keeps coming back, and questions are open. ${analysis.root_cause_analysis}`,
      );
    if (isUnconfirmed(step))
      return conclude(
        "needs_info",
        `${titleOf(step)} cannot confirm it: ${String(step.answer?.reason ?? "")}`,
      );
  }
  return null;
};

/** The gate passed, so what comes afterwards does no harm, whatever becomes of it. */
const closing = (pipeline: Pipeline): readonly Command[] => {
  const more = afterwardsOf(pipeline);
  if (more !== null) return [add(more)];
  const step = currentStep(pipeline);
  const passed = conclude("passed", approvalOf(pipeline));
  if (step === null || limitOfPipeline(pipeline) !== null) return [passed];
  return nextOf(pipeline, step);
};

const approvalOf = (pipeline: Pipeline): string => {
  const verdict = pipeline.steps.map(verdictOf).findLast(found => found?.verdict === "approved");
  if (verdict != null) return gateReason(verdict);
  const decision = pipeline.steps.findLast(step => step.head)?.answer;
  return String(decision?.decision ?? decision?.handoff_notes ?? "");
};

const onward = (pipeline: Pipeline): readonly Command[] => {
  const steps = currentSteps(pipeline);
  if (steps.length > 0) return sideBySide(pipeline, steps);
  return pipeline.plan === null
    ? [tooLarge(pipeline)]
    : [conclude("blocked", "The plan does not end with a gate.")];
};

/**
 * Conversations go on side by side; their results are joined and checked in the plan's order. What ends the pipeline waits
 * for those still at work, and no new attempt begins.
 */
const sideBySide = (pipeline: Pipeline, steps: readonly Step[]): readonly Command[] => {
  const all: Command[] = [];
  for (const step of steps) {
    const isFree = !all.some(command => !isEnd(command));
    all.push(...nextOf(pipeline, step, isFree));
  }
  const [end] = all.filter(isEnd);
  if (end === undefined) return all;
  const work = all.filter(command => !isEnd(command));
  return [
    ...work.map(command => (isBeginning(pipeline, command) ? heldBack(command) : command)),
    comingLast(end),
  ];
};

/** For an attempt that is not in the journal yet. */
const isBeginning = ({ steps }: Pipeline, command: Command): boolean =>
  "attempt" in command && (steps[command.step]?.attempts.length ?? 0) < command.attempt;

const isEnd = (command: Command): boolean =>
  command.kind === "conclude" &&
  command.events.some(({ kind }) => kind === "finished" || kind === "steps_added");

/** `isFree`: nobody is at work on a step before it. */
const nextOf = (pipeline: Pipeline, step: Step, isFree = true): readonly Command[] => {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined) return [begin(pipeline, step)];
  switch (attemptState(attempt)) {
    case "talking":
      return besideWorkers(pipeline, step, attempt);
    case "to_settle":
      return isFree ? [settled(step, attempt)] : [];
    case "finished":
      return [afterAttempt(pipeline, step, attempt)];
  }
};

const begin = (pipeline: Pipeline, step: Step): Command => {
  const orders = triesOf(pipeline, step);
  return orders.length === 0 ? talk(pipeline, step, null) : lead(step, { attempt: 1, orders });
};

const lead = (
  step: Step,
  { attempt, orders }: { readonly attempt: number; readonly orders: readonly Order[] },
): Command => ({
  ...concludeAll([{ kind: "led", step: step.number, attempt, role: step.role, orders: [...orders] }]),
  key: `lead/${keyOf(step, attempt)}`,
});

/**
 * For a step that is tried in several ways: once all tries are over their judges, then the join of the one to take, then
 * the step's end.
 */
const leading = (pipeline: Pipeline, step: Step, attempt: Attempt): readonly Command[] => {
  if (crewOf(attempt).workers.some(isLive)) return [];
  const orders = judgesOf(pipeline, step, attempt);
  if (orders.length > 0) return [lead(step, { attempt: attempt.number, orders })];
  const best = bestIn(attempt);
  if (best !== null && unjoined(best).length > 0) return [joinOf(best, attempt.number)];
  const at = atOf(step, attempt.number);
  if (best === null) return [concludeAll([failed(at, failureOf(attempt))])];
  const answer = { ...best.answer };
  return [
    concludeAll([{ kind: "attempt_finished", ...at, outcome: "done", answer, reason: null, checks: [] }]),
  ];
};

/** What was written beside others is joined before it is checked. */
const settled = (step: Step, { number }: Attempt): Command => {
  const kind = hasToJoin(step) ? "join" : "settle";
  return { kind, key: `${kind}/${keyOf(step, number)}`, ...atOf(step, number) };
};

/**
 * A conversation and those that work for it. One join at a time, in the workers' order: each makes the tree that the next
 * one adds to. After a limit that ends the conversation nobody begins anything; a worker's own limit ends only that worker.
 */
const besideWorkers = (pipeline: Pipeline, step: Step, attempt: Attempt): readonly Command[] => {
  const { workers } = crewOf(attempt);
  const own = isLed(attempt) ? leading(pipeline, step, attempt) : ownTurn(pipeline, step, attempt);
  const { workers: most, attempts_in_parallel } = pipeline.opening.config.limits;
  const atWork = workers
    .filter(isLive)
    .toSorted((a, b) => a.queued - b.queued)
    .slice(0, isLed(attempt) ? attempts_in_parallel : most);
  const all = [...own, ...atWork.map(worker => workerCommand(pipeline, worker, attempt.number))];
  const ends = all.filter(command => command.kind === "conclude");
  const end = ends.find(({ events }) => !events.some(isOfWorker));
  const turns = all.filter(({ kind }) => kind === "take_turn");
  if (end !== undefined) return turns.length === 0 ? [end] : [...turns.map(heldBack), comingLast(end)];
  const joining = workers.find(isToJoin);
  return [
    ...ends,
    ...all.filter(({ kind }) => kind !== "conclude"),
    ...(joining === undefined ? [] : [joinOf(joining, attempt.number)]),
  ];
};

const ownTurn = (pipeline: Pipeline, step: Step, attempt: Attempt): readonly Command[] =>
  waits(attempt, toldTo(pipeline, { step, attempt })) ? [] : [talk(pipeline, step, attempt)];

const isOfWorker = (event: EventData): boolean => "worker" in event && event.worker !== undefined;

const workerCommand = (pipeline: Pipeline, worker: Worker, attempt: number): Command => {
  const talking = talkOf(worker);
  if (talking === null || attemptState(talking) === "talking")
    return talk(pipeline, worker, talking, attempt);
  return { kind: "settle", key: `settle/${keyOf(worker, attempt)}`, ...atOf(worker, attempt) };
};

const joinOf = (worker: Worker, attempt: number): Command => ({
  kind: "join",
  key: `join/${keyOf(worker, attempt)}`,
  step: worker.number,
  attempt,
  worker: worker.worker,
});

const afterAttempt = (pipeline: Pipeline, step: Step, attempt: Attempt): Command => {
  const finished = attempt.finished as EventOf<"attempt_finished">;
  if (finished.outcome === "blocked") return block(pipeline, step);
  const isRefused = step.attempts.filter(wasRefused).length >= MOST_REFUSALS;
  if (!isRefused && step.attempts.length < MOST_ATTEMPTS) return talk(pipeline, step, null);
  if (step.part === "decomposition") return tooLarge(pipeline);
  const again = replanOf(pipeline);
  if (again !== null) return add(again);
  return conclude(
    "blocked",
    isRefused
      ? `${titleOf(step)}: the model refused twice. Say the task in other words, or do this one by hand.`
      : `${titleOf(step)} failed ${MOST_ATTEMPTS} times. The last time: ${finished.reason ?? "no reason given"}`,
  );
};

const wasRefused = (attempt: Attempt): boolean => attempt.turns.at(-1)?.reply.stop_reason === "refusal";

/** `attempt` is null if a new one begins. The pipeline's limits come before its own. */
const talk = (
  pipeline: Pipeline,
  step: Step | Worker,
  attempt: Attempt | null,
  number = attempt?.number ?? step.attempts.length + 1,
): Command => {
  const isOver = attempt === null || limitOfPipeline(pipeline) !== null;
  const give = isOver ? null : limitOfAttempt(pipeline, attempt);
  if (give !== null)
    return {
      ...concludeAll([give.event, failed(atOf(step, number), give.text)]),
      key: `end/${keyOf(step, number)}`,
    };
  return { kind: "take_turn", key: keyOf(step, number), ...atOf(step, number) };
};

export const atOf = (step: Step | Worker, attempt: number): At => ({
  step: step.number,
  attempt,
  ...("worker" in step ? { worker: step.worker } : {}),
});

export const failed = (at: At, reason: string): EventOf<"attempt_finished"> => ({
  kind: "attempt_finished",
  ...at,
  outcome: "failed",
  answer: null,
  reason,
  checks: [],
});

/** A planner that cannot plan sends the task back to its author; a specialist that cannot work asks people. */
const block = (pipeline: Pipeline, step: Step): Command => {
  const reason = blockedBecause(step);
  if (step.part === "decomposition") return tooLarge(pipeline);
  if (!isPlanner(step) || pipeline.opening.type === "escalation")
    return conclude("needs_info", `${titleOf(step)}: ${reason}`);
  const smaller = decompositionOf(pipeline);
  return smaller === null ? conclude("needs_info", reason, plannerReturn(pipeline)) : add(smaller);
};

/** It could not be cut into smaller ones, so its author has to. */
const tooLarge = (pipeline: Pipeline): Command =>
  conclude("needs_info", blockedBecause(pipeline.steps[0]), plannerReturn(pipeline));

/** A dry run leaves nothing behind. */
const plannerReturn = ({ opening, steps }: Pipeline): ReturnOf =>
  opening.dry_run
    ? null
    : {
        category: blockedCategory(plannerOf({ steps })),
        by: "pm",
        source: sources.planner(opening.pipeline),
        findings: [],
      };

const reject = (
  pipeline: Pipeline,
  { step, verdict }: { readonly step: Step; readonly verdict: GateAnswer },
): Command => {
  const reason = `Gate ${step.role}: ${gateReason(verdict)}`;
  if (pipeline.opening.type === "escalation") return conclude("blocked", reason);
  return conclude("returned", reason, {
    category: "recurring_quality_fail",
    by: step.role,
    source: gateSource(step, pipeline),
    findings: verdict.findings,
  });
};

/** A stopped worker that is taken up again is another command, so what was under way is aborted. */
const keyOf = (step: Step | Worker, attempt: number): string =>
  "worker" in step
    ? `${step.number}/${attempt}/${workerName(step.worker)}@${step.queued}`
    : `${step.number}/${attempt}`;
const titleOf = (step: Step): string =>
  step.number === 0 ? "The project manager" : `Step ${step.number} (${step.role})`;

type ReturnOf = EventOf<"finished">["return"];

const finished = (outcome: Outcome, reason: string, returned: ReturnOf = null): EventOf<"finished"> => ({
  kind: "finished",
  outcome,
  reason,
  return: returned,
});

const concludeAll = (events: readonly EventData[]): Command => ({
  kind: "conclude",
  key: "conclude",
  events,
});
const conclude = (outcome: Outcome, reason: string, returned: ReturnOf = null): Command =>
  concludeAll([finished(outcome, reason, returned)]);
const superseded = (handover: Handover, reason: string, returned: ReturnOf = null): Command =>
  concludeAll([{ ...finished("superseded", reason.trim(), returned), handover }]);
const add = ({ after, part, steps }: Addition): Command =>
  concludeAll([{ kind: "steps_added", after, part, steps: [...steps] }]);
