// The fold of a coordinator's workers: what its orders made of them, their own events, and what was joined.
import { seemsLive } from "../agents/known-workers.ts";
import { noticeOf } from "../agents/notice.ts";
import { coordinatorSays, kinSays, nameOf, personSays } from "../agents/voice.ts";
import { isInArea } from "../model/area.ts";
import { combineChanges, type FileChange } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
import { type Attempt, type Base, isPart, type Pipeline, type Step, type Worker } from "../model/pipeline.ts";
import { isSame } from "../model/same.ts";
import type { Order, OrderOf } from "../model/worker.ts";
import { asIf, bestIn, gateBehind, isLed } from "./approaches.ts";
import { baseBehind, clashes } from "./beside.ts";
import { illegal } from "./illegal.ts";
import { attemptState, currentStep, toldTo } from "./state.ts";
import { crewOf, endOf, heardBehind, isLive, isToJoin, talkOf, unjoined, workerState } from "./workers.ts";
import { changesOf, workBefore } from "./written.ts";

/** Where workers belong: a coordinator's attempt that is under way. */
export interface Coordination {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly attempt: Attempt;
}

export const workerOf = (attempt: Attempt, number: number): Worker => {
  const worker = crewOf(attempt).workers.find(({ worker }) => worker === number);
  if (worker === undefined) throw illegal(`there is no worker ${number}`);
  return worker;
};

/** `attempt` with its orders carried out; the turn that gave them is its last. */
export const obey = (orders: readonly Order[], at: Coordination): Attempt =>
  orders.reduce((attempt, order) => obeyed(order, { ...at, attempt }), at.attempt);

const obeyed = (order: Order, at: Coordination): Attempt => {
  const { attempt } = at;
  const crew = crewOf(attempt);
  switch (order.kind) {
    case "contract":
      return { ...attempt, crew: { ...crew, contract: order.text } };
    case "spawn":
      if (order.worker !== crew.workers.length + 1) throw illegal(`worker ${order.worker} is out of order`);
      return { ...attempt, crew: { ...crew, workers: [...crew.workers, spawned(order, at)] } };
    case "message":
      return withWorker(attempt, addressed(workerOf(attempt, order.worker), { order, at }));
    case "stop": {
      const worker = workerOf(attempt, order.worker);
      return isLive(worker) ? withWorker(attempt, { ...worker, stopped: true }) : attempt;
    }
    default:
      return order satisfies never;
  }
};

const spawned = (order: OrderOf<"spawn">, at: Coordination): Worker => {
  const { pipeline, attempt } = at;
  const { approaches: _, ...step } = standingFor(order, at);
  return {
    ...step,
    number: at.step.number,
    role: order.role,
    brief: order.task,
    gate: order.gate,
    writes: order.writes,
    attempts: [],
    answer: null,
    revised: false,
    worker: order.worker,
    description: order.description,
    area: order.area,
    stopped: false,
    to_join: false,
    since: crewOf(attempt).notices.length,
    queued: pipeline.seq,
    words: [],
    from: baseOf(order.on === undefined ? pipeline : asIf(pipeline, workerOf(attempt, order.on))),
    ...(order.approach === undefined ? {} : { approach: order.approach }),
    ...(order.on === undefined ? {} : { on: order.on }),
  };
};

/** What it has to answer for: as a try all that its step has to, as a judge what its gate has to, else only its task. */
const standingFor = ({ approach, on }: OrderOf<"spawn">, { pipeline, step }: Coordination): Step => {
  if (approach !== undefined) return step;
  if (on === undefined) return { ...step, criteria: [], head: false, decisions: [] };
  const gate = gateBehind(pipeline, step.number);
  if (gate === undefined) throw illegal(`no gate judges step ${step.number}`);
  return gate;
};

const baseOf = (pipeline: Pipeline): Base => ({
  tree: pipeline.tree ?? "",
  changes: changesOf(pipeline),
  carried: [],
  turns: 0,
});

