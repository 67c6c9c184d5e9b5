// GitHub describes ids as 64 bits wide, which its types turn into `number | bigint`; in practice they are numbers.

/** For something that may be missing. */
export const toId = (id: number | bigint | null | undefined): number | null =>
  id === null || id === undefined ? null : Number(id);
