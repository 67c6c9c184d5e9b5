// What a failed call means (`reliability`: model outcomes): try again later, refused for good, or too long.
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "@anthropic-ai/sdk";
import type { ModelOutcome } from "../../core/model/request.ts";
import { MalformedReply } from "./reply.ts";

export type Failure =
  /** `final`: the API says that retrying now is pointless. `retry_after` in seconds. */
  | {
      readonly kind: "retry";
      readonly reason: string;
      readonly retry_after: number | null;
      readonly final: boolean;
    }
  | Extract<ModelOutcome, { kind: "refused" | "too_long" }>;

interface Context {
  readonly now: number;
  /** Removes the credential from a reason. */
  readonly hide: (text: string) => string;
  /** Whether the credential is a token of workload identity. */
  readonly identity: boolean;
}

export const failureOf = (error: unknown, { now, hide, identity }: Context): Failure => {
  const reason = hide(reasonOf(error)).replace(/\s+/g, " ").slice(0, 400);
  if (isBadPort(error)) return refused(reason, HINTS.port);
  if (!(error instanceof APIError)) return { kind: "retry", reason, retry_after: null, final: false };
  const status = statusOf(error);
  if (isSpendLimit(error)) return refused(reason, HINTS.spending);
  if (status === 413 || (status === 400 && saysTooLong(error))) return { kind: "too_long", reason };
  if (isPassing(status)) {
    const final = error.headers?.get("x-should-retry") === "false";
    return { kind: "retry", reason, retry_after: retryAfterOf(error, now), final };
  }
  const hints = identity ? { ...HINTS, ...OF_IDENTITY } : HINTS;
  // The scripted model marks its own errors: no API refused anything.
  if (status === 400 && /error: scripted: /.test(reason)) return refused(reason, HINTS.scripted);
  return refused(reason, hints[status ?? 0] ?? HINTS.request);
};

const refused = (reason: string, hint: string): Failure => ({ kind: "refused", reason, hint });

const HINTS: Readonly<Record<number, string>> &
  Readonly<Record<"port" | "spending" | "request" | "scripted", string>> = {
  port: "Set ANTHROPIC_BASE_URL to an address with another port: fetch connects to none of those that belong to other protocols.",
  401: "Put a valid key into ANTHROPIC_API_KEY; the Claude Console shows which keys live. Then start the run again.",
  402: "Look at the payment details in the Claude Console under Billing, then start the run again.",
  403: "The key may not use this model or workspace: give it access in the Claude Console, or use another key.",
  404: "Check the model names in Kin's configuration and ANTHROPIC_BASE_URL: the API does not know one of them.",
  spending:
    "Raise the spend limit or add credit in the Claude Console under Billing and Limits, then start the run again.",
  scripted:
    "A scripted model plays here. Write or mend its answers file (docs/fake-model.md), or start Kin with a key; then comment `/kin rerun`.",
  request:
    "The API does not take this request. If the reason names a model, change it in Kin's configuration; else report it.",
};

const OF_IDENTITY: Readonly<Record<number, string>> = {
  401: "The API takes no token of this run's, not even one that is a moment old: look in the Claude Console whether the service account is still there and a member of the workspace. Then start the run again.",
  403: "The service account may not use this model or workspace, or the federation rule's scope is neither workspace:inference nor workspace:developer: look in the Claude Console, then start the run again.",
};

/** Undefined means that no answer came. Errors inside a stream have no status, only a type. */
const statusOf = (error: APIError): number | undefined =>
  error.status ?? (error.type === null ? undefined : STATUS_OF_TYPE.get(error.type));

const STATUS_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["api_error", 500],
  ["timeout_error", 504],
  ["overloaded_error", 529],
]);

const isPassing = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status === 409 || status === 429 || status >= 500;

/**
 * Checks the API's code first, because its wording may change. Limits that organizations set themselves come as a 400.
 */
const isSpendLimit = (error: APIError): boolean => {
  if (/spend_limit_reached$/.test(error.errorCode ?? "") || error.type === "billing_error") return true;
  const status = statusOf(error);
  if (status !== 400 && status !== 429) return false;
  if (status === 429 && error.headers?.get("retry-after")) return false;
  return /spend_limit_reached|credit balance is too low|usage limits?\b.*\bregain access|spend(ing)? limit/i.test(
    error.message,
  );
};

const saysTooLong = (error: APIError): boolean =>
  /prompt is too long|too long for requested model|context (window|limit)|exceeds? the maximum (allowed )?(number of )?(input )?tokens/i.test(
    error.message,
  );

const retryAfterOf = (error: APIError, now: number): number | null => {
  const ms = Number.parseFloat(error.headers?.get("retry-after-ms") ?? "");
  if (ms >= 0) return ms / 1000;
  const header = error.headers?.get("retry-after");
  if (header === null || header === undefined) return null;
  const seconds = Number.parseFloat(header);
  if (seconds >= 0) return seconds;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000));
};

const reasonOf = (error: unknown): string => {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError)
    return "the Messages API took too long";
  if (error instanceof APIConnectionError) return `no connection to the Messages API${codeOf(error.cause)}`;
  if (error instanceof APIError) {
    const status = statusOf(error);
    return `${status === undefined ? "" : `${status} `}${error.type ?? "error"}: ${error.apiMessage ?? "no message"}`;
  }
  return `the stream was cut${codeOf(error)}`;
};

const isBadPort = (error: unknown): boolean =>
  error instanceof Error && (error.message === "bad port" || isBadPort(error.cause));

/** Codes like ECONNRESET say enough; a message could contain part of the reply. */
const codeOf = (error: unknown): string => {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ("code" in e && typeof e.code === "string" && /^[A-Z_]+$/.test(e.code)) return ` (${e.code})`;
    if (e instanceof MalformedReply) return `: ${e.message}`;
    if (isBadPort(e)) return " (fetch never connects to this port)";
  }
  return "";
};
