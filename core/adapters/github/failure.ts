// GitHub's refusals as expected failures: the status is in the code, the hint is for whoever runs Kin.
import { KinError } from "../../model/error.ts";

/** `call`: the route, or the name of a mutation. */
export const refused = (error: unknown, call: string): KinError => {
  const status = (error as { status?: number }).status ?? 0;
  const text = error instanceof Error ? error.message : String(error);
  const limited = status === 429 || (status === 403 && /rate limit/i.test(text));
  return new KinError(`GitHub refused ${call}: ${text}`, {
    code: `github_${status}`,
    hint:
      HINTS[status] ??
      "If GitHub's status page shows no incident, look at the App's permissions and installation.",
    retryable: status === 0 || status >= 500 || limited,
    cause: error,
  });
};

const HINTS: Readonly<Record<number, string>> = {
  401: "The App's credentials were refused. Check APP_ID and PRIVATE_KEY.",
  403: "The App lacks a permission, or a ruleset forbids it. Accept the App's new permissions, or add it to the ruleset's bypass list for kin/**.",
  404: "The repository or the object is gone, or the App is not installed on it.",
  422: "GitHub did not take the values; the message above says which.",
};

export const isStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof KinError && statuses.some(status => error.code === `github_${status}`);

/** Null where GitHub answers that there is nothing, or nothing any more. */
export const orNull = <T>(answer: Promise<T>, statuses: readonly number[] = [404, 410]): Promise<T | null> =>
  answer.catch(error => {
    if (isStatus(error, ...statuses)) return null;
    throw error;
  });
