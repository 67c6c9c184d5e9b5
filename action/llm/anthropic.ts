// The Messages API as a `LanguageModel`: one reply per call, streamed, with Kin's own retries. `request.ts` builds what
// goes out, `reply.ts` reads what comes back, `failure.ts` says what a failure means.

import { APIError } from "@anthropic-ai/sdk";
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Messages } from "@anthropic-ai/sdk/resources/messages/messages";
import type { Clock } from "../../core/model/clock.ts";
import { KinError } from "../../core/model/error.ts";
import type { WorkloadIdentity } from "../../core/model/identity.ts";
import type { ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import type { LanguageModel } from "../drive/ports/model.ts";
import { type Failure, failureOf } from "./failure.ts";
import { createIdentity, type Identity, NoIdentity } from "./identity.ts";
import { type ReplyProgress, readReply, withIdleLimit } from "./reply.ts";
import { paramsOf } from "./request.ts";

export type Credential = { readonly apiKey: string } | { readonly workload: Workload };

export interface Workload {
  readonly ids: WorkloadIdentity;
  /** A fresh OIDC token of the run, for Anthropic: each is good for one exchange. */
  readonly assertion: () => Promise<string>;
  /** Hears of each token from an exchange before anybody else. */
  readonly onToken: (token: string) => void;
}

export type LanguageModelOptions = Credential & Circumstances;

interface Circumstances {
  /** Only the operator may set this: whoever chooses it gets the key or the tokens. */
  readonly baseUrl?: string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: (line: string) => void;
  readonly fetch?: typeof fetch;
  /** Called when a block of the reply begins; passes no text. */
  readonly onProgress?: (progress: ReplyProgress) => void;
  /** Milliseconds until the response's headers, and between two pieces of its body. Real time, not `clock`. */
  readonly timeouts?: { readonly headers: number; readonly idle: number };
}

export const ANTHROPIC_URL = "https://api.anthropic.com";

/** The API sends pings while a model thinks, so three minutes of silence mean a dead connection. */
const TIMEOUTS = { headers: 180_000, idle: 180_000 };
/** Six retries over 610 s, before the jitter of ±20 %. */
const WAITS = [2_000, 8_000, 30_000, 90_000, 180_000, 300_000];
/** Counted from the first failure, so that a long reply which breaks off at its end is still retried. */
const PATIENCE = 15 * 60_000;

export const createLanguageModel = (options: LanguageModelOptions): LanguageModel => {
  const asking = askingOf(options);
  return {
    reply: async (request, { signal }) => {
      let renewals = asking.identity === null ? 0 : 1;
      const mayRenew = (): boolean => renewals-- > 0; // guard: one-renewal
      const attempt = () => attemptOnce(asking, { request, signal, options, mayRenew });
      return withRetries(attempt, { signal, options });
    },
  };
};

type Attempted = ModelOutcome | { readonly kind: "failed"; readonly failure: Failure & { kind: "retry" } };

interface Asking {
  readonly messages: Messages;
  /** Null if a key is used. */
  readonly identity: Identity | null;
  /** Removes the credential from a text. */
  readonly hide: (text: string) => string;
}

interface Asked {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly options: LanguageModelOptions;
  readonly mayRenew: () => boolean;
}

const attemptOnce = async (asking: Asking, asked: Asked): Promise<Attempted> => {
  const { request, signal, options, mayRenew } = asked;
  if (signal.aborted) return { kind: "aborted" };
  const params = paramsOf(request);
  try {
    const reading = readReply(asking.messages, { params, signal, onProgress: options.onProgress });
    const reply = await orAborted(reading, signal); // guard: abort-of-an-exchange
    return { kind: "replied", reply };
  } catch (error) {
    if (signal.aborted) return { kind: "aborted" };
    // The SDK has dropped the token and will exchange for another; repeating the request is up to us.
    const renews = error instanceof APIError && error.status === 401 && mayRenew(); // guard: a-renewal
    if (renews) return attemptOnce(asking, asked);
    const failure = meaningOf(error, asking, options.clock.now());
    return failure.kind === "retry" ? { kind: "failed", failure } : failure;
  }
};

/** While the SDK waits for a token it ignores aborts. */
const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
};

