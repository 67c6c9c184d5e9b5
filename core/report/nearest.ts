// The name that somebody meant who wrote another one. Pure.

/** Null where none is near: a third of the letters may be otherwise, or the rest of the name missing. */
export const nearest = (written: string, names: readonly string[]): string | null => {
  const word = written
    .toLowerCase()
    .replace(/^[^a-z]+|[^a-z]+$/g, "")
    .slice(0, 40);
  if (word === "") return null;
  const found = names
    .map(name => ({ name, far: word.length > 2 && name.startsWith(word) ? 0 : distance(word, name) }))
    .filter(({ name, far }) => far <= Math.ceil(Math.min(word.length, name.length) / 3))
    .sort((a, b) => a.far - b.far)[0];
  return found?.name ?? null;
};

/** Levenshtein's: letters to put in, leave out or replace. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries())
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    row = next;
  }
  return row[to.length] ?? 0;
};
