// A runner's OIDC token: who is asking. Checked against the operator's list of issuers, never against what the token
// says of itself. `sub` is not parsed, because the customer may change its format.
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import * as z from "zod";
import { KinError } from "../../core/model/error.ts";

/** As GitHub writes ids, and small enough to be exact as a number. */
const id = z.string().regex(/^[1-9]\d{0,14}$/);
const text = z.string().min(1);

/** Strict: anything that GitHub never sends was not made by a workflow's job. */
export const RunnerClaims = z.object({
  /** For one server alone: a list would be valid for others, too. */
  aud: text,
  exp: z.number(),
  jti: text,
  repository_id: id,
  repository: text,
  event_name: text,
  ref: text,
  workflow_ref: text,
  /** Only old servers omit it. */
  job_workflow_ref: text.optional(),
  run_id: id,
  run_attempt: id,
  actor_id: id,
  actor: text,
});
export type RunnerClaims = z.infer<typeof RunnerClaims>;

export interface VerifierOptions {
  readonly issuers: readonly string[];
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Verifier = (token: string) => Promise<RunnerClaims>;

const OLDEST = "5 minutes";
/** Several times as long as GitHub's. */
const LONGEST = 8 * 1024;

/** The verifier throws `claim_refused` with the reason. */
export const createVerifier = ({ issuers, audience, now }: VerifierOptions): Verifier => {
  const keys = new Map(issuers.map(issuer => [issuer, keysOf(issuer)]));
  return async token => {
    if (token.length > LONGEST) throw refused("the token is too long", "It is the job's own OIDC token."); // guard: id-token-size
    const issuer = issuerOf(token);
    const set = keys.get(issuer);
    if (set === undefined)
      throw refused(
        `the token's issuer ${issuer.slice(0, 100)} is not trusted`,
        "Operators add issuers with KIN_OIDC_ISSUERS.",
      );
    try {
      const { payload } = await jwtVerify(token, set, {
        issuer, // guard: issuer-is-checked
        audience,
        maxTokenAge: OLDEST,
        currentDate: new Date(now()),
        algorithms: ["RS256"],
        clockTolerance: 5,
      });
      return RunnerClaims.parse(payload);
    } catch (error) {
      if (error instanceof KinError) throw error;
      throw refused(
        describe(error),
        "The workflow's `server` input must be the App's own KIN_URL, and the job needs `id-token: write`.",
      );
    }
  };
};

/** If an issuer does not respond, that says nothing about the token: the run asks again. */
const keysOf = (issuer: string): JWTVerifyGetKey => {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`));
  return (header, token) =>
    keys(header, token).catch(cause => {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
        throw cause;
      throw new KinError(`The issuer ${issuer} does not give its keys.`, {
        code: "issuer_unreachable",
        hint: "Check that the App reaches it, and KIN_OIDC_ISSUERS.",
        retryable: true,
        cause,
      });
    });
};

/** Read before the signature is checked, only to choose the keys. */
const issuerOf = (token: string): string => {
  try {
    const part = token.split(".")[1] ?? "";
    return String(
      (JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as { iss?: unknown }).iss ?? "(none)",
    );
  } catch {
    return "(unreadable)";
  }
};

const describe = (error: unknown): string => {
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the token's \`${error.claim}\` is not right: ${error.message}`;
  if (error instanceof z.ZodError)
    return `the token lacks or misstates ${error.issues.map(issue => `\`${issue.path.join(".")}\``).join(", ")}`;
  if (error instanceof errors.JWTExpired) return `the token is too old: ${error.message}`;
  return `the token is not valid: ${error instanceof Error ? error.message : String(error)}`;
};

export const refused = (reason: string, hint: string): KinError =>
  new KinError(`Claim refused: ${reason}.`, { code: "claim_refused", hint });
