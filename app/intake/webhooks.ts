// GitHub's webhooks: checks the signature over the body as it arrives, and writes a row in `jobs` before answering. An
// unsigned sender costs a hash, and some of the memory that `app/room.ts` counts for as long as it sends as fast as
// others.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { keys } from "../../core/model/keys.ts";
import { event, type NewJob } from "../../core/model/new-job.ts";
import type { Signal } from "../../core/model/signal.ts";
import { createBody, isTooLarge, read } from "../body.ts";
import type { Plane } from "../plane.ts";
import { createRoom, type Room } from "../room.ts";
import type { Store } from "../store/port.ts";
import { isHandled, isHandledName } from "./handle.ts";
import { rankOf, toSignal } from "./signal.ts";

export interface Receiving {
  readonly secret: string;
  readonly plane: Plane;
  readonly wake: () => void;
}

/** GitHub's own limit. */
const LARGEST = 25 * 1024 * 1024;
const LINGER_MS = 1_000;

/** Almost every delivery is this small, and costs no more than its connection. */
const SMALL = 64 * 1024;
/** For all larger ones together. */
const ROOM = 32 * 1024 * 1024;

type Answer = readonly [status: number, text: string];

/** The returned promises never reject. */
export const createReceiver = (receiving: Receiving) => {
  const keep = keeperOf(receiving.plane.store);
  const room = createRoom({ bytes: ROOM, free: SMALL, now: () => performance.now() });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, text] = await take(request, { ...receiving, keep, room }).catch((error): Answer => {
      receiving.plane.warn(error, "keeping a webhook");
      return [500, "The App failed. Its log says more."];
    });
    if (response.destroyed) return;
    response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
    // Ends the connection only after the answer: closing a socket with unread bytes would lose it.
    if (!request.complete) setTimeout(() => request.destroy(), LINGER_MS).unref();
  };
};

type Keep = (job: NewJob) => Promise<void>;

/** Writes together whatever arrives in one turn of the event loop or during a write. */
const keeperOf = (store: Store): Keep => {
  let waiting: NewJob[] = [];
  let next: Promise<void> | null = null;
  let last = Promise.resolve();
  const write = async (): Promise<void> => {
    await Promise.allSettled([last, endOfTurn()]);
    last = store.ask(waiting);
    [waiting, next] = [[], null];
    return last;
  };
  return job => {
    waiting.push(job);
    next ??= write();
    return next;
  };
};

interface Taking extends Receiving {
  readonly keep: Keep;
  readonly room: Room;
}

const take = async (request: IncomingMessage, taking: Taking): Promise<Answer> => {
  const { secret, plane, keep, wake, room } = taking;
  const header = (name: string) => String(request.headers[name] ?? "");
  const [name, guid, signature] = [
    header("x-github-event"),
    header("x-github-delivery"),
    header("x-hub-signature-256"),
  ];
  if (request.method !== "POST") return [405, "Webhooks are sent by POST."];
  if (!/^application\/json\s*(;|$)/.test(header("content-type")))
    return [415, "Set the webhook's content type to application/json."];
  if (name === "" || guid === "" || signature === "")
    return [400, "X-GitHub-Event, X-GitHub-Delivery or X-Hub-Signature-256 is missing."];
  const unsigned = (): Answer => {
    plane.log(`Refused a webhook: its signature does not match (${JSON.stringify(guid.slice(0, 60))}).`);
    return [400, "The signature does not match. Compare the App's webhook secret with WEBHOOK_SECRET."];
  };
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) return unsigned(); // guard: signature-form
  if (isTooLarge(request, LARGEST)) return TOO_LARGE; // guard: webhook-declared-size
  // What no handler takes is not kept, not even until its sender is known.
  const kept = isHandledName(name); // guard: nothing-kept-for-nobody
  const lost = new AbortController();
  const guest = { most: sizeOf(request), go: () => lost.abort() };
  const hmac = createHmac("sha256", secret);
  const body = createBody();
  const how = await read(request, {
    most: LARGEST,
    signal: lost.signal,
    take: part => {
      hmac.update(part);
      if (!kept) return;
      body.add(part);
      room.hear(guest, part.length); // guard: bodies-have-a-room
    },
  });
  room.leave(guest);
  if (how === "too_large") return TOO_LARGE;
  if (how === "gone") return [408, "The body did not come as fast as others, and there is no room for all."];
  if (!timingSafeEqual(Buffer.from(signature.slice(7), "hex"), hmac.digest())) return unsigned(); // guard: signature
  if (!kept) return OK;
  // Takes the body out here, so that it is not held while the row is written.
  const signal = signalOf(body.take(), { name, plane });
  if (signal === null) return [400, "The body is not a JSON object."];
  if (isHandled(signal)) {
    await keep({ ...event(keys.delivery(guid), signal), rank: rankOf(signal) });
    wake();
  }
  return OK;
};

const OK: Answer = [200, "ok"];
const TOO_LARGE: Answer = [413, "The body is larger than 25 MiB."];

/** If undeclared, the body may have any size. GitHub always declares it. */
const sizeOf = (request: IncomingMessage): number => Number(request.headers["content-length"] ?? LARGEST);

/** Null if it is not an object. */
const signalOf = (
  body: Buffer,
  { name, plane }: { readonly name: string; readonly plane: Plane },
): Signal | null => {
  const payload = parse(body);
  return payload === null ? null : toSignal(name, payload, plane.sha256);
};

const parse = (body: Buffer): object | null => {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
};
