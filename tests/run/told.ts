// Whether coordinators are told of their workers' ends: of each once, in one request. Counted from the journal's events
// and the requests alone, and so independently of the fold, which makes the notices.
import { expect } from "vitest";
import type { EventOf, JournalEvent } from "../../core/model/event.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import type { Order } from "../../core/model/worker.ts";
import type { Command } from "../../core/pipeline/decide.ts";

/** What a conversation was sent for one of its turns. */
interface Sent {
  readonly key: string;
  /** The number of events in the journal when this turn first became due: what ends after them is told later. */
  readonly seq: number;
  /** After this event people's words came, together: the turn may have become due because of the first of them. */
  readonly sure: number;
  /** `w1 completed` and the like. */
  readonly notices: readonly string[];
}

interface End {
  readonly seq: number;
  readonly notice: string;
  /** It had written and was not joined: only the files say whether there was anything left to join. */
  readonly unsure: boolean;
}

/** A worker, by its events. */
interface Known {
  live: boolean;
  /** Since it was joined. */
  wrote: boolean;
  /** It cannot continue. */
  failed: boolean;
  /** How often a person stopped it. */
  stops: number;
  stopped: boolean;
}

interface Coordination {
  readonly key: string;
  readonly workers: Map<number, Known>;
  readonly ends: End[];
  isTalking: boolean;
}

export const aListener = () => {
  const sent: Sent[] = [];
  const places = new Map<string, Pick<Sent, "seq" | "sure">>();
  const placeOf = (key: string, journal: readonly JournalEvent[]) => {
    const turn = `${key}/${turnsBehind(journal, key)}`;
    const place = places.get(turn) ?? { seq: journal.length, sure: firstOfLastWords(journal) };
    places.set(turn, place);
    return place;
  };
  return {
    /** It may be asked for later, once there is money for it. */
    due: (commands: readonly Command[], journal: readonly JournalEvent[]): void => {
      for (const command of commands)
        if (command.kind === "take_turn" && command.worker === undefined) placeOf(keyOf(command), journal);
    },
    hear: (request: ModelRequest, journal: readonly JournalEvent[]): void => {
      const key = keyIn(request);
      if (key !== null) sent.push({ key, ...placeOf(key, journal), notices: noticesIn(request) });
    },
    /**
     * Each request contains what had to be told until then, in order, and nothing else. Returns what there was to tell.
     */
    expectTold: (journal: readonly JournalEvent[]): readonly End[] => {
      const ends = endsIn(journal, sent);
      for (const { key, seq, sure, notices } of sent) {
        const due = (ends.get(key) ?? []).filter(end => end.seq <= seq);
        const expected = due.map(({ seq, notice, unsure }) =>
          unsure || seq > sure ? `(${notice}\n)?` : `${notice}\n`,
        );
        const found = notices.map(notice => `${notice}\n`).join("");
        expect(found, `${key} behind event ${seq}`).toMatch(new RegExp(`^${expected.join("")}$`));
      }
      return [...ends.values()].flat();
    },
  };
};

const keyIn = ({ messages: [first] }: ModelRequest): string | null => {
  const [, step, attempt, worker] =
    /step (\d+), attempt (\d+)(, worker)?/.exec(String(first?.content[0]?.text)) ?? [];
  return step === undefined || worker !== undefined ? null : `${step}/${attempt}`;
};

const noticesIn = ({ messages }: ModelRequest): readonly string[] =>
  messages
    .flatMap(({ role, content }) => (role === "user" ? content : []))
    .flatMap(block => ("text" in block ? [String(block.text)] : []))
    .filter(text => text.startsWith("<task-notification>"))
    .map(text => `${/<task-id>(\w+)</.exec(text)?.[1]} ${/<status>(\w+)</.exec(text)?.[1]}`);

/** A reply that the API has not finished is sent again unchanged: what arrived meanwhile waits for its end. */
const turnsBehind = (journal: readonly JournalEvent[], key: string): number =>
  journal
    .filter(event => isTurnOf(event, key))
    .findLastIndex(({ data }) => data.reply.stop_reason !== "pause_turn") + 1;

const firstOfLastWords = (journal: readonly JournalEvent[]): number =>
  Math.min(journal.findLastIndex(({ data }) => !WORDS.has(data.kind)) + 2, journal.length);

const WORDS: ReadonlySet<string> = new Set(["told", "worker_stop_asked"]);