/** As it was when its conversation was opened: others may have been joined while its first reply was awaited. */
const baseOfStart = (joins: number | undefined, { pipeline, attempt }: Coordination): Base => {
  const since = crewOf(attempt).joins.length - (joins ?? Number.POSITIVE_INFINITY);
  return since > 0 ? { ...baseOf(pipeline), ...workBefore(pipeline, since) } : baseOf(pipeline);
};

/** One at work hears it after its present turn; one that is over goes on, with the work as it is now. */
const addressed = (
  worker: Worker,
  {
    order,
    says = coordinatorSays(order.text),
    at,
  }: { readonly order: OrderOf<"message">; readonly says?: string; readonly at: Coordination },
): Worker => {
  const talk = talkOf(worker);
  const { role, writes, area } = order.as ?? worker;
  const heard = (turn: number, text = says) => [...worker.words, { text, turn }];
  // It cannot go on, or a person stopped it and its coordinator does not know yet.
  if (endOf(worker, at.pipeline) !== null || isStoppedUnheard(worker, at)) return worker;
  if (isLive(worker) && talk !== null && attemptState(talk) === "to_settle")
    return {
      ...worker,
      words: heard(talk.turns.length - 1),
      attempts: [{ ...talk, resumed: talk.turns.length }],
    };
  if (isLive(worker)) return { ...worker, words: heard(talk?.turns.length ?? 0) };
  const since = crewOf(at.attempt).notices.length;
  const as = { ...worker, role, writes, area };
  const again = { ...as, stopped: false, since, queued: at.pipeline.seq, answer: null };
  if (talk?.started == null)
    return { ...again, attempts: [], brief: `${worker.brief}\n\n${order.text}`, from: baseOf(at.pipeline) };
  const { from, seen } = goingOn(as, at.pipeline);
  return {
    ...again,
    words: heard(talk.turns.length - 1, [says, ...seen].join("\n\n")),
    from,
    attempts: [{ ...talk, finished: null, resumed: talk.turns.length }],
  };
};

const isStoppedUnheard = (worker: Worker, { attempt }: Coordination): boolean =>
  worker.stopped && seemsLive(crewOf(attempt), worker, attempt.turns.length - 1); // guard: a-persons-stop-stands

const MOST_NAMED = 50;

/** Files that others changed meanwhile stay theirs, files that are no longer in its area are left out, and it is told so. */
const goingOn = (
  worker: Worker,
  pipeline: Pipeline,
): { readonly from: Base; readonly seen: readonly string[] } => {
  const { tree, changes } = baseOf(pipeline);
  const own = unjoined(worker);
  const before = new Map(combineChanges([worker.from.changes, own]).map(change => [change.path, change]));
  const now = new Map(changes.map(change => [change.path, change]));
  const written = new Set(own.map(({ path }) => path));
  const lost = new Set(clashes(worker, changes));
  const outside = [...written].filter(path => !lost.has(path) && !isOf(worker, path));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    path => !isSame(before.get(path), now.get(path)) && (!written.has(path) || lost.has(path)),
  );
  return {
    from: {
      ...{ tree, changes, turns: talkOf(worker)?.turns.length ?? 0 },
      carried: own.filter(({ path }) => !lost.has(path) && !outside.includes(path)),
    },
    seen: [
      ...toldOf("since your last turn these files were changed by others", changed),
      ...toldOf("what you had written of these files is no part of yours any more and was put back", outside),
    ],
  };
};

const isOf = ({ writes, area }: Worker, path: string): boolean => writes && isInArea(path, area);

const toldOf = (what: string, paths: readonly string[]): readonly string[] =>
  paths.length === 0 ? [] : [kinSays(`${what}: ${paths.slice(0, MOST_NAMED).map(nameOf).join(", ")}.`)];

