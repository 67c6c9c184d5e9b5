// One of GitHub's lists, page by page: strangers can make it endless, so it is never in memory as a whole. The reader
// keeps what it needs.
import { refused } from "./failure.ts";

/** Items per page; each may have texts of 65,536 characters. */
export const LONG_ONES = 50;

export async function* pagesOf<T, U>(
  route: string,
  found: AsyncIterable<{ readonly data: readonly T[] }>,
  to: (item: T) => U,
): AsyncGenerator<readonly U[]> {
  const pages = found[Symbol.asyncIterator]();
  for (;;) {
    const page = await pages.next().catch(error => {
      throw refused(error, route);
    });
    if (page.done) return;
    yield page.value.data.map(to);
  }
}

/** Makes a copy: a slice would keep the whole text in memory. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : Buffer.from(text.slice(0, most), "utf16le").toString("utf16le");
