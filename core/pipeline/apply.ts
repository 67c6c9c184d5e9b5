// The fold: a journal becomes a pipeline. It refuses what cannot follow from what came before, on the runner and again in
// the App, so that a lying runner cannot complete a pipeline whose gate did not pass.
import { GateAnswer, isBlocked } from "../model/answer.ts";
import type { EventData, EventOf, JournalEvent } from "../model/event.ts";
import {
  type Attempt,
  type Hearing,
  type Pipeline,
  type Step,
  type Told,
  unbegun,
} from "../model/pipeline.ts";
import { plainStep } from "../model/plan.ts";
import { isSame } from "../model/same.ts";
import { sources } from "../model/sources.ts";
import { addUsage, NO_USAGE } from "../model/usage.ts";
import { workerName } from "../model/worker.ts";
import { addSteps } from "./add-steps.ts";
import { bestIn, isLed } from "./approaches.ts";
import { baseOfNext, canGoOn, joinStep } from "./beside.ts";
import {
  type Coordination,
  endWorker,
  failUnjoined,
  isJoinedNext,
  join,
  obey,
  replaceStep,
  startWorker,
  stopWorker,
  tellWorker,
  withAttempt,
  withoutBases,
  workerOf,
  workerTurn,
} from "./crew.ts";
import { atOf, failed } from "./decide.ts";
import { ANALYST, analysisOf } from "./escalation.ts";
import { handoverOf } from "./handover-of.ts";
import { illegal } from "./illegal.ts";
import { limitOfPipeline } from "./limits.ts";
import { isBaseUnchecked } from "./own-commands.ts";
import {
  attemptState,
  awaitsApproval,
  currentSteps,
  gateSource,
  isPassed,
  isPlanner,
  PLANNER_ROLE,
  plannerOf,
  refusalOf,
  toldTo,
  verdictOf,
} from "./state.ts";
import { crewOf, heardBehind, isLive, unjoined } from "./workers.ts";

/** Folds a whole journal, or what follows on `known`. Throws `illegal_event` at the first event that cannot follow. */
export const fold = (journal: readonly JournalEvent[], known: Pipeline | null = null): Pipeline => {
  const pipeline = journal.reduce(
    (before, event) => (before === null ? open(event) : apply(before, event)),
    known,
  );
  if (pipeline === null) throw illegal("an empty journal has no pipeline");
  return pipeline;
};

export const open = (event: JournalEvent): Pipeline => {
  if (event.data.kind !== "opened" || event.seq !== 1) throw illegal("a journal begins with `opened`");
  const { opening } = event.data;
  return {
    opening,
    seq: 1,
    started_at: event.at,
    updated_at: event.at,
    run: null,
    setup: null,
    base_checks: null,
    plan: opening.kept?.plan ?? null,
    brief: opening.brief,
    held: false,
    consent: consentOf(opening),
    // A rerun by a person counts as approved.
    approved_by: opening.kept === null ? null : opening.task.asked_by,
    revisions: 0,
    told: [],
    hooks: [],
    steps: [PLANNER, ...keptSteps(opening.kept)],
    tree: null,
    stop: null,
    limit: null,
    paused: null,
    outcome: null,
    usage: NO_USAGE,
    usd: 0,
    dearest: 0,
    unpriced: false,
    seconds: 0,
    beyond: 0,
  };
};

const consentOf = ({ consented }: Pipeline["opening"]): string | null =>
  typeof consented === "string" ? consented : consented === true ? "somebody" : null;

export const apply = (pipeline: Pipeline, event: JournalEvent): Pipeline => {
  if (event.seq !== pipeline.seq + 1) throw illegal(`event ${event.seq} cannot follow event ${pipeline.seq}`);
  if (pipeline.outcome !== null) throw illegal(`\`${event.data.kind}\` after the pipeline finished`);
  return { ...pipeline, ...changeBy(pipeline, event.data), seq: event.seq, updated_at: event.at };
};

const PLANNER = unbegun(plainStep(PLANNER_ROLE, { brief: "Plan the work." }), 0);

