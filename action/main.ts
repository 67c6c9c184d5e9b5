// The Action: claims a pipeline with the runner's OIDC token, drives it, reports. The only file of this shell
// that reads the environment and builds adapters.
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@actions/core";
import { createLanguageModel } from "../core/adapters/anthropic.ts";
import { systemClock } from "../core/adapters/clock.ts";
import { createHttpControl } from "../core/adapters/control-http.ts";
import { type CrashPoint, crashPoint } from "../core/adapters/crash-point.ts";
import { type LoadedRoster, loadRoster } from "../core/adapters/roster.ts";
import { createWorkbench, findSandbox } from "../core/adapters/workbench/workbench.ts";
import { explain, KinError } from "../core/model/error.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { apply, fold } from "../core/pipeline/apply.ts";
import type { Control } from "../core/ports.ts";
import { jobSummary } from "../core/report/job-summary.ts";
import { storyLine } from "../core/report/story-line.ts";
import { drive, type Interruption } from "../core/run/drive.ts";
import { type Claimed, claimPipeline } from "./claim.ts";
import { type Inputs, missingKey, readInputs } from "./inputs.ts";
import { postVerdict } from "./verdict.ts";

/** dist/ lies in action/, beside which the prompts are. */
const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..");
const END_EARLY_MS = 2 * 60_000;

const main = async (): Promise<void> => {
  const env = process.env;
  const inputs = readInputs({ input: name => core.getInput(name), env });
  const crash = crashPoint(env.KIN_CRASH_AT, { process: "action", log: env.KIN_CRASH_LOG });
  /** Each claim takes a token of its own, so this comes right before it; asking again is no other effect. */
  let asked = false;
  const idToken = (audience: string) => {
    if (!asked) crash?.("claim");
    asked = true;
    return core.getIDToken(audience);
  };
  if (inputs.job === "verdict") {
    return postVerdict(inputs, {
      idToken,
      log: core.info,
      token: env.GITHUB_TOKEN ?? "",
      apiUrl: env.GITHUB_API_URL ?? "https://api.github.com",
      crash,
    });
  }
  // While the App answers, the machine is looked at.
  const equipping = equip(inputs);
  equipping.catch(() => {});
  const claimed = await claimPipeline(inputs, { idToken, log: core.info });
  // Hygiene: no later code of this process needs them. The boundary is the sandbox.
  for (const name of Object.keys(env)) if (/^ACTIONS_|^INPUT_/.test(name)) delete env[name];
  if (claimed.kind === "nothing") {
    core.notice(claimed.reason);
    core.setOutput("status", "nothing");
    return;
  }
  core.setSecret(claimed.run_token);
  const pipeline = await driveClaimed(claimed, { inputs, equipment: await equipping, crash });
  crash?.("end");
  await report(pipeline, inputs);
};

type Equipment = LoadedRoster & { readonly sandbox: "bwrap" | "none" };

