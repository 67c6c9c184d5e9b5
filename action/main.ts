// The Action. The only file of this shell that reads the environment. Most of its start is loading: what takes its
// time elsewhere, the sandbox's trial, the token, the claim, is asked for first, and of the jobs one is loaded.
import { setTimeout as sleep } from "node:timers/promises";
import * as core from "@actions/core";
import { explain, KinError } from "../core/model/error.ts";
import { claimPipeline } from "./claim.ts";
import { requestIdToken } from "./id-token.ts";
import { readInputs } from "./inputs.ts";
import { findSandbox } from "./workbench/find-sandbox.ts";

/** Loading keeps the process busy; within this time, or the answer, the claim is out. */
const CLAIM_OUT_MS = 150;

const main = async (): Promise<void> => {
  const { env } = process;
  const inputs = readInputs({ input: name => core.getInput(name), env });
  const source = { url: env.ACTIONS_ID_TOKEN_REQUEST_URL, token: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
  // Hygiene: no child of this process inherits them. The boundary is the sandbox. What asks for the job's OIDC tokens
  // stays in this process's memory: a run with workload identity asks for one more each time it renews.
  for (const name of Object.keys(env)) if (/^ACTIONS_|^INPUT_/.test(name)) delete env[name];
  const idToken = (audience: string) => requestIdToken(audience, source);
  const common = { idToken: () => idToken(inputs.server), log: core.info };
  if (inputs.job === "verdict") {
    const { postVerdict } = await import("./verdict.ts");
    const apiUrl = env.GITHUB_API_URL ?? "https://api.github.com";
    return postVerdict(inputs, { ...common, token: env.GITHUB_TOKEN ?? "", apiUrl });
  }
  const sandbox = findSandbox(inputs.path);
  // Whoever waits for it hears of it.
  sandbox.catch(() => {});
  const claiming = claimPipeline(inputs, common);
  await Promise.race([claiming, sleep(CLAIM_OUT_MS, null, { ref: false })]);
  const { runPipeline } = await import("./run.ts");
  await runPipeline(await claiming, { inputs, sandbox, idToken });
};

main().catch(error => {
  if (error instanceof KinError && error.code === "lease_lost") return core.notice(explain(error));
  core.setFailed(explain(error));
});