const changeBy = (pipeline: Pipeline, data: EventData): Partial<Pipeline> => {
  switch (data.kind) {
    case "opened":
      throw illegal("a journal has one `opened`");
    case "claimed":
      return { run: data, paused: null };
    case "set_up":
      if (pipeline.setup !== null) throw illegal("setup is journalled once");
      return {
        setup: data,
        tree: data.tree,
        seconds: pipeline.seconds + sum(data.commands.map(c => c.seconds)),
      };
    case "base_checked":
      if (!isBaseUnchecked(pipeline)) throw illegal("the base is checked once, before any attempt");
      return { base_checks: data.ran, seconds: pipeline.seconds + sum(data.ran.map(run => run.seconds)) };
    case "attempt_started":
      if (data.worker !== undefined) return { steps: inAttempt(pipeline, data, at => startWorker(data, at)) };
      return {
        steps: replaceStep(pipeline, startAttempt(pipeline, data)),
        told: heardLate(pipeline, data),
      };
    case "turn":
      return takeTurn(pipeline, data);
    case "attempt_finished":
      return afterAttempt(pipeline, data);
    case "step_given_up":
      return {
        steps:
          data.worker === undefined
            ? replaceStep(pipeline, giveUp(pipeline, data))
            : inAttempt(pipeline, data, at => giveUpWorker(data, at)),
      };
    case "led":
      return { steps: replaceStep(pipeline, lead(pipeline, data)) };
    case "joined":
      return {
        steps:
          data.worker === undefined
            ? replaceStep(pipeline, joinStep(pipeline, data))
            : inAttempt(pipeline, data, at => join(data, at)),
        tree: data.tree,
      };
    case "planned":
      return plan(pipeline, data);
    case "plan_held":
      if (pipeline.held || !(awaitsApproval(pipeline) || refusalOf(pipeline) !== null))
        throw illegal("there is no plan to hold");
      return { held: true };
    case "plan_approved":
      if (!pipeline.held) throw illegal("no plan waits for approval");
      return refusalOf(pipeline) === null
        ? { held: false, approved_by: data.by }
        : { held: false, consent: data.by };
    case "steps_added":
      return addSteps(pipeline, data);
    case "hook_ran":
      return { hooks: [...pipeline.hooks, data], seconds: pipeline.seconds + data.ran.seconds };
    case "limit_reached":
      return { limit: data };
    case "stop_asked":
      return { stop: data };
    case "worker_stop_asked":
      return { steps: stopWorker(data, pipeline) };
    case "told":
      return tell(pipeline, data);
    case "paused":
      return { paused: data.reason };
    case "interrupted":
      return { paused: data.reason };
    case "finished":
      return finish(pipeline, data);
  }
};

const startAttempt = (pipeline: Pipeline, data: EventOf<"attempt_started">): Step => {
  const step = beginning(pipeline, data);
  const attempt = { number: data.attempt, started: data, turns: [], finished: null };
  if (step.beside !== true) return { ...step, attempts: [...step.attempts, attempt] };
  const from = baseOfNext(pipeline, step, data.joins);
  return { ...step, attempts: [...step.attempts, { ...attempt, joined: null }], from };
};

/** The first `led` makes the attempt, which has no conversation of its own; later ones belong to it. */
const lead = (pipeline: Pipeline, data: EventOf<"led">): Step => {
  const step = stepOf(pipeline, data.step);
  if (step.approaches === undefined) throw illegal(`step ${step.number} is done in one way`);
  const last = step.attempts.at(-1);
  if (last?.number === data.attempt) {
    const attempt = liveAttempt(step, data.attempt);
    if (!isLed(attempt)) throw illegal(`attempt ${data.attempt} has a conversation of its own`);
    return withAttempt(step, obey(data.orders, { pipeline, step, attempt }));
  }
  const attempt = { number: data.attempt, started: null, turns: [], finished: null };
  const begun = { ...beginning(pipeline, data), attempts: [...step.attempts, attempt] };
  return withAttempt(begun, obey(data.orders, { pipeline, step: begun, attempt }));
};

