// One request to the App, with nothing but Node: the claim goes out before the rest of the Action is loaded.
import { KinError } from "../../core/model/error.ts";
import type { Refusal } from "../../core/model/wire.ts";

const REQUEST_MS = 60_000;

/** One JSON request to the App. A refusal becomes a KinError in the App's own words. */
export const request = async (
  url: string,
  { token, body }: { readonly token: string; readonly body: unknown },
): Promise<unknown> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_MS),
    redirect: "error",
  }).catch(cause => {
    throw new KinError(`The App at ${new URL(url).origin} does not answer.`, {
      code: "app_unreachable",
      hint: "Check that KIN_URL is the App's public address and that runners reach it (`kin doctor`).",
      retryable: true,
      cause,
    });
  });
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return data;
  const { code, message, hint } = refusalOf(data) ?? {
    code: "app_failed",
    message: `The App answered ${response.status}.`,
    hint: "Look at the App's log.",
  };
  const retryable = response.status >= 500 || response.status === 429 || code === "lease_live";
  throw new KinError(message, { code, hint, retryable });
};

/** Parsed by hand, because zod is not loaded yet. */
const refusalOf = (data: unknown): Refusal | null => {
  const { code, message, hint } = (data ?? {}) as { readonly [field in keyof Refusal]?: unknown };
  return typeof code === "string" && typeof message === "string" && typeof hint === "string"
    ? { code, message, hint }
    : null;
};
