// A scripted message onto the wire: as one JSON body or as server-sent events, whole, cut or silent.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { eventsOf, type ScriptedMessage, type StreamEvent } from "./reply.ts";

interface Sending {
  readonly reply: ScriptedMessage;
  readonly stream: boolean;
  /** Events sent before the connection is dropped. */
  readonly cutAfter: number | null;
  /** Events sent before it falls silent. */
  readonly stallAfter: number | null;
}

export const send = async (
  response: ServerResponse,
  { reply, stream, cutAfter, stallAfter }: Sending,
): Promise<"cut" | "stalled" | null> => {
  const events = stream ? eventsOf(reply) : [];
  const upTo = Math.min(cutAfter ?? Number.POSITIVE_INFINITY, stallAfter ?? Number.POSITIVE_INFINITY);
  const faulty = Number.isFinite(upTo);
  if (stream) {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    });
    response.flushHeaders();
    for (const event of events.slice(0, upTo)) await write(response, event);
  } else if (!faulty) {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(JSON.stringify(reply));
  }
  if (!faulty) {
    response.end();
    return null;
  }
  if (upTo === cutAfter) {
    response.destroy();
    return "cut";
  }
  if (!response.destroyed) await once(response, "close");
  return "stalled";
};

/** Waits until the system has it, so that what was sent before a cut arrives. */
const write = (response: ServerResponse, event: StreamEvent): Promise<void> =>
  new Promise(resolve => {
    if (response.destroyed) return resolve();
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, () => resolve());
  });
