// Seeded randomness: the same seed gives the same tricks in the same order.

export interface Random {
  /** A whole number from 0 up to, but not including, `below`. */
  readonly below: (below: number) => number;
  readonly pick: <T>(all: readonly T[]) => T;
}

/** mulberry32. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: all => {
      const found = all[below(all.length)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
  };
};
