// What the App depends on: its public address, its store, the issuers of runners' tokens, and this machine.

import { closedToSandboxes, findSandbox } from "../../action/workbench/find-sandbox.ts";
import { isLoopback, type Settings } from "../../app/settings.ts";
import { readStoreState } from "../store-state.ts";
import { type Check, failed, failedBy, ok, unknown } from "./check.ts";
import type { Target } from "./target.ts";

const PATIENCE_MS = 10_000;

export const checkAddress = async (settings: Settings): Promise<Check> => {
  const { KIN_URL, GITHUB_SERVER_URL } = settings;
  if (isLoopback(KIN_URL) && !isLoopback(GITHUB_SERVER_URL)) {
    return failed(
      "address",
      `KIN_URL is ${KIN_URL}: neither GitHub nor a runner reaches that.`,
      "Set it to the App's public https address.",
    );
  }
  const status = await statusAt(`${KIN_URL}/healthz`);
  if (status === 200) return ok("address", `${KIN_URL} answers`);
  return failed(
    "address",
    typeof status === "number"
      ? `${KIN_URL}/healthz answers ${status}.`
      : `${KIN_URL} does not answer: ${status}.`,
    "Start the App (`kin serve`), and lead KIN_URL to its HOST and PORT.",
  );
};

export const checkIssuers = ({ KIN_OIDC_ISSUERS }: Settings): Promise<readonly Check[]> =>
  Promise.all(
    KIN_OIDC_ISSUERS.map(async issuer => {
      const status = await statusAt(`${issuer}/.well-known/openid-configuration`);
      if (status === 200) return ok("issuer", `${issuer} answers`);
      return failed(
        "issuer",
        `${issuer} ${typeof status === "number" ? `answers ${status}` : `does not answer: ${status}`}.`,
        "The App must reach it, or no run can claim: check KIN_OIDC_ISSUERS and the way out of this machine.",
      );
    }),
  );

/** The status, or why there is none. */
const statusAt = async (url: string): Promise<number | string> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "manual" });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message || cause.name : String(cause);
  }
};

export const checkStore = async (settings: Settings): Promise<Check> => {
  try {
    const {
      applied,
      missing,
      unknown: later,
    } = await readStoreState({
      url: settings.KIN_DATABASE_URL,
      token: settings.KIN_DATABASE_TOKEN,
    });
    if (later.length > 0)
      return failed("store", `A later Kin wrote to it (${later.join(", ")}).`, "Update this Kin.");
    if (missing.length > 0) {
      const what = applied.length === 0 ? "It has no tables yet" : `It lacks ${missing.join(", ")}`;
      return failed("store", `${what}.`, "`kin migrate` makes them; `kin serve` does so when it starts.");
    }
    return ok("store", `answers, with all ${applied.length} migrations`);
  } catch (error) {
    return failedBy("store", error, "Check KIN_DATABASE_URL.");
  }
};

/** Needed where runs are: on this machine if it is a world. */
export const checkSandbox = async ({ env, world }: Target): Promise<Check> => {
  const path = env.PATH ?? "/usr/bin:/bin";
  const found = await findSandbox(path);
  if (found.ok) {
    const leftOut = await closedToSandboxes(path);
    if (leftOut.length === 0) return ok("sandbox", "bubblewrap works on this machine");
    return unknown(
      "sandbox",
      `bubblewrap works on this machine, without ${leftOut.join(", ")}: as root Kin gives sandboxes to a user without rights, who cannot enter these, or they lie below what a sandbox has of its own (/tmp, /work).`,
      "Install what projects need where everybody may enter, or run Kin as the user that it belongs to.",
    );
  }
  if (world !== null) return failed("sandbox", found.reason, found.hint);
  return unknown(
    "sandbox",
    `None on this machine: ${found.reason}. Only \`kin run\` and \`kin start\` need it here.`,
    found.hint,
  );
};

export const checkModel = ({ env, world, scripted }: Target): Check => {
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: base } = env;
  if (base && !(URL.canParse(base) && (base.startsWith("https:") || isLoopback(base)))) {
    return failed(
      "model",
      `ANTHROPIC_BASE_URL is ${base}.`,
      "An https address, or none for Anthropic's own: it gets the key.",
    );
  }
  const where = base || "Anthropic's API";
  if (world !== null) {
    return scripted
      ? ok("model", "scripted: this world asks no model")
      : ok("model", `this world asks ${where}`);
  }
  if (key) return ok("model", `ANTHROPIC_API_KEY is set here, for ${where}`);
  return unknown(
    "model",
    "ANTHROPIC_API_KEY is not set here. Only `kin run` needs it; runs take the repository's secret.",
  );
};
