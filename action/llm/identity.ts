// Workload identity: a run's OIDC token is exchanged for an Anthropic token that lives for minutes. The SDK does the
// exchange, renews it and sets the header. Kin sees to it that only one exchange runs at a time, that none runs soon
// after a refusal, what a failure means, and that neither token is shown.
import { oidcFederationProvider } from "@anthropic-ai/sdk/lib/credentials/oidc-federation";
import {
  type AccessToken,
  type AccessTokenProvider,
  WorkloadIdentityError,
} from "@anthropic-ai/sdk/lib/credentials/types";
import type { Clock } from "../../core/model/clock.ts";
import { KinError } from "../../core/model/error.ts";
import type { WorkloadIdentity } from "../../core/model/identity.ts";
import type { Failure } from "./failure.ts";

export interface Identity {
  readonly provider: AccessTokenProvider;
  /** The given fetch, which also remembers the token that the API refused. */
  readonly fetch: typeof fetch;
  /** Removes every token that this run ever had, and anything that looks like one. */
  readonly hide: (text: string) => string;
}

export interface IdentityOptions {
  readonly ids: WorkloadIdentity;
  /** A fresh OIDC token of this run: each is good for one exchange. */
  readonly assertion: () => Promise<string>;
  /** Hears of each token before anybody else. */
  readonly onToken: (token: string) => void;
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, "now">;
  /** Milliseconds until an answer's headers. */
  readonly patience: number;
}

export class NoIdentity extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super("no identity");
    this.failure = failure;
  }
}

/** Whoever was refused will be refused again a minute later, and each attempt shows in somebody's audit log. */
const HOLD_MS = 10 * 60_000; // guard: held-for-ten-minutes
/** The SDK sets no limit for the exchange, and whoever stops a run waits for it. */
const EXCHANGE_MS = 30_000;

export const createIdentity = (options: IdentityOptions): Identity => {
  const { ids, assertion, onToken, baseUrl, clock, patience } = options;
  const longest = Math.min(EXCHANGE_MS, patience);
  const secrets = new Set<string>();
  const hide = (text: string): string => {
    let hidden = text;
    for (const secret of secrets) hidden = hidden.replaceAll(secret, "[redacted]"); // guard: hidden-tokens
    return hidden.replace(LOOKS_SECRET, "[redacted]"); // guard: hidden-pieces
  };
  let current: AccessToken | null = null;
  let refusedToken: string | null = null;
  let underWay: Promise<AccessToken> | null = null;
  let held: { readonly until: number; readonly failure: Failure } | null = null;
  let told: Told = NOTHING_TOLD;

  const exchange = oidcFederationProvider({
    identityTokenProvider: async () => {
      const jwt = await assertion();
      secrets.add(jwt);
      told = { ...told, claims: claimsOf(jwt) };
      return jwt;
    },
    federationRuleId: ids.federation_rule,
    organizationId: ids.organization,
    serviceAccountId: ids.service_account,
    ...(ids.workspace === "" ? {} : { workspaceId: ids.workspace }),
    baseURL: baseUrl,
    fetch: async (input, init) => {
      try {
        return await options.fetch(input, { ...init, signal: AbortSignal.timeout(longest) }); // guard: limit-of-an-exchange
      } catch (error) {
        told = { ...told, lost: true };
        throw error;
      }
    },
  });

  const exchangeOnce = async (): Promise<AccessToken> => {
    if (held !== null && clock.now() < held.until) throw new NoIdentity(held.failure); // guard: held-refusal
    told = NOTHING_TOLD;
    try {
      const token = await exchange();
      secrets.add(token.token);
      onToken(token.token); // guard: masked-token
      current = token;
      return token;
    } catch (error) {
      const failure = failureOfExchange(error, { ids, told, hide });
      if (failure.kind === "refused") held = { until: clock.now() + HOLD_MS, failure };
      throw new NoIdentity(failure);
    }
  };

  const done = (): void => {
    underWay = null;
  };

  return {
    hide,
    provider: async asked => {
      // Another conversation has already renewed the token that this one was refused with.
      if (asked?.forceRefresh && current !== null && current.token !== refusedToken) return current; // guard: renewed-already
      underWay ??= exchangeOnce().finally(done); // guard: one-exchange
      return underWay;
    },
    fetch: async (input, init) => {
      const response = await options.fetch(input, init);
      const bearer = new Headers(init?.headers).get("authorization");
      if (response.status === 401) refusedToken = bearer?.replace(/^Bearer /, "") ?? null; // guard: renewed-for-the-refused
      return response;
    },
  };
};

/** Tokens of GitHub's and Anthropic's, even truncated. */
const LOOKS_SECRET = /eyJ[\w-]{6,}(?:\.[\w-]*){0,2}|sk-ant-[\w-]*/g;

interface Told {
  readonly lost: boolean;
  /** What GitHub says about this run: names, no secrets. */
  readonly claims: string;
}

const NOTHING_TOLD: Told = { lost: false, claims: "" };

/** Subject and audience, for a person to compare with the rule. */
const claimsOf = (jwt: string): string => {
  try {
    const { sub, aud } = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
    return `sub ${String(sub).slice(0, 300)}, aud ${String(aud).slice(0, 100)}`;
  } catch {
    return "";
  }
};

interface Context {
  readonly ids: WorkloadIdentity;
  readonly told: Told;
  readonly hide: (text: string) => string;
}

const failureOfExchange = (error: unknown, { ids, told, hide }: Context): Failure => {
  if (error instanceof KinError)
    return error.retryable
      ? passing(error.message)
      : { kind: "refused", reason: error.message, hint: error.hint };
  if (!(error instanceof WorkloadIdentityError)) throw error;
  const { statusCode: status } = error;
  if (told.lost) return passing("no connection to the token endpoint"); // guard: lost-exchange
  const passes = status !== null && (status >= 500 || status === 429 || status === 408);
  if (passes) return passing(`the token endpoint answered ${status}`); // guard: passing-faults
  const reason = `no token for this run's identity: ${hide(wordsOf(error)).replace(/\s+/g, " ").slice(0, 300)}`;
  return { kind: "refused", reason, hint: hintFor(status, { ids, claims: told.claims }) };
};

const passing = (reason: string): Failure => ({ kind: "retry", reason, retry_after: null, final: false });

/** The API's own sentence; any other answer may contain what was sent. */
const wordsOf = ({ statusCode, body, message }: WorkloadIdentityError): string => {
  if (statusCode === null) return message;
  try {
    const { error } = JSON.parse(String(body));
    if (typeof error?.message === "string") return `${statusCode} ${error.type}: ${error.message}`;
  } catch {
    // Not an API error.
  }
  return `the token endpoint answered ${statusCode}`;
};

const hintFor = (
  status: number | null,
  { ids, claims }: { readonly ids: WorkloadIdentity; readonly claims: string },
): string => {
  const rule = ids.federation_rule;
  if (status === 401)
    return `Compare the rule ${rule} with what GitHub says of this run (${claims}). The Claude Console keeps the reason under Settings, Workload identity, in the authentication history; no entry there means that it does not know the rule. Then start the run again; Kin asks no sooner than in ten minutes. docs/setup.md tells more.`;
  if (status === 400)
    return `Check the ids of workload identity (${rule}, ${ids.organization}, ${ids.service_account}${ids.workspace && `, ${ids.workspace}`}) against the Claude Console, then start the run again.`;
  return "Look whether ANTHROPIC_BASE_URL leads to the Anthropic API over https, or leave it out, then start the run again.";
};