const isTurnOf = (
  event: JournalEvent,
  key: string,
): event is JournalEvent & { readonly data: EventOf<"turn"> } =>
  event.data.kind === "turn" && event.data.worker === undefined && keyOf(event.data) === key;

const keyOf = ({ step, attempt }: { readonly step: number; readonly attempt: number }): string =>
  `${step}/${attempt}`;

/** By conversation, in the order in which they have to be told. */
const endsIn = (
  journal: readonly JournalEvent[],
  sent: readonly Sent[],
): ReadonlyMap<string, readonly End[]> => {
  const ends = new Map<string, End[]>();
  let at: Coordination | null = null;
  for (const { seq, data } of journal) {
    if (data.kind === "attempt_started" && data.workers === true) {
      at = { key: keyOf(data), workers: new Map(), ends: [], isTalking: true };
      ends.set(at.key, at.ends);
    }
    if (at === null) continue;
    if (data.kind === "turn" && isTurnOf({ seq, data, at: "" }, at.key)) {
      const { key, workers } = at;
      const heard = sent.findLast(one => one.key === key && one.seq < seq)?.notices ?? [];
      for (const order of data.orders ?? []) obey(order, { workers, heard });
      at.isTalking = data.submitted === null && data.failed === null;
    }
    const number = "worker" in data ? data.worker : undefined;
    const worker = at.workers.get(number ?? 0);
    const end =
      worker === undefined ? null : endBy({ seq, data }, { worker, isTalking: at.isTalking, journal });
    if (end !== null) at.ends.push({ seq, notice: `w${number} ${end.as}`, unsure: end.unsure });
    if (data.kind === "attempt_finished" && number === undefined) at = null;
  }
  return ends;
};

interface Ending {
  readonly worker: Known;
  /** Whether its coordinator's conversation continues. */
  readonly isTalking: boolean;
  readonly journal: readonly JournalEvent[];
}

/** How a worker ends with this event, if its coordinator has to be told. */
const endBy = (
  { seq, data }: Pick<JournalEvent, "seq" | "data">,
  { worker, isTalking, journal }: Ending,
): { readonly as: string; readonly unsure: boolean } | null => {
  switch (data.kind) {
    case "turn":
      worker.wrote ||= (data.wrote?.changes.length ?? 0) > 0;
      worker.failed = data.failed !== null;
      return null;
    case "attempt_finished":
      worker.live = false;
      if (data.outcome !== "done") return { as: "failed", unsure: false };
      return isJoinedNext(journal, { seq, data }) ? null : { as: "completed", unsure: worker.wrote };
    case "step_given_up":
      worker.live = false;
      return { as: "failed", unsure: false };
    case "joined":
      worker.wrote = false;
      return { as: "completed", unsure: false };
    case "worker_stop_asked":
      if (!worker.live || !isTalking) return null;
      Object.assign(worker, { live: false, stopped: true, stops: worker.stops + 1 });
      return { as: "stopped", unsure: false };
    default:
      return null;
  }
};

/** Its work is joined first, and then it is told. */
const isJoinedNext = (
  journal: readonly JournalEvent[],
  { seq: ended, data: end }: { readonly seq: number; readonly data: EventOf<"attempt_finished"> },
): boolean => {
  const next = journal.find(
    ({ seq, data }) =>
      seq > ended &&
      (data.kind === "joined" || data.kind === "turn" || data.kind === "attempt_finished") &&
      keyOf(data) === keyOf(end) &&
      data.worker === end.worker,
  );
  return next?.data.kind === "joined";
};

/** What a coordinator asks of its workers. It is not told of its own stops. */
const obey = (
  order: Order,
  { workers, heard }: { readonly workers: Map<number, Known>; readonly heard: readonly string[] },
): void => {
  if (order.kind === "contract") return;
  if (order.kind === "spawn")
    workers.set(order.worker, { live: true, wrote: false, failed: false, stops: 0, stopped: false });
  const worker = workers.get(order.worker) as Known;
  if (order.kind === "stop") worker.live = false;
  if (order.kind !== "message" || worker.live) return;
  // A worker that cannot continue does not, nor one that a person stopped before its coordinator knew.
  const known = heard.filter(notice => notice === `w${order.worker} stopped`).length;
  worker.live = !worker.failed && (!worker.stopped || known === worker.stops);
  if (worker.live) worker.stopped = false;
};
