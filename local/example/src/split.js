/** Splits an amount of cents into as many shares as there are flats. */
export function split(cents, flats) {
  if (!Number.isInteger(flats) || flats < 1) throw new RangeError("there must be at least one flat");
  const share = Math.round(cents / flats);
  return Array(flats).fill(share);
}