/** The step of an attempt that may begin now. */
const beginning = (pipeline: Pipeline, data: EventOf<"attempt_started" | "led">): Step => {
  const step = stepOf(pipeline, data.step);
  if (pipeline.setup?.ok !== true) throw illegal("no attempt before a setup that worked");
  if (awaitsApproval(pipeline) || pipeline.held) throw illegal("no attempt before the plan is approved");
  if (!currentSteps(pipeline).includes(step)) throw illegal(`step ${step.number} is not the one to work on`);
  if (data.role !== step.role) throw illegal(`step ${step.number} is ${step.role}'s, not ${data.role}'s`);
  const last = step.attempts.at(-1);
  if (last !== undefined && last.finished?.outcome !== "failed")
    throw illegal(`attempt ${last.number} has not failed`);
  if (data.attempt !== step.attempts.length + 1) throw illegal(`attempt ${data.attempt} is out of order`);
  return step;
};

/** What was said while the first reply was awaited is not in the first message, so it is heard after that reply. */
const heardLate = (
  { told }: Pipeline,
  { heard, step, attempt }: EventOf<"attempt_started">,
): readonly Told[] =>
  told.map((said, index) =>
    index < (heard ?? told.length) ? said : { ...said, heard: [...said.heard, { step, attempt, turn: 0 }] },
  );

/** What was written beside others is the pipeline's only once it is joined. */
const takeTurn = (pipeline: Pipeline, data: EventOf<"turn">): Partial<Pipeline> => {
  const ofWorker = data.worker !== undefined;
  const isApart = ofWorker || pipeline.steps[data.step]?.beside === true;
  return {
    steps: inAttempt(pipeline, data, at => (ofWorker ? workerTurn(data, at) : ownTurn(data, at))),
    tree: (isApart ? null : data.wrote?.tree) ?? pipeline.tree,
    usage: addUsage(pipeline.usage, data.reply.usage),
    usd: pipeline.usd + (data.usd ?? 0),
    dearest: Math.max(pipeline.dearest, data.usd ?? 0),
    unpriced: pipeline.unpriced || data.usd === null,
    seconds: pipeline.seconds + data.seconds,
    beyond: pipeline.beyond + (limitOfPipeline(pipeline) === null ? 0 : 1),
  };
};

const ownTurn = (data: EventOf<"turn">, { pipeline, step, attempt }: Coordination): Attempt => {
  if (attemptState(attempt) !== "talking") throw illegal("a turn after the conversation was over");
  if (data.wrote !== null && !step.writes) throw illegal(`${step.role} may not change files`);
  if (data.orders !== undefined && attempt.started?.workers !== true)
    throw illegal(`${step.role} may not start workers`);
  const after = { ...attempt, turns: [...attempt.turns, data] };
  if (data.orders !== undefined) return obey(data.orders, { pipeline, step, attempt: after });
  // It answered before it heard what was said meanwhile, so the answer is not its last word.
  const isUnheard = toldTo(pipeline, { step, attempt }).some(({ turn }) => turn === attempt.turns.length);
  return isUnheard && canGoOn(withAttempt(step, after), pipeline) ? takenUp(after) : after;
};

/** After its answer. */
const takenUp = (attempt: Attempt): Attempt => ({ ...attempt, resumed: attempt.turns.length });

const afterAttempt = (pipeline: Pipeline, data: EventOf<"attempt_finished">): Partial<Pipeline> => {
  const seconds = pipeline.seconds + sum(data.checks.map(c => c.seconds));
  if (data.worker !== undefined)
    return { steps: inAttempt(pipeline, data, at => workerEnd(data, at)), seconds };
  const step = finishAttempt(pipeline, data);
  const refined = step.role === ANALYST ? analysisOf(step)?.refined_brief.trim() : undefined;
  return {
    steps: replaceStep(pipeline, step),
    seconds,
    ...(refined ? { brief: refined } : {}),
  };
};