const meaningOf = (error: unknown, { hide, identity }: Asking, now: number): Failure =>
  error instanceof NoIdentity ? error.failure : failureOf(error, { now, hide, identity: identity !== null });

const withRetries = async (
  attempt: () => Promise<Attempted>,
  { signal, options }: Pick<Asked, "signal" | "options">,
): Promise<ModelOutcome> => {
  const { clock, random, log } = options;
  let giveUpAt = Number.POSITIVE_INFINITY;
  for (let retries = 0; ; retries++) {
    const attempted = await attempt();
    if (attempted.kind !== "failed") return attempted;
    const { reason, retry_after, final } = attempted.failure;
    if (retries === 0) giveUpAt = clock.now() + PATIENCE;
    const wait = waitBefore(retries, { retry_after, random: random() });
    if (final || wait === null || clock.now() + wait > giveUpAt) {
      log(`The model is unavailable after ${retries} retries: ${reason}`);
      return { kind: "unavailable", reason, retry_after };
    }
    log(`The model did not reply (${reason}); retry ${retries + 1} in ${Math.ceil(wait / 1000)} s.`);
    await sleepUnlessAborted(clock, { ms: wait, signal });
    if (signal.aborted) return { kind: "aborted" };
  }
};

/** What the API asks for is the minimum; the jitter keeps many runs from coming back at the same instant. */
const waitBefore = (
  retries: number,
  { retry_after, random }: { readonly retry_after: number | null; readonly random: number },
): number | null => {
  const backoff = WAITS[retries];
  if (backoff === undefined) return null;
  const asked = retry_after === null ? 0 : retry_after * 1000 + random * 1000;
  return Math.round(Math.max(asked, backoff * (0.8 + 0.4 * random)));
};

/** A clock may end an aborted wait by returning or by throwing. */
const sleepUnlessAborted = async (
  clock: Clock,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<void> => {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** The whole client would also load every other resource of the API at each start of the Action. */
const askingOf = (options: LanguageModelOptions): Asking => {
  const { baseUrl = ANTHROPIC_URL, timeouts = TIMEOUTS, clock } = options;
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl))
    throw new KinError("The base URL of the Messages API is not an http(s) URL.", {
      code: "base_url_invalid",
      hint: `Set ANTHROPIC_BASE_URL to something like ${ANTHROPIC_URL}, or leave it out.`,
    });
  const common = {
    // Always given, or the SDK would look for it in the environment.
    baseURL: baseUrl.replace(/(?<!\/)\/+$/, ""),
    maxRetries: 0,
    timeout: timeouts.headers,
    // The SDK logs pieces of prompts and replies, at `error` when an event does not parse.
    logLevel: "off",
    // A redirect would take the prompt, and in some versions of Node the key, to a host nobody chose.
    fetchOptions: { redirect: "manual" },
  } as const;
  const patient = withIdleLimit(options.fetch ?? fetch, timeouts.idle);
  if ("apiKey" in options) {
    const { apiKey } = options;
    checkKey(apiKey);
    const messages = new Messages(new BaseAnthropic({ ...common, apiKey, fetch: patient }));
    return { messages, identity: null, hide: text => text.replaceAll(apiKey, "[redacted]") };
  }
  const rest = { baseUrl: common.baseURL, fetch: patient, clock, patience: timeouts.headers };
  const identity = createIdentity({ ...options.workload, ...rest });
  const { provider, hide } = identity;
  const client = new BaseAnthropic({ ...common, credentials: provider, fetch: identity.fetch });
  return { messages: new Messages(client), identity, hide };
};

/** `fetch` would repeat a key that fits in no header in its error message. */
const checkKey = (key: string): void => {
  if (/^[\x21-\x7e]+$/.test(key)) return;
  throw new KinError("The Anthropic API key is empty or has characters that no key has.", {
    code: "api_key_invalid",
    hint: "Set ANTHROPIC_API_KEY to the key as the Claude Console shows it, without spaces or line breaks.",
  });
};