export const startWorker = (data: EventOf<"attempt_started">, at: Coordination): Attempt => {
  const worker = workerOf(at.attempt, data.worker ?? 0);
  if (workerState(worker) !== "pending") throw illegal(`worker ${worker.worker} has begun`);
  if (data.role !== worker.role) throw illegal(`worker ${worker.worker} is ${worker.role}, not ${data.role}`);
  const talk = { number: data.attempt, started: data, turns: [], finished: null };
  const from = isPart(worker) ? baseOfStart(data.joins, at) : worker.from;
  return withWorker(at.attempt, { ...worker, attempts: [talk], from });
};

export const workerTurn = (data: EventOf<"turn">, { attempt }: Coordination): Attempt => {
  const worker = workerOf(attempt, data.worker ?? 0);
  const talk = talkOf(worker);
  if (talk === null || !isLive(worker) || attemptState(talk) !== "talking")
    throw illegal(`worker ${worker.worker} is not at work`);
  if (data.wrote !== null && !worker.writes) throw illegal(`${worker.role} may not change files`);
  if (data.orders !== undefined) throw illegal("a worker has no workers");
  const turns = [...talk.turns, data];
  // It answered before it heard what was said meanwhile, so the answer is not its last word.
  const isUnheard = data.submitted !== null && worker.words.some(({ turn }) => turn === talk.turns.length);
  const resumed = isUnheard ? { resumed: turns.length } : {};
  return withWorker(attempt, { ...worker, attempts: [{ ...talk, turns, ...resumed }] });
};

type Heard = Pick<Pipeline, "steps" | "told">;

/**
 * What a person says to a worker, or to all that try a step. One that is over does not go on for it: null, and its
 * coordinator hears it instead.
 */
export const tellWorker = (
  { worker: number, crew, by, text }: EventOf<"told">,
  pipeline: Pipeline,
): Heard | null => {
  const at = crewAtWork(pipeline, crew);
  const hearing =
    at === null
      ? []
      : crewOf(at.attempt).workers.filter(
          worker =>
            isLive(worker) &&
            (number === undefined ? worker.approach !== undefined : worker.worker === number),
        );
  if (at === null || hearing.length === 0) return null;
  const place = { step: at.step.number, attempt: at.attempt.number, turn: 0 };
  const said = { by, text, heard: hearing.map(({ worker }) => ({ ...place, worker })) };
  const tell = (attempt: Attempt, worker: Worker) => {
    const order = { kind: "message", worker: worker.worker, text } as const;
    return withWorker(attempt, addressed(worker, { order, says: personSays(by, text), at }));
  };
  const step = withAttempt(at.step, hearing.reduce(tell, at.attempt));
  return { steps: replaceStep(pipeline, step), told: [...pipeline.told, said] };
};

/** By a person; one that is over stays as it is. The coordinator did not do it, so it is told. */
export const stopWorker = (data: EventOf<"worker_stop_asked">, pipeline: Pipeline): Pipeline["steps"] => {
  const found = liveWorker(data, pipeline);
  if (found === null) return pipeline.steps;
  const { worker, at } = found;
  const attempt = notify(at.attempt, { worker: { ...worker, stopped: true }, at, by: data.by });
  return replaceStep(pipeline, withAttempt(at.step, attempt));
};

const liveWorker = (
  data: EventOf<"worker_stop_asked">,
  pipeline: Pipeline,
): { readonly worker: Worker; readonly at: Coordination } | null => {
  const at = crewAtWork(pipeline, data.crew);
  const worker = at === null ? undefined : crewOf(at.attempt).workers.find(one => one.worker === data.worker);
  return at !== null && worker !== undefined && isLive(worker) ? { worker, at } : null;
};

/** `meant`: only this crew. */
const crewAtWork = (pipeline: Pipeline, meant: EventOf<"told">["crew"]): Coordination | null => {
  const step = currentStep(pipeline);
  const attempt = step?.attempts.at(-1);
  if (step === null || attempt === undefined || attemptState(attempt) !== "talking") return null;
  const isMeant = meant === undefined || (meant.step === step.number && meant.attempt === attempt.number);
  return isMeant ? { pipeline, step, attempt } : null; // guard: words-to-one-crew
};

