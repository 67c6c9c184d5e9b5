// How a coordinator's calls are read: what each does, and what the coordinator is told about it. The same on the runner and
// in the App.

import { seemsLive, writersIn } from "../agents/known-workers.ts";
import { placedBy, roleOf, WORKER_TYPES, whyNot } from "../agents/roster.ts";
import { refuse } from "../agents/turn.ts";
import { isOrder } from "../agents/worker-tools.ts";
import { type Area, overlaps } from "../model/area.ts";
import type { PersonBlock, ToolUseBlock } from "../model/message.ts";
import { foldPath } from "../model/patch/path-rules.ts";
import type { Attempt, Crew, Pipeline, Step, Worker } from "../model/pipeline.ts";
import type { Role, Roster } from "../model/role.ts";
import { isSame } from "../model/same.ts";
import { MOST_ORDERS, type Order, type OrderOf, workerName } from "../model/worker.ts";
import { prefix, visible } from "../text/invisible.ts";
import { toldTo } from "./state.ts";
import { crewOf, endOf, workerState } from "./workers.ts";
import { hasJoins } from "./written.ts";

export interface Ordering {
  readonly pipeline: Pipeline;
  readonly step: Step;
  /** Without the turn whose calls are read. */
  readonly attempt: Attempt;
  readonly roster: Roster;
}

export interface ReadOrders {
  readonly orders: readonly Order[];
  /** For each call, by its id. */
  readonly results: ReadonlyMap<string, PersonBlock>;
}

/** Over the whole attempt, because each keeps its transcript. */
export const MOST_WORKERS = 64;
const TOO_MANY = `Not done: a reply asks for ${MOST_ORDERS} things of workers at most.`;
const LONGEST_TEXT = 40_000;

/** A name that a model made up, for a sentence to it. */
const named = (name: string): string => prefix(visible(name).text.replace(/\s+/g, " "), 60);

export const readOrders = (calls: readonly ToolUseBlock[], ordering: Ordering): ReadOrders => {
  const asked = calls.filter(({ name }) => isOrder(name));
  const turn = ordering.attempt.turns.length;
  const reading: Reading = {
    ...ordering,
    turn,
    crew: crewOf(ordering.attempt),
    orders: [],
    alone: asked.slice(0, MOST_ORDERS).filter(call => startsWriter(call, ordering)).length < 2,
  };
  const results = new Map<string, PersonBlock>();
  for (const [index, call] of asked.entries()) {
    // guard: orders-of-a-reply
    const read = index < MOST_ORDERS ? readOrder(call, reading) : TOO_MANY;
    if (typeof read === "string") results.set(call.id, refuse(call, read));
    else {
      reading.orders.push(read.order);
      results.set(call.id, { type: "tool_result", tool_use_id: call.id, content: read.said });
    }
  }
  return { orders: reading.orders, results };
};

interface Reading extends Ordering {
  readonly turn: number;
  readonly crew: Crew;
  /** From the same reply, so far. */
  readonly orders: Order[];
  /** No other call of the reply starts somebody who writes. */
  readonly alone: boolean;
}

/** An order, or why it is refused. */
type Read = { readonly order: Order; readonly said: string } | string;

const readOrder = (call: ToolUseBlock, reading: Reading): Read => {
  const input = (call.input ?? {}) as Readonly<Record<string, unknown>>;
  switch (call.name) {
    case "spawn_worker":
      return spawn(input, reading);
    case "send_message":
      return message(input, reading);
    case "stop_worker":
      return stop(input, reading);
    default:
      return contract(input, reading);
  }
};

const spawn = (input: Readonly<Record<string, unknown>>, reading: Reading): Read => {
  const { crew, orders, roster, pipeline } = reading;
  const task = textOf(input.task);
  const description = textOf(input.description);
  if (task === null || description === null)
    return "`task` and `description` are texts that are not empty, the task of at most 40,000 characters.";
  // guard: task-that-stands-alone
  if (LEANS.test(task))
    return "A worker sees nothing of what others found: say in its task which places and what is to change, instead of referring to findings.";
  const spawns = orders.filter(({ kind }) => kind === "spawn").length;
  const worker = crew.workers.length + spawns + 1;
  if (worker > MOST_WORKERS) return `There are ${MOST_WORKERS} workers already: go on with one of them.`; // guard: most-workers
  const { role, note } = typeOf(input.agent_type, reading);
  const why = whyNot(role, pipeline.opening.config);
  if (why !== null) return why;
  const place = placeOf(role, input.area);
  if (typeof place === "string") return place;
  const problem = writingProblem(place, { ...reading, except: worker });
  if (problem !== null) return problem;
  const order: OrderOf<"spawn"> = {
    ...{ kind: "spawn", worker, ...place, gate: roleOf(roster, role.name).gate, task },
    description: prefix(description.replace(/\s+/g, " "), 100),
  };
  return {
    order,
    said: `${workerName(worker)} is started as ${role.name}${note}. Its notice comes by itself.`,
  };
};