/** What is missing is no reason to fail here: the claim comes first, so that the task can say what a person must do. */
const equip = async (inputs: Inputs): Promise<Equipment | KinError> => {
  try {
    if (inputs.apiKey === "") throw missingKey();
    return { sandbox: await chooseSandbox(inputs), ...loadRoster(ROOT) };
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
};

interface Driving {
  readonly inputs: Inputs;
  readonly equipment: Equipment | KinError;
  readonly crash: CrashPoint | null;
}

const driveClaimed = async (claimed: Claimed, { inputs, equipment, crash }: Driving): Promise<Pipeline> => {
  const clock = systemClock;
  const control = createHttpControl({
    server: inputs.server,
    pipeline: claimed.pipeline,
    run_token: claimed.run_token,
    heartbeat_seconds: claimed.heartbeat,
    clock,
    apply,
    onAppended: (pipeline, event) => {
      const line = storyLine(event, pipeline);
      if (line !== null) core.info(line);
    },
    log: core.info,
  });
  const ending = interruptions(inputs);
  try {
    const pipeline = fold(claimed.journal);
    const crashing = crash === null ? control : crashingControl(control, crash);
    if (!(equipment instanceof KinError))
      return await driveEquipped(pipeline, {
        claimed,
        inputs,
        equipment,
        crash,
        control: crashing,
        signal: ending.signal,
      });
    const reason = explain(equipment);
    return await crashing.append(pipeline, [{ kind: "finished", outcome: "blocked", reason, return: null }]);
  } finally {
    ending.clear();
    crash?.("release");
    await control.release();
  }
};

interface Equipped {
  readonly claimed: Claimed;
  readonly inputs: Inputs;
  readonly equipment: Equipment;
  readonly crash: CrashPoint | null;
  readonly control: Control;
  readonly signal: AbortSignal;
}

const driveEquipped = async (
  pipeline: Pipeline,
  { claimed, inputs, equipment, crash, control, signal }: Equipped,
): Promise<Pipeline> => {
  const { sandbox, roster, preamble } = equipment;
  const clock = systemClock;
  const workbench = createWorkbench({
    dir: join(inputs.temp, `kin-${randomBytes(6).toString("hex")}`),
    source: { kind: "remote", ...claimed.git },
    toolProcess: join(HERE, "tools.js"),
    node: process.execPath,
    sandbox,
    path: inputs.path,
    proxy: inputs.proxy,
    log: core.debug,
  });
  const model = createLanguageModel({
    apiKey: inputs.apiKey,
    ...(inputs.baseUrl === null ? {} : { baseUrl: inputs.baseUrl }),
    clock,
    random: Math.random,
    log: core.info,
    ...(crash === null ? {} : { fetch: crashingFetch(crash) }),
  });
  try {
    const random = () => randomBytes(12).toString("hex");
    const world = { model, workbench, roster, preamble, clock, random, log: core.info };
    return await drive(pipeline, { control, world, signal });
  } finally {
    await workbench.close();
  }
};

/** Heartbeats are no effects: they say nothing that the lease does not say. */
const crashingControl = (control: Control, crash: CrashPoint): Control => ({
  ...control,
  append: (pipeline, events) => {
    crash(`append ${pipeline.opening.pipeline} ${events.map(event => event.kind).join(" ")}`);
    return control.append(pipeline, events);
  },
});

const crashingFetch =
  (crash: CrashPoint): typeof fetch =>
  (...request) => {
    crash("model");
    return fetch(...request);
  };

/** Signals and the deadline end a run between two turns; the journal says why. */
const interruptions = ({ deadlineMinutes }: Inputs) => {
  const abort = new AbortController();
  const end = (kind: Interruption["kind"], reason: string) =>
    abort.abort({ kind, reason } satisfies Interruption);
  const interrupt = () => end("interrupted", "The run was cancelled or its runner was shut down.");
  const timer = setTimeout(
    () => end("paused", "The run came near its time limit."),
    Math.max(deadlineMinutes * 60_000 - END_EARLY_MS, 1_000),
  );
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return {
    signal: abort.signal,
    clear: () => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
};

/** Without a sandbox nothing runs but a scripted model, which this process plays against itself. */
const chooseSandbox = async ({ scripted, path }: Inputs): Promise<"bwrap" | "none"> => {
  const found = await findSandbox(path);
  if (found.ok) return "bwrap";
  if (scripted) {
    core.warning(
      `No sandbox (${found.reason}). The scripted model runs without one; a real model would not.`,
    );
    return "none";
  }
  throw new KinError(`No sandbox: ${found.reason}`, { code: "no_sandbox", hint: found.hint });
};

const report = async (pipeline: Pipeline, { scripted }: Inputs): Promise<void> => {
  const { opening, outcome } = pipeline;
  core.setOutput(
    "task",
    `${opening.task.repository.owner}/${opening.task.repository.name}#${opening.task.issue}`,
  );
  core.setOutput("pipeline", opening.pipeline);
  core.setOutput("status", outcome?.kind ?? "paused");
  core.setOutput("cost", pipeline.usd.toFixed(4));
  core.setOutput("reviews", String(pipeline.outcome?.kind === "returned" ? 1 : 0));
  await core.summary.addRaw(jobSummary(pipeline, { url: pipeline.run?.run_url ?? null, scripted })).write();
};

main().catch(error => {
  if (error instanceof KinError && error.code === "lease_lost") return core.notice(explain(error));
  core.setFailed(explain(error));
});
