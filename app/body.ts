// The body of a request, read no further than it may be. Until somebody reads it, it waits in the sender's hands.
import type { IncomingMessage } from "node:http";

export interface Reading {
  /** In bytes. */
  readonly most: number;
  /** Each part as it comes. */
  readonly take: (part: Buffer) => void;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** `gone`: the sender went away, or the signal came. */
export type Read = "whole" | "too_large" | "gone";

/** What was declared is looked at before anything is read. */
export const isTooLarge = (request: IncomingMessage, most: number): boolean =>
  Number(request.headers["content-length"] ?? 0) > most;

export const read = (request: IncomingMessage, { most, take, signal }: Reading): Promise<Read> =>
  new Promise(resolve => {
    if (isTooLarge(request, most)) return resolve("too_large");
    if (request.destroyed && !request.readableEnded) return resolve("gone");
    let size = 0;
    const end = (how: Read) => {
      request.pause();
      request.off("data", hear).off("end", whole).off("close", gone);
      signal?.removeEventListener("abort", gone);
      resolve(how);
    };
    const hear = (part: Buffer) => {
      size += part.length;
      if (size > most) return end("too_large");
      take(part);
    };
    const whole = () => end("whole");
    const gone = () => end("gone");
    request.on("data", hear).once("end", whole).once("close", gone);
    signal?.addEventListener("abort", gone);
  });
