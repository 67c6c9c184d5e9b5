// The loop: decide, do, append, until there is nothing left to do. The only orchestration there is.
import { rosterWith } from "../../core/agents/roster.ts";
import { explain, KinError } from "../../core/model/error.ts";
import type { EventData, JournalEvent } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { Message } from "../../core/model/wire.ts";
import { apply } from "../../core/pipeline/apply.ts";
import { type Command, decide } from "../../core/pipeline/decide.ts";
import { callsAtOnce } from "../../core/pipeline/limits.ts";
import { openBenches } from "./benches.ts";
import { createLanded } from "./landed.ts";
import { type Performed, perform } from "./perform.ts";
import type { Control } from "./ports/control.ts";
import { openServers } from "./servers.ts";
import type { World } from "./world.ts";

/** Where the pipeline is written, and who hears of each event and the pipeline it leads to. */
export interface Writing {
  readonly control: Control;
  readonly onAppended?: (pipeline: Pipeline, event: JournalEvent) => void;
}

export interface DriveOptions extends Writing {
  readonly world: World;
  /** The shell aborts it to end the run early; its reason is journalled as `interrupted` or `paused`. */
  readonly signal: AbortSignal;
}

/** Why a shell ends a run before the pipeline is over. */
export interface Interruption {
  readonly kind: "interrupted" | "paused";
  readonly reason: string;
}

interface Flight {
  readonly command: Command;
  readonly done: Promise<Performed>;
  readonly abort: AbortController;
}

/**
 * Returns the pipeline when it is finished or waits for another run. Throws `lease_lost`, after which nothing more was
 * written.
 */
export const drive = async (
  pipeline: Pipeline,
  { world: built, signal, ...writing }: DriveOptions,
): Promise<Pipeline> => {
  const { inbox } = writing.control;
  const world = { ...built, roster: rosterWith(built.roster, pipeline.opening.own_roles) };
  const flight = new Map<string, Flight>();
  /** Everything started and not yet over, wanted or not: benches are closed only after that. */
  const underWay = new Set<Promise<Performed>>();
  const ending = new AbortController();
  const benches = openBenches(world, ending.signal);
  const servers = openServers(world, benches);
  const landed = createLanded();
  const listen = () => landed.follow(inbox.next().then(() => HEARD));
  landed.follow(abortOf(signal));
  listen();
  try {
    for (;;) {
      const due = decide(pipeline);
      abortStopped(due, flight);
      for (const command of due) {
        if (flight.has(command.key) || !mayBegin(command, { pipeline, flight })) continue;
        const abort = new AbortController();
        const done = perform(command, { pipeline, world, benches, servers, signal: abort.signal });
        flight.set(command.key, { command, abort, done });
        underWay.add(done);
        done.then(() => underWay.delete(done));
        landed.follow(done);
      }
      if (flight.size === 0) return pipeline;
      const { done } = await landed.next();
      const result = await done;
      if (result.key !== null && flight.get(result.key)?.done !== done) continue;
      if (result.key !== null) flight.delete(result.key);
      const { events } = result === HEARD ? said(inbox.take()) : result;
      if (result === HEARD) listen();
      if (events.length > 0) pipeline = await append(writing, { pipeline, events });
    }
  } finally {
    ending.abort();
    for (const { abort } of flight.values()) abort.abort();
    await Promise.all(underWay);
    await servers.close();
    await benches.close();
  }
};

interface Appending {
  readonly pipeline: Pipeline;
  readonly events: readonly EventData[];
}

/** What the control plane rejects it would reject from the next run too, so a person has to see it. */
const append = async (writing: Writing, { pipeline, events }: Appending): Promise<Pipeline> => {
  try {
    return await appendOrHear(writing, { pipeline, events });
  } catch (error) {
    if (!(error instanceof KinError) || !NOT_TAKEN.has(error.code)) throw error;
    const reason =
      error.code === "too_large"
        ? explain(error)
        : `Kin itself failed, which is a bug of ours: ${explain(error)}`;
    return fail(writing, { pipeline, reason });
  }
};

/** Ends a pipeline that cannot go on. If somebody stopped it, it ends as stopped. */
export const fail = async (
  writing: Writing,
  { pipeline, reason }: { readonly pipeline: Pipeline; readonly reason: string },
): Promise<Pipeline> => {
  const events = [{ kind: "finished", outcome: "blocked", reason, return: null }] as const;
  const after = pipeline.stop === null ? await appendOrHear(writing, { pipeline, events }) : pipeline;
  const [next] = decide(after);
  return next?.kind === "conclude" ? write(writing, { pipeline: after, events: next.events }) : after;
};

/** If a stop arrived before what this run was about to say, that is dropped and what people said is written instead. */
const appendOrHear = async (writing: Writing, { pipeline, events }: Appending): Promise<Pipeline> => {
  try {
    return await write(writing, { pipeline, events });
  } catch (error) {
    if (!(error instanceof KinError) || error.code !== "unheard") throw error;
    const heard = [...events.filter(isWord), ...said(writing.control.inbox.take()).events];
    if (!heard.some(({ kind }) => kind === "stop_asked")) throw error;
    return write(writing, { pipeline, events: heard });
  }
};

/** The only place in a run where events are folded. */
const write = async (
  { control, onAppended = () => {} }: Writing,
  { pipeline, events }: Appending,
): Promise<Pipeline> => {
  const stored = await control.append(pipeline.seq, events);
  return stored.reduce((folded, event) => {
    const next = apply(folded, event);
    onAppended(next, event);
    return next;
  }, pipeline);
};

const isWord = ({ kind }: EventData): boolean => kind === "told" || kind === "worker_stop_asked";

const NOT_TAKEN: ReadonlySet<string> = new Set(["illegal_event", "malformed", "too_large"]);

const HEARD: Performed = { key: null, events: [] };

/**
 * What ends the pipeline or an attempt waits for everything under way; a model call waits until the budget has room for
 * it.
 */
const mayBegin = (
  command: Command,
  { pipeline, flight }: { readonly pipeline: Pipeline; readonly flight: ReadonlyMap<string, Flight> },
): boolean => {
  if (command.kind !== "take_turn") return !("last" in command) || flight.size === 0;
  const calls = [...flight.values()].filter(({ command }) => command.kind === "take_turn").length;
  return command.held !== true && calls < callsAtOnce(pipeline);
};

/** Aborts and forgets what is no longer wanted: its result is not journalled. */
const abortStopped = (due: readonly Command[], flight: Map<string, Flight>): void => {
  const wanted = new Set(due.map(command => command.key));
  for (const [key, { abort }] of flight) {
    if (wanted.has(key)) continue;
    abort.abort();
    flight.delete(key);
  }
};

const said = (messages: readonly Message[]): Performed => ({
  key: null,
  events: messages.map(eventOf),
});

const eventOf = ({ id: message, kind, by, text, worker, crew }: Message): EventData => {
  const of = crew === undefined ? {} : { crew };
  const to = worker === undefined ? {} : { worker, ...of };
  if (kind === "tell") return { kind: "told", ...to, message, by, text };
  return worker === undefined
    ? { kind: "stop_asked", message, by, reason: text }
    : { kind: "worker_stop_asked", worker, ...of, message, by, reason: text };
};

const abortOf = (signal: AbortSignal): Promise<Performed> =>
  new Promise(resolve => {
    const end = () => resolve({ key: null, events: [signal.reason as Interruption] });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
