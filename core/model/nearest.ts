// The name that somebody meant when writing another. Pure.

/** Null if none is near: up to a third of the letters may differ, or the rest of the name may be missing. */
export const nearest = (written: string, names: readonly string[]): string | null => {
  const word = written
    .toLowerCase()
    .replace(/^[^a-z]+|[^a-z]+$/g, "")
    .slice(0, 40);
  if (word === "") return null;
  const found = names
    .map(name => ({ name, far: word.length > 2 && name.startsWith(word) ? 0 : distance(word, name) }))
    .filter(({ name, far }) => far <= Math.ceil(Math.min(word.length, name.length) / 3))
    // Among names equally far, the one of the same length: letters are swapped more often than dropped.
    .sort((a, b) => a.far - b.far || off(a.name, word) - off(b.name, word))[0];
  return found?.name ?? null;
};

const off = (name: string, word: string): number => Math.abs(name.length - word.length);

/** Damerau's distance: letters inserted, dropped or replaced, and neighbours swapped. */
const distance = (from: string, to: string): number => {
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  const at = (list: readonly number[], index: number): number => list[index] as number;
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const isSwap = i > 0 && j > 0 && letter === to[j - 1] && from[i - 1] === other;
      next.push(
        Math.min(
          at(row, j) + (letter === other ? 0 : 1),
          at(row, j + 1) + 1,
          at(next, j) + 1,
          isSwap ? at(before, j - 1) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
};
