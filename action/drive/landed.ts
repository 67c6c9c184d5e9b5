// What is over, in the order in which it ended. Each promise is waited on once, however often somebody asks for the next:
// a race over all of them at each round would hang a reaction on each at each round, and keep what won it.
import type { Performed } from "./perform.ts";

export interface Landed {
  readonly follow: (done: Promise<Performed>) => void;
  /** One that is over; it may have failed. Wrapped, because a promise of a promise is its end. */
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
