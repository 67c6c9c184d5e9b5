// The models: which one serves a tier, and what its tokens cost, in US dollars per million. One dated table; source: the
// providers' public price list (platform.claude.com, "Pricing").
import type { Tier } from "./config.ts";
import type { Usage } from "./usage.ts";

export const PRICES_AS_OF = "2026-10-07";

interface Price {
  readonly input: number;
  readonly output: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly cache_write_1h: number;
}

interface Model {
  readonly id: string;
  readonly price: Price;
  /** For requests whose prompt has more than `from` tokens. */
  readonly long?: { readonly from: number; readonly price: Price };
}

/** By the tier they serve. */
export const MODELS: Readonly<Record<Tier, Model>> = {
  opus: {
    id: "claude-opus-5-5",
    price: { input: 4, output: 20, cache_read: 0.2, cache_write: 5, cache_write_1h: 8 },
  },
  sonnet: {
    id: "claude-sonnet-5-5",
    price: { input: 2, output: 10, cache_read: 0.1, cache_write: 2.5, cache_write_1h: 4 },
  },
  haiku: {
    id: "claude-haiku-5-5",
    price: { input: 0.1, output: 0.5, cache_read: 0.01, cache_write: 0.125, cache_write_1h: 0.2 },
    long: {
      from: 100_000,
      price: { input: 0.5, output: 2.5, cache_read: 0.05, cache_write: 0.625, cache_write_1h: 1 },
    },
  },
};

/** US dollars per search, with any model; fetching a page costs only its tokens. */
const WEB_SEARCH = 0.01;

/** By the model that was asked for; by the one that the reply names, if a project asks for one that is not in the table. */
export const costOfReply = (
  asked: string,
  { model, usage }: { readonly model: string; readonly usage: Usage },
): number | null => costOf(asked, usage) ?? costOf(model, usage); // guard: price-of-the-model

/** US dollars for one reply, or `null` for a model that the table does not know: never a false $0. */
export const costOf = (model: string, usage: Usage): number | null => {
  const asked = model.replace(/-\d{8}$/, "");
  const known = Object.values(MODELS).find(({ id }) => id === asked);
  if (known === undefined) return null;
  const prompt = usage.input + usage.cache_read + usage.cache_write;
  const price = known.long !== undefined && prompt > known.long.from ? known.long.price : known.price;
  return (
    (usage.input * price.input +
      usage.output * price.output +
      usage.cache_read * price.cache_read +
      (usage.cache_write - usage.cache_write_1h) * price.cache_write +
      usage.cache_write_1h * price.cache_write_1h) /
      1_000_000 +
    (usage.web_searches ?? 0) * WEB_SEARCH
  );
};
