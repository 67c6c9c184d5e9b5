// A request's body, read no further than allowed and kept in no more memory than it has bytes.
import type { IncomingMessage } from "node:http";

export interface Reading {
  /** In bytes. */
  readonly most: number;
  readonly take: (part: Buffer) => void;
  readonly signal?: AbortSignal | undefined;
}

/** `gone`: the sender went away, or the signal was aborted. */
export type Read = "whole" | "too_large" | "gone";

/** Checks the declared length before anything is read. */
export const isTooLarge = (request: IncomingMessage, most: number): boolean =>
  Number(request.headers["content-length"] ?? 0) > most;

export interface Body {
  readonly add: (part: Buffer) => void;
  /** Returns all that was added, and lets go of it. */
  readonly take: () => Buffer;
}

const [SMALLEST_BLOCK, LARGEST_BLOCK] = [4 * 1024, 64 * 1024];

/** Copied into one buffer: a part kept by itself may hold a much larger one in memory. */
export const createBody = (): Body => {
  let blocks: Buffer[] = [];
  let [size, room] = [0, Buffer.alloc(0)];
  return {
    add: part => {
      for (let at = 0; at < part.length; ) {
        if (room.length === 0) {
          room = Buffer.allocUnsafeSlow(Math.min(Math.max(size, SMALLEST_BLOCK), LARGEST_BLOCK));
          blocks.push(room);
        }
        const copied = part.copy(room, 0, at);
        [at, size, room] = [at + copied, size + copied, room.subarray(copied)];
      }
    },
    take: () => {
      const whole = Buffer.concat(blocks, size);
      [blocks, size, room] = [[], 0, Buffer.alloc(0)];
      return whole;
    },
  };
};

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
