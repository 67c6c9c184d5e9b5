// The prompt cache of the Messages API: entries at breakpoints, found by looking back 20 blocks, read at the longest living
// prefix; each read renews the lifetime.
import { type PromptBlock, totalTokens } from "./prompt.ts";

export interface PromptUsage {
  readonly input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
}

export interface PromptCache {
  /** What `prompt` is charged now; afterwards it is in the cache. */
  readonly charge: (prompt: readonly PromptBlock[], model: string) => PromptUsage;
}

interface Entry {
  readonly ttl: "5m" | "1h";
  until: number;
}

const LOOKBACK = 20;
const LIFETIME = { "5m": 5 * 60_000, "1h": 60 * 60_000 };

export const createPromptCache = (now: () => number): PromptCache => {
  const entries = new Map<string, Entry>();
  return {
    charge: (prompt, model) => {
      forgetDead(entries, now());
      const marked = prompt.flatMap(({ ttl }, index) => (ttl === null ? [] : [{ index, ttl }]));
      const hit = Math.max(-1, ...marked.map(({ index }) => latestEntry(prompt, { entries, from: index })));
      const written = { "5m": 0, "1h": 0 };
      let from = hit + 1;
      for (const { index, ttl } of marked) {
        const upTo = totalTokens(prompt.slice(0, index + 1));
        if (upTo < leastCacheable(model)) continue;
        keep(entries, { key: prompt[index]?.prefix ?? "", ttl, now: now() });
        written[ttl] += totalTokens(prompt.slice(from, index + 1));
        from = Math.max(from, index + 1);
      }
      const hitKey = prompt[hit]?.prefix;
      const read = hitKey === undefined ? undefined : entries.get(hitKey);
      if (hitKey !== undefined && read !== undefined)
        keep(entries, { key: hitKey, ttl: read.ttl, now: now() });
      return usageOf(prompt, { read: totalTokens(prompt.slice(0, hit + 1)), written });
    },
  };
};

/**
 * Shorter prefixes are silently not cached. The API's figures differ between models of one family (512 to 4,096 tokens);
 * these are the high end, so that what is cached here is cached there.
 */
const leastCacheable = (model: string): number => (model.includes("haiku") ? 4096 : 1024);

const latestEntry = (
  prompt: readonly PromptBlock[],
  { entries, from }: { readonly entries: ReadonlyMap<string, Entry>; readonly from: number },
): number => {
  for (let index = from; index >= 0 && index > from - LOOKBACK; index--)
    if (entries.has(prompt[index]?.prefix ?? "")) return index;
  return -1;
};

const keep = (
  entries: Map<string, Entry>,
  { key, ttl, now }: { readonly key: string; readonly ttl: Entry["ttl"]; readonly now: number },
): void => {
  const known = entries.get(key);
  const longest = known?.ttl === "1h" ? "1h" : ttl;
  entries.set(key, { ttl: longest, until: now + LIFETIME[longest] });
};

const forgetDead = (entries: Map<string, Entry>, now: number): void => {
  for (const [key, { until }] of entries) if (until <= now) entries.delete(key);
};

const usageOf = (
  prompt: readonly PromptBlock[],
  { read, written }: { readonly read: number; readonly written: Readonly<Record<"5m" | "1h", number>> },
): PromptUsage => {
  const creation = written["5m"] + written["1h"];
  return {
    input_tokens: totalTokens(prompt) - read - creation,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: creation,
    cache_creation: {
      ephemeral_5m_input_tokens: written["5m"],
      ephemeral_1h_input_tokens: written["1h"],
    },
  };
};
