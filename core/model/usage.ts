// Tokens, as the Messages API counts them.
import * as z from "zod";

/** Of one model reply: `input` excludes what the cache read or wrote. */
export const Usage = z.object({
  input: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
  cache_read: z.number().int().nonnegative(),
  cache_write: z.number().int().nonnegative(),
  /** The part of `cache_write` with the one-hour lifetime. */
  cache_write_1h: z.number().int().nonnegative().default(0),
  /** Priced per search; absent: none. */
  web_searches: z.number().int().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

export const NO_USAGE: Usage = { input: 0, output: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0 };

export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cache_read: a.cache_read + b.cache_read,
  cache_write: a.cache_write + b.cache_write,
  cache_write_1h: a.cache_write_1h + b.cache_write_1h,
  ...webSearches((a.web_searches ?? 0) + (b.web_searches ?? 0)),
});

const webSearches = (count: number): Pick<Usage, "web_searches"> =>
  count === 0 ? {} : { web_searches: count };

export const totalTokens = (u: Usage): number => u.input + u.output + u.cache_read + u.cache_write;
