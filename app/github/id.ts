// GitHub describes ids as 64 bits wide, which its types read as `number | bigint`; what comes is a number.

/** Of something that may be missing. */
export const toId = (id: number | bigint | null | undefined): number | null =>
  id === null || id === undefined ? null : Number(id);
