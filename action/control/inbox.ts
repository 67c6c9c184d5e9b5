// What people said, waiting for the driver: one promise, pending until there is something.

import type { Message } from "../../core/model/wire.ts";
import type { Inbox } from "../drive/ports/control.ts";

export interface FilledInbox extends Inbox {
  /** Ignores messages it was given before. */
  readonly put: (messages: readonly Message[]) => void;
  readonly fail: (error: unknown) => void;
}

export const createInbox = (): FilledInbox => {
  const seen = new Set<number>();
  let waiting: Message[] = [];
  let next = deferred();
  return {
    next: () => next.promise,
    take: () => {
      const taken = waiting;
      waiting = [];
      next = deferred();
      return taken;
    },
    put: messages => {
      const fresh = messages.filter(message => !seen.has(message.id));
      for (const message of fresh) seen.add(message.id);
      waiting.push(...fresh);
      if (fresh.length > 0) next.resolve();
    },
    fail: error => next.reject(error),
  };
};

const deferred = () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Nobody may be waiting when it fails; whoever asks later still gets the failure.
  promise.catch(() => {});
  return { promise, resolve: () => resolve(), reject };
};
