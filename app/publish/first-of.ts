// The first match in a list that comes page by page; reads no further than necessary.

export const firstOf = async <T>(
  pages: AsyncIterable<readonly T[]>,
  isIt: (item: T) => boolean,
): Promise<T | null> => {
  for await (const page of pages) {
    const found = page.find(isIt);
    if (found !== undefined) return found;
  }
  return null;
};