const tell = (pipeline: Pipeline, data: EventOf<"told">): Partial<Pipeline> => {
  const { by, worker, text } = data;
  const toWorker = tellWorker(data, pipeline);
  if (toWorker !== null) return toWorker;
  const steps = currentSteps(pipeline);
  const goingOn = steps.filter(step => canGoOn(step, pipeline));
  const said: Told = {
    by,
    text: worker === undefined ? text : `To ${workerName(worker)}, which is over: ${text}`,
    heard: steps.flatMap(step => hearingIn(step, { pipeline, goesOn: goingOn.includes(step) })),
  };
  return {
    told: [...pipeline.told, said],
    steps: pipeline.steps.map(step =>
      goingOn.includes(step) ? withAttempt(step, takenUp(step.attempts.at(-1) as Attempt)) : step,
    ),
  };
};

/** Under way, it hears after its present turn, or at once if it waits for its workers or for what comes of its answer. */
const hearingIn = (
  step: Step,
  { pipeline, goesOn }: { readonly pipeline: Pipeline; readonly goesOn: boolean },
): readonly Hearing[] => {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined || !(goesOn || attemptState(attempt) === "talking")) return [];
  const place = { step: step.number, attempt: attempt.number };
  if (goesOn) return [{ ...place, turn: attempt.turns.length - 1 }];
  return [{ ...place, turn: heardBehind(attempt, toldTo(pipeline, { step, attempt })) }];
};

const finishAttempt = (pipeline: Pipeline, data: EventOf<"attempt_finished">): Step => {
  const step = stepOf(pipeline, data.step);
  const attempt = liveAttempt(step, data.attempt);
  const ended = isLed(attempt) ? take(step, { data, attempt }) : finished(step, data);
  return { ...ended, attempts: ended.attempts.map(withoutBases) };
};

/** One of several tries becomes the step's: its answer was checked like any other. */
const take = (
  step: Step,
  { data, attempt }: { readonly data: EventOf<"attempt_finished">; readonly attempt: Attempt },
): Step => {
  const crew = crewOf(attempt);
  const best = bestIn(attempt);
  if (crew.workers.some(isLive)) throw illegal(`step ${step.number} is still being tried`);
  if (data.outcome !== (best === null ? "failed" : "done")) throw illegal("its tries came to something else");
  if (best === null) return withAttempt(step, { ...attempt, finished: data });
  if (unjoined(best).length > 0) throw illegal("what it wrote is not joined");
  const ended = { ...attempt, finished: data, crew: { ...crew, taken: best.worker } };
  return { ...withAttempt(step, ended), answer: best.answer };
};

const workerEnd = (data: EventOf<"attempt_finished">, at: Coordination): Attempt => {
  const worker = workerOf(at.attempt, data.worker ?? 0);
  if (worker.stopped) throw illegal(`worker ${worker.worker} was stopped`);
  const isUnjoined = data.outcome === "failed" && isJoinedNext(worker, at);
  return endWorker(isUnjoined ? failUnjoined(worker, data) : finished(worker, data), at);
};

const giveUp = (pipeline: Pipeline, data: EventOf<"step_given_up">): Step => {
  const step = stepOf(pipeline, data.step);
  if (step.part !== "afterwards" || !currentSteps(pipeline).includes(step))
    throw illegal(`step ${step.number} is none that may be given up`);
  if (data.attempt !== 1) throw illegal(`attempt ${data.attempt} is out of order`);
  return givenUp(step, data);
};

const giveUpWorker = (data: EventOf<"step_given_up">, at: Coordination): Attempt => {
  const worker = workerOf(at.attempt, data.worker ?? 0);
  if (!isLive(worker)) throw illegal(`worker ${worker.worker} is over`);
  return endWorker(givenUp(worker, data), at);
};

/** If it had not begun, it gets an attempt without a conversation. */
const givenUp = <S extends Step>(step: S, { attempt: number, reason }: EventOf<"step_given_up">): S => {
  const attempt = step.attempts.at(-1) ?? { number, started: null, turns: [] };
  return withAttempt(step, { ...attempt, finished: failed(atOf(step, attempt.number), reason) });
};

