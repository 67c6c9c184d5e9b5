import {
  KinError
} from "./of-index-run-servers-verdict.js";

// core/model/protocol.ts
var PROTOCOL = 2;

// host/clock.ts
import { setTimeout as sleep } from "node:timers/promises";
var systemClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, void 0, { signal }).catch(() => void 0)
};

// action/control/app-request.ts
var REQUEST_MS = 6e4;
var request = async (url, { token, body }) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_MS),
    redirect: "error"
  }).catch((cause) => {
    throw new KinError(`The App at ${new URL(url).origin} does not answer.`, {
      code: "app_unreachable",
      hint: "Check that KIN_URL is the App's public address and that runners reach it (`kin doctor`).",
      retryable: true,
      cause
    });
  });
  const data = await response.json().catch(() => null);
  if (response.ok) return data;
  const { code, message, hint } = refusalOf(data) ?? {
    code: "app_failed",
    message: `The App answered ${response.status}.`,
    hint: "Look at the App's log."
  };
  const retryable = response.status >= 500 || response.status === 429 || code === "lease_live";
  throw new KinError(message, { code, hint, retryable });
};
var refusalOf = (data) => {
  const { code, message, hint } = data ?? {};
  return typeof code === "string" && typeof message === "string" && typeof hint === "string" ? { code, message, hint } : null;
};

// core/model/identity.ts
var IDENTITY_AUDIENCE = "https://api.anthropic.com";
var ID_FORMS = {
  federation_rule: {
    form: /^fdrl_\w{1,100}$/,
    like: "fdrl_\u2026",
    required: true,
    input: "anthropic-federation-rule-id",
    variable: "ANTHROPIC_FEDERATION_RULE_ID"
  },
  organization: {
    form: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    like: "a UUID",
    required: true,
    input: "anthropic-organization-id",
    variable: "ANTHROPIC_ORGANIZATION_ID"
  },
  service_account: {
    form: /^svac_\w{1,100}$/,
    like: "svac_\u2026",
    required: true,
    input: "anthropic-service-account-id",
    variable: "ANTHROPIC_SERVICE_ACCOUNT_ID"
  },
  workspace: {
    form: /^(wrkspc_\w{1,100}|default)$/,
    like: "wrkspc_\u2026 or default",
    required: false,
    input: "anthropic-workspace-id",
    variable: "ANTHROPIC_WORKSPACE_ID"
  }
};
var ID_NAMES = Object.keys(ID_FORMS);

export {
  PROTOCOL,
  systemClock,
  request,
  IDENTITY_AUDIENCE,
  ID_FORMS,
  ID_NAMES
};
