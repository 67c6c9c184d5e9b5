// GitHub's refusals as expected failures: the code contains the status, and the hint is for whoever runs Kin.
import { KinError } from "../../core/model/error.ts";

/** `call`: the route, or the name of a mutation. */
export const refused = (error: unknown, call: string): KinError => {
  const status = statusOf(error);
  const text = error instanceof Error ? error.message : String(error);
  // When GraphQL limits the rate, the client's own error has no status.
  const limited = status === 429 || ((status === 403 || status === 0) && /rate limit/i.test(text));
  return new KinError(`GitHub refused ${call}: ${text}`, {
    code: `github_${status}`,
    hint:
      (FORBIDDEN.test(text) ? HINTS[403] : HINTS[status]) ??
      "If GitHub's status page shows no incident, look at the App's permissions and installation.",
    retryable: status === 0 || status >= 500 || limited || isPassing(status, { text, call }),
    wait_ms: limited ? waitOf(error) : status === 422 && TOO_QUICK.test(text) ? A_MINUTE : 0,
    cause: error,
  });
};

/** Refusals that may soon pass: GitHub says so, or does not find an object that the previous call made. */
const isPassing = (
  status: number,
  { text, call }: { readonly text: string; readonly call: string },
): boolean =>
  ((status === 409 || status === 422 || status === 403) && (PASSING.test(text) || TOO_QUICK.test(text))) ||
  (status === 404 && /^(?:POST|PATCH) \S+\/git\/(?:trees|commits|refs)\b/.test(call));

const PASSING =
  /temporarily unavailable|try again|timed out|being (?:created|processed|computed)|(?:tree sha|object|parent sha|sha) does not exist/i;
/** The limit for creating many things quickly, which has no status of its own if GraphQL reports it for a field. */
const TOO_QUICK = /submitted too quickly|abuse detection|secondary rate/i;

/** Violations of a ruleset, which last until somebody changes the ruleset. */
const FORBIDDEN = /repository rule violations/i;

export const isForbidden = (error: unknown): boolean =>
  error instanceof KinError && FORBIDDEN.test(error.message);

interface Refusal {
  readonly name?: string;
  readonly status?: number;
  readonly message?: string;
  readonly errors?: readonly { readonly type?: string }[];
  readonly headers?: Headers;
  readonly response?: { readonly headers?: Headers };
}
type Headers = Readonly<Record<string, string | undefined>>;

/** GraphQL refuses with status 200; 0 means the network failed. */
const statusOf = (error: unknown): number => {
  const { name, status, message, errors } = error as Refusal;
  if (name !== "GraphqlResponseError") return status ?? 0;
  if (/something went wrong while executing/i.test(message ?? "")) return 502;
  return GRAPHQL[errors?.[0]?.type ?? ""] ?? 422;
};

const GRAPHQL: Readonly<Record<string, number>> = { RATE_LIMITED: 429, FORBIDDEN: 403, NOT_FOUND: 404 };

const A_MINUTE = 60_000;

/** GitHub names a time, or wants a minute. A reset time is by GitHub's own clock. */
const waitOf = (error: unknown): number => {
  const { response, headers = response?.headers ?? {} } = error as Refusal;
  const after = Number(headers["retry-after"]) * 1000;
  if (after > 0) return after;
  const reset = Number(headers["x-ratelimit-reset"]) * 1000 - Date.parse(headers.date ?? "");
  return headers["x-ratelimit-remaining"] === "0" && reset > 0 ? reset + 1000 : A_MINUTE;
};

const HINTS: Readonly<Record<number, string>> = {
  401: "The App's credentials were refused. Check APP_ID and PRIVATE_KEY.",
  403: "The App lacks a permission, or a ruleset forbids it. Accept the App's new permissions, or add it to the ruleset's bypass list for kin/**.",
  404: "The repository or the object is gone, or the App is not installed on it.",
  422: "GitHub did not take the values; the message above says which.",
};

export const isStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof KinError && statuses.some(status => error.code === `github_${status}`);

/** Null if GitHub says that there is nothing, or nothing any more. */
export const orNull = <T>(answer: Promise<T>, statuses: readonly number[] = [404, 410]): Promise<T | null> =>
  answer.catch(error => {
    if (isStatus(error, ...statuses)) return null;
    throw error;
  });