/** Understanding findings is the coordinator's job. */
const LEANS = /\bbased on (?:your|the|their|its|these|those) (?:\w{1,20} )?(?:findings|research|results)\b/i;

const message = (input: Readonly<Record<string, unknown>>, reading: Reading): Read => {
  const worker = workerAt(input.worker, reading);
  if (typeof worker === "string") return worker;
  const text = textOf(input.message);
  if (text === null) return "`message` is a text that is not empty.";
  const name = workerName(worker.worker);
  const isOver = !isAtWork(worker, reading);
  // guard: a-persons-stop-is-undone-by-people
  if (isOver && isStoppedByPerson(worker, reading))
    return `A person stopped ${name}: start another, or go on without it.`;
  const end = isOver ? endOf(worker, reading.pipeline) : null;
  if (end !== null) return `${name} cannot go on: ${end}. Start another worker with what it has to know.`;
  const as = typeof input.as === "string" ? typeOf(input.as, reading).role : null;
  const role = as ?? roleOf(reading.roster, worker.role);
  const place = placeOf(role, input.area ?? (as === null ? worker.area : []));
  if (typeof place === "string") return place;
  if (as !== null && whyNot(as, reading.pipeline.opening.config) !== null)
    return String(whyNot(as, reading.pipeline.opening.config));
  // guard: verifiers-are-fresh
  if (as?.gate === true || (worker.gate && (as !== null || isOver)))
    return "A verifier has written nothing and judged nothing before: start a fresh one.";
  const isOther = role.name !== worker.role || !isSame(place.area, worker.area);
  // guard: changed-between-turns
  if (!isOver && isOther)
    return `${name} is at work: its type and area stay as they are until its notice has come or it was stopped.`;
  const problem = isOver ? writingProblem(place, { ...reading, except: worker.worker }) : null;
  if (problem !== null) return problem;
  const order: OrderOf<"message"> = {
    ...{ kind: "message", worker: worker.worker, text },
    ...(isOther ? { as: place } : {}),
  };
  return { order, said: `${name} hears it at its next turn; where it was over it goes on.` };
};

/** And nobody who may direct the task has said anything since, to it or to its coordinator. */
const isStoppedByPerson = (worker: Worker, { crew, turn, ...at }: Reading): boolean => {
  const notices = crew.notices.slice(worker.since);
  const stop = notices.findLast(notice => notice.worker === worker.worker)?.stopped_behind;
  return (
    stop !== undefined &&
    !toldTo(at.pipeline, at)
      .slice(stop)
      .some(said => said.turn < turn)
  );
};

/** Or about to be, because of what the same reply said to it. */
const isAtWork = (worker: Worker, { crew, turn, orders }: Reading): boolean =>
  seemsLive(crew, worker, turn) ||
  orders.some(order => order.kind === "message" && order.worker === worker.worker);

const stop = (input: Readonly<Record<string, unknown>>, reading: Reading): Read => {
  const worker = workerAt(input.worker, reading);
  if (typeof worker === "string") return worker;
  const name = workerName(worker.worker);
  if (!seemsLive(reading.crew, worker, reading.turn))
    return `${name} is not running (status: ${workerState(worker)}).`;
  return {
    order: { kind: "stop", worker: worker.worker },
    said: `${name} is stopped; where it was over before, its notice comes all the same.`,
  };
};

const contract = (input: Readonly<Record<string, unknown>>, reading: Reading): Read => {
  const text = textOf(input.contract);
  if (text === null) return "`contract` is a text that is not empty, of at most 40,000 characters.";
  const writers = [...writersSoFar(reading).keys()];
  // guard: contract-stands
  if (writers.length > 0)
    return `${writers.map(workerName).join(", ")} work by what was agreed before: wait for them or stop them, then record another.`;
  return {
    order: { kind: "contract", text },
    said: "Recorded: it stands in the first message of each writer and verifier from here on.",
  };
};

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" && value.length <= LONGEST_TEXT ? value.trim() : null;

/** An unknown type is played by the general one, and the coordinator is told. */
const typeOf = (
  asked: unknown,
  { step, roster, pipeline }: Ordering,
): { readonly role: Role; readonly note: string } => {
  const general = roleOf(roster, "general");
  const name = typeof asked === "string" ? asked.trim() : "";
  const types = typesFor({ step, roster, pipeline });
  if (types.includes(name)) return { role: roleOf(roster, name), note: "" };
  return { role: general, note: `, because there is no type "${named(name)}" (${types.join(", ")})` };
};

/** The types that a coordinator may start, including its department's members if it heads one. */
export const typesFor = ({
  step,
  roster,
  pipeline,
}: Pick<Ordering, "step" | "roster" | "pipeline">): readonly string[] => {
  const members = step.head ? placedBy(roster, { head: step.role, config: pipeline.opening.config }) : [];
  return [...WORKER_TYPES, ...members.map(({ name }) => name)];
};

const placeOf = (
  role: Role,
  asked: unknown,
): { readonly role: string; readonly writes: boolean; readonly area: string[] } | string => {
  const writes = role.permissions === "full";
  const area = areaOf(asked);
  if (area === null)
    return "`area` is a list of at most 20 paths from the project's root: files, or directories with a slash at their end.";
  return { role: role.name, writes, area: writes ? area : [] };
};

