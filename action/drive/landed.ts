// Finished commands, in the order in which they finished. Each promise gets one reaction, however often the next is
// asked for: a `Promise.race` in each round would add a reaction to every promise and keep each winner alive.
import type { Performed } from "./perform.ts";

export interface Landed {
  readonly follow: (done: Promise<Performed>) => void;
  /** The next that is over, possibly rejected. Wrapped in an object, because `await` would unwrap a bare promise. */
  readonly next: () => Promise<{ readonly done: Promise<Performed> }>;
}

export const createLanded = (): Landed => {
  const over: Promise<Performed>[] = [];
  let more = Promise.withResolvers<void>();
  return {
    follow: done => {
      const land = () => {
        over.push(done);
        more.resolve();
      };
      done.then(land, land);
    },
    next: async () => {
      for (;;) {
        const done = over.shift();
        if (done !== undefined) return { done };
        more = Promise.withResolvers<void>();
        await more.promise;
      }
    },
  };
};
