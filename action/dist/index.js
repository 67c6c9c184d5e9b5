import {
  findSandbox,
  getInput,
  info,
  notice,
  setFailed,
  setSecret
} from "./of-index-run.js";
import {
  ID_FORMS,
  ID_NAMES,
  PROTOCOL,
  request,
  systemClock
} from "./of-index-run-verdict.js";
import {
  KinError,
  explain
} from "./of-index-run-servers-verdict.js";
import "./of-browser-index-node-run-servers-verdict.js";

// action/main.ts
import { setTimeout as sleep } from "node:timers/promises";

// action/claim.ts
var PATIENCE_MS = 5 * 6e4;
var WAIT_MS = 3e3;
var claimPipeline = async (inputs, { idToken, log }) => {
  const body = {
    protocol: PROTOCOL,
    issue: inputs.issue,
    pipeline: inputs.pipeline,
    from_step: inputs.fromStep,
    dry_run: inputs.dryRun,
    scripted: inputs.scripted,
    deadline_minutes: inputs.deadlineMinutes
  };
  const begun = systemClock.now();
  for (; ; ) {
    try {
      const token = await idToken();
      return await request(`${inputs.server}/kin/claim`, { token, body });
    } catch (error) {
      const retry = error instanceof KinError && error.retryable && systemClock.now() - begun < PATIENCE_MS;
      if (!retry) throw error;
      log(`${error.message} Kin tries again.`);
      await systemClock.sleep(WAIT_MS);
    }
  }
};

// action/id-token.ts
var REQUEST_MS = 6e4;
var requestIdToken = async (audience, { url, token }) => {
  if (!url || !token) {
    throw new KinError("This job may not ask for an OIDC token.", {
      code: "id_token_missing",
      hint: "Give the job `permissions: id-token: write`, as workflow/kin.yml does."
    });
  }
  const response = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.timeout(REQUEST_MS)
  }).catch((cause) => {
    throw failed("does not answer", { retryable: true, cause });
  });
  const answer = await response.json().catch(() => null);
  const retryable = response.status >= 500 || response.status === 429;
  if (!response.ok) throw failed(`answered ${response.status}`, { retryable });
  if (typeof answer?.value !== "string" || answer.value === "")
    throw failed("gave no token", { retryable: true });
  setSecret(answer.value);
  return answer.value;
};
var failed = (what, options) => new KinError(`GitHub's OIDC endpoint ${what}.`, {
  ...options,
  code: "id_token_failed",
  hint: "Run the job again; www.githubstatus.com says whether GitHub has a fault."
});

// core/model/secret-lines.ts
var readSecretLines = (text) => {
  const secrets = /* @__PURE__ */ new Map();
  const wrong = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === void 0 || value === void 0) wrong.push(index + 1);
    else if (value.trim() !== "") secrets.set(name, value.trim());
  }
  return { secrets, wrong };
};

// action/inputs.ts
var KEYS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];
var PROXY = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS"];
var readInputs = ({ input, env }) => {
  const job = oneOf("job", input("job") || "run", ["run", "verdict"]);
  const server = address("server", input("server"));
  const baseUrl = input("anthropic-base-url") || null;
  const apiKey = input("anthropic-api-key");
  const deadline = input("deadline-minutes") || "330";
  if (!/^\d{1,4}$/.test(deadline) || Number(deadline) < 3 || Number(deadline) > 7200)
    throw invalid("deadline-minutes", deadline, "A whole number of minutes, 3 to 7200.");
  return {
    job,
    server,
    issue: input("issue"),
    pipeline: input("pipeline") || null,
    fromStep: input("from_step") || null,
    dryRun: oneOf("dry_run", input("dry_run") || "false", ["true", "false"]) === "true",
    apiKey,
    identity: Object.fromEntries(
      ID_NAMES.map((name) => [name, input(ID_FORMS[name].input).trim()])
    ),
    keysAt: [...apiKey === "" ? [] : ["the input `anthropic-api-key`"], ...KEYS.filter((name) => env[name])],
    baseUrl: baseUrl === null ? null : address("anthropic-base-url", baseUrl),
    deadlineMinutes: Number(deadline),
    scripted: env.KIN_SCRIPTED === "1" && baseUrl !== null && isLoopback(baseUrl) && isLoopback(env.GITHUB_SERVER_URL ?? ""),
    temp: env.RUNNER_TEMP ?? env.TMPDIR ?? "/tmp",
    secrets: readSecretLines(input("secrets")),
    path: env.PATH ?? "/usr/bin:/bin",
    proxy: Object.fromEntries(
      PROXY.flatMap((name) => env[name] === void 0 ? [] : [[name, env[name]]])
    )
  };
};
var address = (name, value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || url.protocol !== "https:" && !isLoopback(value)) {
    const more = name === "server" ? " Set the repository variable KIN_URL to the App's public address." : "";
    throw invalid(name, value || "nothing", `An https URL.${more}`);
  }
  return value.replace(/(?<!\/)\/+$/, "");
};
var isLoopback = (value) => URL.canParse(value) && new URL(value).protocol === "http:" && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(value).hostname);
var oneOf = (name, value, allowed) => {
  if (allowed.includes(value)) return value;
  throw invalid(name, value, `One of: ${allowed.join(", ")}.`);
};
var invalid = (name, found, allowed) => new KinError(`The input \`${name}\` is ${found}.`, {
  code: "input_invalid",
  hint: `Allowed: ${allowed} The workflow is .github/workflows/kin.yml.`
});

// action/main.ts
var CLAIM_OUT_MS = 150;
var main = async () => {
  const { env } = process;
  const inputs = readInputs({ input: (name) => getInput(name), env });
  const source = { url: env.ACTIONS_ID_TOKEN_REQUEST_URL, token: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
  for (const name of Object.keys(env)) if (/^ACTIONS_|^INPUT_/.test(name)) delete env[name];
  const idToken = (audience) => requestIdToken(audience, source);
  const common = { idToken: () => idToken(inputs.server), log: info };
  if (inputs.job === "verdict") {
    const { postVerdict } = await import("./verdict.js");
    const apiUrl = env.GITHUB_API_URL ?? "https://api.github.com";
    return postVerdict(inputs, { ...common, token: env.GITHUB_TOKEN ?? "", apiUrl });
  }
  const sandbox = findSandbox(inputs.path);
  sandbox.catch(() => {
  });
  const claiming = claimPipeline(inputs, common);
  await Promise.race([claiming, sleep(CLAIM_OUT_MS, null, { ref: false })]);
  const { runPipeline } = await import("./run.js");
  await runPipeline(await claiming, { inputs, sandbox, idToken });
};
main().catch((error) => {
  if (error instanceof KinError && error.code === "lease_lost") return notice(explain(error));
  setFailed(explain(error));
});