const finished = <S extends Step>(step: S, data: EventOf<"attempt_finished">): S => {
  const attempt = liveAttempt(step, data.attempt);
  const submitted = attempt.turns.at(-1)?.submitted ?? null;
  if (data.outcome !== "failed" && submitted === null) throw illegal(`\`${data.outcome}\` without an answer`);
  const unjudged = data.checks.some(check => check.not_judged !== undefined);
  if (data.outcome === "blocked" && (submitted === null || !(isBlocked(submitted) || unjudged))) {
    throw illegal("`blocked` with an answer that does not say so");
  }
  if (data.outcome === "done" && step.gate && !GateAnswer.safeParse(data.answer).success) {
    throw illegal("a gate is done only with a verdict");
  }
  const ended = withAttempt(step, { ...attempt, finished: data });
  return data.outcome === "done" ? { ...ended, answer: data.answer ?? submitted } : ended;
};

const plan = (pipeline: Pipeline, data: EventOf<"planned">): Partial<Pipeline> => {
  const planner = stepOf(pipeline, pipeline.plan === null ? 0 : pipeline.steps.length - 1);
  if (!isPlanner(planner)) throw illegal("a pipeline is planned once, and again only when it is asked for");
  if (planner.answer === null) throw illegal("no plan before the project manager's answer");
  if (data.plan.steps.some(step => step.part !== "plan"))
    throw illegal("a plan has its own steps and no others");
  const steps = data.plan.steps.map(
    (step, index): Step => ({
      ...unbegun(step, planner.number + 1 + index),
      depends_on: step.depends_on === null ? null : step.depends_on + planner.number,
    }),
  );
  return {
    plan: data.plan,
    steps: [...pipeline.steps, ...steps],
    // Whoever approved the first plan has not seen this one.
    ...(planner.number > 0 && pipeline.opening.hold ? { approved_by: null } : {}),
  };
};

const finish = (pipeline: Pipeline, data: EventOf<"finished">): Partial<Pipeline> => {
  if (data.outcome === "passed" && !isPassed(pipeline))
    throw illegal("`passed` without a gate that approved");
  if (data.outcome === "returned" && data.return === null) throw illegal("`returned` without a return");
  if (data.return !== null && !mayReturn(pipeline, data.return.source)) {
    throw illegal(`no rejection in this pipeline has the source ${data.return.source}`);
  }
  const handover = data.handover ?? null;
  if ((data.outcome === "superseded") !== (handover !== null))
    throw illegal("`superseded` hands over, nothing else does");
  if (handover !== null && !isSame(handover, handoverOf(pipeline))) throw illegal("nobody handed that over");
  return { outcome: { kind: data.outcome, reason: data.reason, return: data.return, handover } };
};

/** A pipeline's own returns come from its gate or its planner; people's come through intake, not the journal. */
const mayReturn = (pipeline: Pipeline, source: string): boolean => {
  const { pipeline: id, type, dry_run } = pipeline.opening;
  if (type === "escalation" || dry_run) return false;
  const planner = plannerOf(pipeline)?.attempts.at(-1)?.finished;
  if (source === sources.planner(id)) return planner?.outcome === "blocked";
  return pipeline.steps.some(
    step =>
      verdictOf(step)?.verdict === "changes_requested" &&
      !step.revised &&
      source === gateSource(step, pipeline),
  );
};

const keptSteps = (kept: Pipeline["opening"]["kept"]): readonly Step[] =>
  (kept?.plan.steps ?? []).map((step, index) => ({
    ...unbegun(step, index + 1),
    answer: kept?.answers.find(answer => answer.step === index + 1)?.answer ?? null,
  }));

const stepOf = (pipeline: Pipeline, number: number): Step => {
  const step = pipeline.steps[number];
  if (step === undefined) throw illegal(`there is no step ${number}`);
  return step;
};

const liveAttempt = (step: Step, number: number): Attempt => {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined || attempt.number !== number || attempt.finished !== null) {
    throw illegal(`attempt ${number} of step ${step.number} is not under way`);
  }
  return attempt;
};

/** The steps with a change to that attempt, which must be under way. */
const inAttempt = (
  pipeline: Pipeline,
  { step: number, attempt }: { readonly step: number; readonly attempt: number },
  change: (at: Coordination) => Attempt,
): readonly Step[] => {
  const step = stepOf(pipeline, number);
  const live = liveAttempt(step, attempt);
  return replaceStep(pipeline, withAttempt(step, change({ pipeline, step, attempt: live })));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
