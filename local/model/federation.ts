// Workload identity as at Anthropic's token endpoint: an OIDC token of a known issuer that fits a rule is exchanged, once,
// for a short-lived token. A refusal gives no reason; `history` has it, like the Console's authentication history.
import { createHash, randomBytes } from "node:crypto";
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import * as z from "zod";
import { Failure } from "./failure.ts";
import { readBody } from "./request.ts";

/** A federation rule and its issuer, which is asked for its keys. */
export interface FederationRule {
  readonly federation_rule: string;
  readonly organization: string;
  readonly service_account: string;
  /** Where the rule is enabled; if there are several, a request must name one. */
  readonly workspaces: readonly string[];
  readonly issuer: string;
  /** For `sub`: the exact value, or its beginning followed by `*`. */
  readonly subject: string;
  readonly audience: string;
  readonly claims: Readonly<Record<string, string>>;
  /** Seconds; shorter if less than half of the OIDC token's lifetime is left. */
  readonly lifetime: number;
}

/** `match_subject_prefix`, `jti_reused` and `workspace_id_required` are Anthropic's words, the others are in their style. */
export type Denial =
  | "rule_unknown"
  | "organization"
  | "service_account"
  | "workspace_id_required"
  | "workspace"
  | "issuer"
  | "signature"
  | "expired"
  | "lifetime"
  | "match_audience"
  | "match_subject_prefix"
  | "match_claims"
  | "jti_reused";

export interface Exchange {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly rule: string;
  readonly subject: string | null;
  /** Null if a token was given. */
  readonly denied: Denial | null;
}

export interface Federation {
  /** The reply to POST /v1/oauth/token. Throws a Failure. */
  readonly exchange: (body: unknown) => Promise<object>;
  /** Throws a Failure if a bearer's token is not one of ours, or too old. */
  readonly check: (bearer: string) => void;
  readonly history: () => readonly Exchange[];
  /** Invalidates every token given so far. */
  readonly revoke: () => void;
  /** All OIDC tokens and tokens ever seen, to check that they are nowhere else. */
  readonly secrets: () => readonly string[];
}

interface Options {
  readonly rules: () => readonly FederationRule[];
  readonly now: () => number;
}

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const MOST_ASSERTION = 16 * 1024;
const SKEW = 30;
const MOST_LIFETIME = 3600;

export const createFederation = ({ rules, now }: Options): Federation => {
  const history: Exchange[] = [];
  const secrets = new Set<string>();
  const used = new Set<string>();
  /** When each token expires, by its hash: milliseconds. */
  const given = new Map<string, number>();

  const accept = async (
    asked: Asked,
  ): Promise<{ readonly rule: FederationRule; readonly claims: JWTPayload }> => {
    const rule = rules().find(one => one.federation_rule === asked.federation_rule_id);
    if (rule === undefined) throw new Denied("rule_unknown");
    if (rule.organization !== asked.organization_id) throw new Denied("organization");
    const claims = await verify(asked.assertion, rule, now());
    match(claims, rule);
    if (rule.service_account !== asked.service_account_id) throw new Denied("service_account");
    if (asked.workspace_id === undefined && rule.workspaces.length > 1)
      throw new Denied("workspace_id_required");
    if (asked.workspace_id !== undefined && !rule.workspaces.includes(asked.workspace_id))
      throw new Denied("workspace");
    const once = `${claims.iss} ${claims.jti}`;
    if (used.has(once)) throw new Denied("jti_reused");
    used.add(once);
    return { rule, claims };
  };

  return {
    exchange: async body => {
      const asked = readBody(Asked, body ?? {});
      secrets.add(asked.assertion);
      const entry = {
        at: new Date(now()).toISOString(),
        rule: asked.federation_rule_id,
        subject: subjectOf(asked.assertion),
      };
      try {
        const { rule, claims } = await accept(asked);
        const left = (claims.exp ?? 0) - now() / 1000;
        const expires_in = Math.floor(Math.min(rule.lifetime, 2 * left));
        const access_token = `sk-ant-oat01-${randomBytes(48).toString("base64url")}`;
        secrets.add(access_token);
        given.set(hash(access_token), now() + expires_in * 1000);
        history.push({ ...entry, denied: null });
        return { access_token, token_type: "Bearer", expires_in, scope: "workspace:inference" };
      } catch (error) {
        if (!(error instanceof Denied)) throw error;
        history.push({ ...entry, denied: error.denial });
        throw new Failure(401, "Authentication failed");
      }
    },
    check: bearer => {
      const until = given.get(hash(bearer));
      if (until === undefined) throw new Failure(401, "Invalid bearer token");
      if (until <= now()) throw new Failure(401, "OAuth token has expired");
    },
    history: () => [...history],
    revoke: () => given.clear(),
    secrets: () => [...secrets],
  };
};

class Denied extends Error {
  readonly denial: Denial;

  constructor(denial: Denial) {
    super(denial);
    this.denial = denial;
  }
}

/** Unlike a refusal, an error in the request itself is explained. */
const Asked = z.object({
  grant_type: z.literal(GRANT, `must be ${GRANT}`),
  assertion: z.string().min(1, "Field required").max(MOST_ASSERTION, "must be at most 16 KiB"),
  federation_rule_id: z.string().regex(/^fdrl_\w+$/, "must be a fdrl_... ID"),
  organization_id: z.string().regex(/^[0-9a-f-]{36}$/i, "must be a UUID"),
  service_account_id: z.string().regex(/^svac_\w+$/, "must be a svac_... ID"),
  workspace_id: z
    .string()
    .regex(/^(wrkspc_\w+|default)$/, "must be a wrkspc_... ID or the literal 'default'")
    .optional(),
});
type Asked = z.infer<typeof Asked>;

const verify = async (assertion: string, rule: FederationRule, now: number): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(await keysOf(rule.issuer)), {
      issuer: rule.issuer,
      algorithms: ["RS256", "ES256"],
      requiredClaims: ["sub", "iat", "exp"],
      clockTolerance: SKEW,
      currentDate: new Date(now),
    });
    if ((payload.exp ?? 0) - (payload.iat ?? 0) > MOST_LIFETIME) throw new Denied("lifetime");
    return payload;
  } catch (error) {
    if (error instanceof Denied) throw error;
    if (error instanceof errors.JWTExpired) throw new Denied("expired");
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss") throw new Denied("issuer");
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf")
      throw new Denied("expired");
    throw new Denied("signature");
  }
};

const keysOf = async (issuer: string): Promise<JSONWebKeySet> => {
  const found = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri } = (await found.json()) as { readonly jwks_uri: string };
  return (await (await fetch(jwks_uri)).json()) as JSONWebKeySet;
};

const match = (claims: JWTPayload, { audience, subject, claims: wanted }: FederationRule): void => {
  if (![claims.aud].flat().includes(audience)) throw new Denied("match_audience");
  const sub = claims.sub ?? "";
  if (subject.endsWith("*") ? !sub.startsWith(subject.slice(0, -1)) : sub !== subject)
    throw new Denied("match_subject_prefix");
  if (Object.entries(wanted).some(([name, value]) => claims[name] !== value))
    throw new Denied("match_claims");
};

const subjectOf = (assertion: string): string | null => {
  try {
    return decodeJwt(assertion).sub ?? null;
  } catch {
    return null;
  }
};

const hash = (token: string): string => createHash("sha256").update(token).digest("hex");
