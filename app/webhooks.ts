// GitHub's webhooks: a capped body, its signature over the text as it came, and a row in `jobs` before the answer.
// Of Probot this takes the signature check and not the middleware, which reads bodies of any size, writes whole
// payloads to the log, and answers 202 after nine seconds though nothing is kept yet.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as endOfTurn } from "node:timers/promises";
import type { Probot } from "probot";
import type { NewJob, Store } from "../core/ports.ts";
import { isHandled, toSignal } from "./intake/signal.ts";
import type { Plane } from "./plane.ts";

export interface Receiving {
  readonly probot: Probot;
  readonly plane: Plane;
  readonly wake: () => void;
}

const LARGEST = 25 * 1024 * 1024;
const LINGER_MS = 1_000;

type Answer = readonly [status: number, text: string];

/** What it answers never rejects. */
export const createReceiver = (receiving: Receiving) => {
  const keep = keeperOf(receiving.plane.store);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, text] = await take(request, { ...receiving, keep }).catch((error): Answer => {
      // Whoever went away is not worth a word.
      if (request.errored === null) receiving.plane.warn(error, "keeping a webhook");
      return [500, "The App failed. Its log says more."];
    });
    if (response.destroyed) return;
    response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
    // The answer first, then the end: a socket that is closed with unread bytes loses it.
    if (status === 413) setTimeout(() => request.destroy(), LINGER_MS).unref();
  };
};

type Keep = (job: NewJob) => Promise<void>;

/** What comes in one turn of the event loop, or while a write is under way, is written together. */
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

const take = async (
  request: IncomingMessage,
  { probot, plane, wake, keep }: Receiving & { readonly keep: Keep },
): Promise<Answer> => {
  const header = (name: string) => String(request.headers[name] ?? "");
  const [event, guid, signature] = [
    header("x-github-event"),
    header("x-github-delivery"),
    header("x-hub-signature-256"),
  ];
  if (request.method !== "POST") return [405, "Webhooks are sent by POST."];
  if (!/^application\/json\s*(;|$)/.test(header("content-type")))
    return [415, "Set the webhook's content type to application/json."];
  if (event === "" || guid === "" || signature === "")
    return [400, "X-GitHub-Event, X-GitHub-Delivery or X-Hub-Signature-256 is missing."];
  const text = await textOf(request);
  if (text === null) return [413, "The body is larger than 25 MiB."];
  if (text === "" || !(await probot.webhooks.verify(text, signature))) {
    plane.log(`Refused a webhook: its signature does not match (${JSON.stringify(guid.slice(0, 60))}).`);
    return [400, "The signature does not match. Compare the App's webhook secret with WEBHOOK_SECRET."];
  }
  const payload = parse(text);
  if (payload === null) return [400, "The body is not a JSON object."];
  const signal = toSignal(event, payload, plane.sha256);
  if (isHandled(signal)) {
    await keep({ key: `delivery:${guid}`, kind: "event", data: signal });
    wake();
  }
  return [200, "ok"];
};

/** Null where it is too large, by its declared length at once, by its real one as soon as that shows. */
const textOf = (request: IncomingMessage): Promise<string | null> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > LARGEST) return resolve(null);
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST) return void chunks.push(chunk);
      chunks = [];
      resolve(null);
    });
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", reject);
  });

const parse = (text: string): object | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
};
