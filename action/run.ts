// The job `run` after its claim: builds the adapters, drives the pipeline, gives the lease back, reports.
import "./jitless.ts";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@actions/core";
import { explain, KinError } from "../core/model/error.ts";
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { ClaimAnswer } from "../core/model/wire.ts";
import { fold } from "../core/pipeline/apply.ts";
import { createStoryteller } from "../core/report/storyteller.ts";
import { systemClock } from "../host/clock.ts";
import { createHttpControl } from "./control/http.ts";
import { drive, fail, type Writing } from "./drive/drive.ts";
import type { ToolServers } from "./drive/ports/tool-servers.ts";
import { type Equipment, equip } from "./equip.ts";
import type { Inputs } from "./inputs.ts";
import { listenForInterruptions } from "./interruptions.ts";
import { createLanguageModel } from "./llm/anthropic.ts";
import { report } from "./report.ts";
import type { SandboxFound } from "./workbench/find-sandbox.ts";
import { createWorkbench } from "./workbench/workbench.ts";

/** This file's part of the bundle is in action/dist; the prompts are beside action/. */
const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..");

type Claimed = Extract<ClaimAnswer, { kind: "claimed" }>;

export interface RunTools {
  readonly inputs: Inputs;
  /** Whether this machine has a sandbox; already being found out. */
  readonly sandbox: Promise<SandboxFound>;
  /** A fresh OIDC token of this job. */
  readonly idToken: (audience: string) => Promise<string>;
}

/** `answer` is the App's answer to the claim. */
export const runPipeline = async (answer: unknown, tools: RunTools): Promise<void> => {
  const { inputs, sandbox, idToken } = tools;
  const claimed = ClaimAnswer.parse(answer);
  if (claimed.kind === "nothing") {
    core.notice(claimed.reason);
    core.setOutput("status", "nothing");
    return;
  }
  core.setSecret(claimed.run_token);
  const pipeline = await driveClaimed(claimed, { inputs, found: await sandbox, idToken });
  await report(pipeline, inputs);
};

interface Driving extends Omit<RunTools, "sandbox"> {
  readonly found: SandboxFound;
}

const driveClaimed = async (claimed: Claimed, { inputs, found, idToken }: Driving): Promise<Pipeline> => {
  const tell = createStoryteller();
  const control = createHttpControl({
    server: inputs.server,
    pipeline: claimed.pipeline,
    run_token: claimed.run_token,
    heartbeat_seconds: claimed.heartbeat,
    clock: systemClock,
    log: core.info,
  });
  const onAppended = (pipeline: Pipeline, event: JournalEvent) => {
    for (const { text, tone } of tell(event, pipeline))
      if (tone === "warning") core.warning(text);
      else core.info(text);
  };
  const ending = listenForInterruptions(inputs);
  try {
    const pipeline = fold(claimed.journal);
    const writing = { control, onAppended };
    const { config } = pipeline.opening;
    const equipment = equip(inputs, { found, root: ROOT, config, idToken, mask: core.setSecret });
    if (!(equipment instanceof KinError)) {
      const { signal } = ending;
      return await driveEquipped(pipeline, { claimed, inputs, equipment, ...writing, signal });
    }
    const reason = explain(equipment);
    return await fail(writing, { pipeline, reason });
  } finally {
    ending.clear();
    await control.release();
  }
};

interface Equipped extends Required<Writing> {
  readonly claimed: Claimed;
  readonly inputs: Inputs;
  readonly equipment: Equipment;
  readonly signal: AbortSignal;
}

const driveEquipped = async (
  pipeline: Pipeline,
  { claimed, inputs, equipment, control, onAppended, signal }: Equipped,
): Promise<Pipeline> => {
  const { sandbox, credential, roster, preamble, skills } = equipment;
  const clock = systemClock;
  const { secrets, wrong } = inputs.secrets;
  for (const secret of secrets.values()) core.setSecret(secret);
  if (wrong.length > 0)
    core.warning(`The input \`secrets\` has lines that are no NAME=value: ${wrong.join(", ")}.`);
  const workbench = createWorkbench({
    dir: join(inputs.temp, `kin-${randomBytes(6).toString("hex")}`),
    source: { kind: "remote", ...claimed.git },
    toolProcess: join(HERE, "tools.js"),
    node: process.execPath,
    sandbox,
    path: inputs.path,
    proxy: inputs.proxy,
    secrets,
    log: core.debug,
  });
  const model = createLanguageModel({
    ...credential,
    ...(inputs.baseUrl === null ? {} : { baseUrl: inputs.baseUrl }),
    clock,
    random: Math.random,
    log: core.info,
  });
  try {
    const servers = await serversFor(pipeline, inputs);
    const random = () => randomBytes(12).toString("hex");
    const world = { model, workbench, ...servers, roster, preamble, skills, clock, random, log: core.info };
    return await drive(pipeline, { control, onAppended, world, signal });
  } finally {
    await workbench.close();
  }
};

/** The MCP client is loaded only if the configuration names servers. */
const serversFor = async (
  { opening }: Pipeline,
  { secrets: { secrets }, scripted }: Inputs,
): Promise<{ readonly servers?: ToolServers }> => {
  if (Object.keys(opening.config.mcp ?? {}).length === 0) return {};
  const { createToolServers } = await import("./mcp/servers.ts");
  return { servers: createToolServers({ secrets, remote: { loopback: scripted }, log: core.debug }) };
};