const areaOf = (asked: unknown): string[] | null => {
  if (asked === undefined || asked === null) return [];
  if (!Array.isArray(asked) || asked.length > 20) return null;
  const paths = asked.map(path => (typeof path === "string" ? path.trim().replace(/^(?:\.\/)+/, "") : ""));
  // guard: plain-areas
  const isPlain = (path: string) =>
    path.length <= 300 &&
    !path
      .replace(/\/$/, "")
      .split("/")
      .some(name => EMPTY.has(name));
  return paths.every(isPlain) ? paths : null;
};

/** Such names make another path lead to the same place. */
const EMPTY: ReadonlySet<string> = new Set(["", ".", ".."]);

/** One writer per area, and a contract before there are two. */
const writingProblem = (
  { writes, area }: { readonly writes: boolean; readonly area: Area },
  { alone, except, ...reading }: Reading & { readonly except: number },
): string | null => {
  if (!writes) return null;
  const others = [...writersSoFar(reading)].filter(([worker]) => worker !== except);
  const [other, its] = others.find(([, their]) => overlaps(their.map(foldPath), area.map(foldPath))) ?? [];
  // guard: one-writer-for-each-area
  if (other !== undefined)
    return `${workerName(other)} writes in ${its?.join(", ") || "the whole tree"}: give this one an \`area\` of its own, or wait for its notice.`;
  const agreed = reading.crew.contract !== null || reading.orders.some(({ kind }) => kind === "contract");
  // guard: contract-before-two-writers
  if (!agreed && !(alone && others.length === 0))
    return "Record what the parts agree on with `record_contract` before several writers are at work.";
  return null;
};

/** Who may be writing, and where, once the orders so far are carried out. */
const writersSoFar = ({ crew, turn, orders }: Omit<Reading, "alone">): ReadonlyMap<number, Area> => {
  const begun = orders.flatMap(order => {
    const place = placeIn(order, crew);
    return place?.writes === true && "worker" in order ? [[order.worker, place.area] as const] : [];
  });
  const atWork = writersIn(crew, { area: [], turn });
  return new Map([...atWork.map(({ worker, area }) => [worker, area] as const), ...begun]);
};

/** Where an order puts somebody to work. */
const placeIn = (
  order: Order,
  { workers }: Crew,
): { readonly writes: boolean; readonly area: Area } | undefined => {
  if (order.kind === "spawn") return order;
  return order.kind === "message"
    ? (order.as ?? workers.find(({ worker }) => worker === order.worker))
    : undefined;
};

const startsWriter = ({ name, input }: ToolUseBlock, ordering: Ordering): boolean => {
  const asked = (input ?? {}) as Readonly<Record<string, unknown>>;
  const isWriter = (type: unknown) => typeOf(type, ordering).role.permissions === "full";
  if (name === "spawn_worker") return isWriter(asked.agent_type);
  const crew = crewOf(ordering.attempt);
  const worker = name === "send_message" ? workerAt(asked.worker, { crew }) : "nobody";
  if (typeof worker === "string" || seemsLive(crew, worker, ordering.attempt.turns.length)) return false;
  return typeof asked.as === "string" ? isWriter(asked.as) : worker.writes;
};

const workerAt = (asked: unknown, { crew }: Pick<Reading, "crew">): Worker | string => {
  const name = typeof asked === "string" || typeof asked === "number" ? String(asked) : "";
  const number = /^\s*w?(\d{1,3})\s*$/.exec(name)?.[1];
  const worker = crew.workers.find(({ worker }) => worker === Number(number ?? 0));
  const known = crew.workers.map(({ worker }) => workerName(worker)).join(", ") || "none yet";
  return worker ?? `There is no worker "${named(name)}". There are: ${known}.`;
};

/** Why its workers' work is not finished, for a coordinator that answers; null if it is. */
export const crewProblem = (
  orders: readonly Order[],
  { pipeline, step, attempt }: Pick<Ordering, "pipeline" | "step" | "attempt">,
): string | null => {
  if (orders.length > 0) return "Answer alone, in a reply that asks nothing of workers.";
  const crew = crewOf(attempt);
  const atWork = crew.workers.filter(worker => seemsLive(crew, worker, attempt.turns.length));
  // guard: no-answer-beside-workers
  if (atWork.length > 0)
    return `${atWork.map(({ worker }) => workerName(worker)).join(", ")} are not over, as far as you know: end your turn without a call to wait for their notices, or stop them.`;
  if (!hasJoins(step)) return null;
  // guard: verified-as-it-stands
  const verdict = crew.workers.findLast(worker => worker.gate && worker.from.tree === pipeline.tree)?.answer;
  return verdict?.verdict === "approved"
    ? null
    : "What workers wrote has to be approved, as it stands now, by a fresh worker of the type `verifier`: start one with the contract and what each was asked for, and have what it finds mended.";
};
