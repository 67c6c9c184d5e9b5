// The Action. The only file of this shell that reads the environment. Starting is mostly loading, so what takes time
// elsewhere (trying the sandbox, the token, the claim) is started first, and only the job that is needed is loaded.
import { setTimeout as sleep } from "node:timers/promises";
import * as core from "@actions/core";
import { explain, KinError } from "../core/model/error.ts";
import { claimPipeline } from "./claim.ts";
import { requestIdToken } from "./id-token.ts";
import { readInputs } from "./inputs.ts";
import { findSandbox } from "./workbench/find-sandbox.ts";

/** Loading blocks the event loop; by this time, or by the answer, the claim has been sent. */
const CLAIM_OUT_MS = 150;

const main = async (): Promise<void> => {
  const { env } = process;
  const inputs = readInputs({ input: name => core.getInput(name), env });
  const source = { url: env.ACTIONS_ID_TOKEN_REQUEST_URL, token: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
  // Hygiene, so that no child of this process inherits them; the sandbox is the boundary. What requests the job's OIDC
  // tokens stays in memory, because workload identity asks for a new one at each renewal.
  for (const name of Object.keys(env)) if (/^ACTIONS_|^INPUT_/.test(name)) delete env[name];
  const idToken = (audience: string) => requestIdToken(audience, source);
  const common = { idToken: () => idToken(inputs.server), log: core.info };
  if (inputs.job === "verdict") {
    const { postVerdict } = await import("./verdict.ts");
    const apiUrl = env.GITHUB_API_URL ?? "https://api.github.com";
    return postVerdict(inputs, { ...common, token: env.GITHUB_TOKEN ?? "", apiUrl });
  }
  const sandbox = findSandbox(inputs.path);
  // Whoever awaits it gets the failure.
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