export const withAttempt = <S extends Step>(step: S, attempt: Attempt): S => ({
  ...step,
  attempts: [...step.attempts.slice(0, -1), attempt],
});

export const replaceStep = ({ steps }: Pipeline, step: Step): readonly Step[] =>
  steps.map(other => (other.number === step.number ? step : other));

/** It was done, but what it wrote cannot be joined. Its answer is reported all the same. */
export const failUnjoined = (worker: Worker, { outcome, reason }: EventOf<"attempt_finished">): Worker => ({
  ...worker,
  answer: null,
  attempts: worker.attempts.map(talk => ({
    ...talk,
    finished: talk.finished && { ...talk.finished, outcome, reason },
  })),
});

/** `ended`: already ended by the fold as any conversation of a step. */
export const endWorker = (ended: Worker, at: Coordination): Attempt => {
  const worker = { ...ended, to_join: unjoined(ended).length > 0 };
  const attempt = withWorker(at.attempt, worker);
  return isToJoin(worker) ? attempt : notify(attempt, { worker, at });
};

/** It is over, and nobody of its crew goes on, so the work that each began with is no longer kept. */
export const withoutBases = (attempt: Attempt): Attempt => {
  if (attempt.crew === undefined) return attempt;
  const workers = attempt.crew.workers.map(worker => ({ ...worker, from: { ...worker.from, changes: [] } }));
  return { ...attempt, crew: { ...attempt.crew, workers } };
};

/** The tree is taken from the runner's word. */
export const join = (data: EventOf<"joined">, at: Coordination): Attempt => {
  const worker = workerOf(at.attempt, data.worker ?? 0);
  if (!isJoinedNext(worker, at)) throw illegal(`worker ${worker.worker} has nothing to join`);
  const crew = crewOf(at.attempt);
  const laid = { tree: data.tree, changes: unjoined(worker) };
  const joins = [...crew.joins, { worker: worker.worker, ...laid }];
  const from = baseBehind(laid, { pipeline: at.pipeline, apart: worker });
  const joined = { ...worker, from, to_join: false };
  return notify({ ...at.attempt, crew: { ...crew, joins } }, { worker: joined, at, wrote: laid.changes });
};

export const isJoinedNext = (worker: Worker, at: Coordination): boolean =>
  isToJoin(worker) || isTaken(worker, at);

/** The one of several tries that becomes the step's, once nobody is at work on it any more. */
const isTaken = (worker: Worker, { attempt }: Coordination): boolean =>
  isLed(attempt) &&
  crewOf(attempt).joins.length === 0 &&
  !crewOf(attempt).workers.some(isLive) &&
  bestIn(attempt)?.worker === worker.worker; // guard: the-best-is-joined

/** Heard after the coordinator's turn under way or, if it waits, its last. Where rules lead, there is nobody to tell. */
const notify = (
  attempt: Attempt,
  {
    worker,
    at,
    wrote = [],
    by,
  }: {
    readonly worker: Worker;
    readonly at: Coordination;
    readonly wrote?: readonly FileChange[];
    readonly by?: string;
  },
): Attempt => {
  const after = withWorker(attempt, worker);
  if (!isPart(worker)) return after;
  const told = toldTo(at.pipeline, at);
  const turn = heardBehind(at.attempt, told);
  const crew = crewOf(after);
  const left = crew.workers.filter(other => isLive(other) || isToJoin(other)).map(other => other.worker);
  const paths = wrote.map(({ path }) => path);
  const text = noticeOf(worker, { state: workerState(worker), wrote: paths, left, by });
  const stop = by === undefined ? {} : { stopped_behind: told.length };
  const notice = { worker: worker.worker, turn, text, ...stop };
  return { ...after, crew: { ...crew, notices: [...crew.notices, notice] } };
};

const withWorker = (attempt: Attempt, worker: Worker): Attempt => {
  const crew = crewOf(attempt);
  const workers = crew.workers.map(other => (other.worker === worker.worker ? worker : other));
  return { ...attempt, crew: { ...crew, workers } };
};
