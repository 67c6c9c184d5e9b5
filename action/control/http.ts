// The control plane as a runner sees it over HTTPS: appends in order, one request at a time, with heartbeats in
// between. What the App does not acknowledge is sent again for half an hour; the journal takes it only once.
import PQueue from "p-queue";
import type { Clock } from "../../core/model/clock.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventData, JournalEvent } from "../../core/model/event.ts";
import { AppendAnswer, type Message } from "../../core/model/wire.ts";
import type { Control } from "../drive/ports/control.ts";
import { request } from "./app-request.ts";
import { createInbox } from "./inbox.ts";

export interface HttpControlOptions {
  /** The App's public URL, without a trailing slash. */
  readonly server: string;
  readonly pipeline: string;
  readonly run_token: string;
  readonly heartbeat_seconds: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const PATIENCE_MS = 30 * 60_000;
const LONGEST_WAIT_MS = 30_000;

export const createHttpControl = (options: HttpControlOptions): Control => {
  const { clock } = options;
  const queue = new PQueue({ concurrency: 1 });
  const inbox = createInbox();
  const ended = new AbortController();
  const send = async (after: number, events: readonly EventData[]): Promise<AppendAnswer> => {
    const answer = await insist(() => post("append", { after, events }, options), {
      ...options,
      signal: ended.signal,
    });
    inbox.put(answer.messages as readonly Message[]);
    return answer;
  };
  /** Puts what people said into the inbox before it throws the refusal. */
  const sendOrHear = (after: number, events: readonly EventData[]): Promise<AppendAnswer> =>
    send(after, events).catch(async error => {
      if (error instanceof KinError && error.code === "unheard") await send(after, []);
      throw error;
    });
  let seq = 0;
  void (async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(options.heartbeat_seconds * 1000, ended.signal);
      if (ended.signal.aborted) return;
      await queue.add(() => send(seq, [])).catch(error => inbox.fail(error));
    }
  })();
  return {
    inbox,
    append: async (after, events) => {
      const answer = (await queue.add(() => sendOrHear(after, events))) as AppendAnswer;
      seq = after + events.length;
      return stored(after, { events, at: answer.at });
    },
    release: async () => {
      ended.abort();
      await post("release", {}, options).catch(error =>
        options.log(`The lease was not given back: ${error.message}`),
      );
    },
  };
};

const stored = (
  after: number,
  { events, at }: { readonly events: readonly EventData[]; readonly at: readonly string[] },
): readonly JournalEvent[] =>
  events.map((data, index) => {
    const time = at[index];
    if (time === undefined) throw new Error("The App answered without the time of an event.");
    return { seq: after + 1 + index, at: time, data };
  });

const insist = async <T>(
  work: () => Promise<T>,
  { clock, log, signal }: Pick<HttpControlOptions, "clock" | "log"> & { readonly signal: AbortSignal },
): Promise<T> => {
  const begun = clock.now();
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const retry =
        error instanceof KinError && error.retryable && clock.now() - begun < PATIENCE_MS && !signal.aborted;
      if (!retry) throw error;
      if (tries === 0) log(`${error.message} Kin goes on and sends it again for up to 30 minutes.`);
      await clock.sleep(Math.min(500 * 2 ** tries, LONGEST_WAIT_MS), signal);
    }
  }
};

const post = async (
  what: "append" | "release",
  body: unknown,
  { server, pipeline, run_token }: HttpControlOptions,
): Promise<AppendAnswer> => {
  const answer = await request(`${server}/kin/pipelines/${encodeURIComponent(pipeline)}/${what}`, {
    token: run_token,
    body,
  });
  return what === "append" ? AppendAnswer.parse(answer) : { at: [], messages: [] };
};
