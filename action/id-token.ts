// The job's OIDC token, requested with Node's own fetch: the client in @actions/core brings an HTTP stack that takes
// longer to load than the request takes.
import { setSecret } from "@actions/core";
import { KinError } from "../core/model/error.ts";

export interface TokenSource {
  /** The job's ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN; absent without `id-token: write`. */
  readonly url: string | undefined;
  readonly token: string | undefined;
}

const REQUEST_MS = 60_000;

/** A fresh token. Throws `id_token_missing`, or `id_token_failed`, which is retryable if the fault may pass. */
export const requestIdToken = async (audience: string, { url, token }: TokenSource): Promise<string> => {
  if (!url || !token) {
    throw new KinError("This job may not ask for an OIDC token.", {
      code: "id_token_missing",
      hint: "Give the job `permissions: id-token: write`, as workflow/kin.yml does.",
    });
  }
  const response = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.timeout(REQUEST_MS),
  }).catch(cause => {
    throw failed("does not answer", { retryable: true, cause });
  });
  const answer = (await response.json().catch(() => null)) as { readonly value?: unknown } | null;
  const retryable = response.status >= 500 || response.status === 429;
  if (!response.ok) throw failed(`answered ${response.status}`, { retryable });
  if (typeof answer?.value !== "string" || answer.value === "")
    throw failed("gave no token", { retryable: true });
  setSecret(answer.value);
  return answer.value;
};

const failed = (what: string, options: { readonly retryable: boolean; readonly cause?: unknown }): KinError =>
  new KinError(`GitHub's OIDC endpoint ${what}.`, {
    ...options,
    code: "id_token_failed",
    hint: "Run the job again; www.githubstatus.com says whether GitHub has a fault.",
  });
