import {
  findSandbox,
  getInput,
  info,
  notice,
  readInputs,
  setFailed,
  setSecret
} from "./chunk-HYQKMWES.js";
import {
  KinError,
  PROTOCOL,
  explain,
  request,
  systemClock
} from "./chunk-5GIVJJ6V.js";
import "./chunk-MLKGABMK.js";

// action/main.ts
import { setTimeout as sleep } from "node:timers/promises";

// core/adapters/crash-point.ts
import { appendFileSync, readFileSync } from "node:fs";
var KILLED = "killed before ";
var crashPoint = (setting, { process: name, log }) => {
  if (!setting?.startsWith(`${name}:`)) return null;
  const points = setting.slice(name.length + 1).split(",");
  const kept = [];
  return (effect) => {
    const lines = log === void 0 ? kept : linesOf(log);
    const kind = kindOf(effect);
    const effects = effectsOf([...lines, kind]);
    const next = effects.at(-1);
    const isSpent = (point) => effects.some((one) => one.killed && isAt(one, point));
    const dies = points.some((point) => isAt(next, point) && !isSpent(point));
    const line = dies ? `${KILLED}${kind}` : kind;
    if (log === void 0) kept.push(line);
    else appendFileSync(log, `${line}
`);
    if (dies) process.kill(process.pid, "SIGKILL");
  };
};
var effectsOf = (lines) => {
  const happened = /* @__PURE__ */ new Map();
  let number = 1;
  return lines.map((line) => {
    const killed = line.startsWith(KILLED);
    const kind = killed ? line.slice(KILLED.length) : line;
    const nth = (happened.get(kind) ?? 0) + 1;
    const effect = { number, name: `${nth} ${kind}`, killed };
    if (!killed) {
      happened.set(kind, nth);
      number += 1;
    }
    return effect;
  });
};
var isAt = ({ number, name }, point) => point === name || point === String(number);
var kindOf = (effect) => effect.replace(/[,\s]+/g, " ").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#").replace(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/g, "#").replace(/(?<![\w-])\d{4,}(?![\w-])/g, "#").slice(0, 200);
var linesOf = (file) => {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
};

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

// action/main.ts
var CLAIM_OUT_MS = 150;
var main = async () => {
  const { env } = process;
  const inputs = readInputs({ input: (name) => getInput(name), env });
  const source = { url: env.ACTIONS_ID_TOKEN_REQUEST_URL, token: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
  for (const name of Object.keys(env)) if (/^ACTIONS_|^INPUT_/.test(name)) delete env[name];
  const crash = crashPoint(env.KIN_CRASH_AT, { process: "action", log: env.KIN_CRASH_LOG });
  crash?.("claim");
  const common = { idToken: () => requestIdToken(inputs.server, source), log: info, crash };
  if (inputs.job === "verdict") {
    const { postVerdict } = await import("./verdict-TX34YAPK.js");
    const apiUrl = env.GITHUB_API_URL ?? "https://api.github.com";
    return postVerdict(inputs, { ...common, token: env.GITHUB_TOKEN ?? "", apiUrl });
  }
  const sandbox = findSandbox(inputs.path);
  sandbox.catch(() => {
  });
  const claiming = claimPipeline(inputs, common);
  await Promise.race([claiming, sleep(CLAIM_OUT_MS, null, { ref: false })]);
  const { runPipeline } = await import("./run-QC6RXZGL.js");
  await runPipeline(await claiming, { inputs, sandbox, crash });
};
main().catch((error) => {
  if (error instanceof KinError && error.code === "lease_lost") return notice(explain(error));
  setFailed(explain(error));
});
