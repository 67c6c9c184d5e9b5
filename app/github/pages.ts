// A list of GitHub's, page by page: what strangers may fill without end is never in memory whole. Whoever reads keeps what
// it needs.
import { refused } from "./failure.ts";

/** So many to a page: their texts may be 65,536 characters long, each. */
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

/** A copy: a part of a text would keep all of it in memory. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : Buffer.from(text.slice(0, most), "utf16le").toString("utf16le");
