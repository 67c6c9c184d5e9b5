// From the start of the Action's process to its claim and to its first model request, against a bare limit: a bundle of
// only the model's SDK that makes one request. Excludes the project's own work: fetch and setup.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";
import { openStandIn, type StandIn } from "./stand-in.ts";

const ROUNDS = 15;
const ROOT = join(import.meta.dirname, "..");
const ACTION = join(ROOT, "action", "dist", "index.js");
/** On the machine the goal was set on, the bare limit takes 103 ms. */
const GOAL_MS = 135;
const GOAL_RATIO = 1.31;
const AT_ONCE = { token: 0, claim: 0 };
/** The App checks the token and asks GitHub before it answers a claim. */
const USUAL = { token: 100, claim: 300 };

export const start = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const limit = await buildLimit(dir);
  const atOnce = await openStandIn(AT_ONCE);
  const usual = await openStandIn(USUAL);
  const rounds: Readonly<Record<"action" | "usual" | "limit" | "node", Times>>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      action: await timed([ACTION], atOnce),
      usual: await timed([ACTION], usual),
      limit: await timed([limit], atOnce),
      node: await timed(["-e", "0"], atOnce),
    });
  }
  for (const standIn of [atOnce, usual]) standIn.close();
  rmSync(dir, { recursive: true, force: true });
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const model = of(round => round.action.model);
  const ratio = of(round => round.action.model / round.limit.model);
  const own = of(round => round.usual.model) - USUAL.token - USUAL.claim;
  return [
    {
      what: "Action: process start to its claim (token answered at once)",
      found: `${ms(of(round => round.action.claim))} (node alone ${ms(of(round => round.node.end))})`,
      goal: "–",
      ok: true,
    },
    {
      what: "Action: process start to its first model request (token and claim answered at once, setup journalled)",
      found: ms(model),
      goal: `≤ ${GOAL_MS} ms`,
      ok: model <= GOAL_MS,
    },
    {
      what: "the same, against a bundle of the SDK alone that makes one request",
      found: `${ratio.toFixed(2)} (it takes ${ms(of(round => round.limit.model))})`,
      goal: `≤ ${GOAL_RATIO}`,
      ok: ratio <= GOAL_RATIO,
    },
    {
      what: `the same where the token takes ${USUAL.token} ms and the claim ${USUAL.claim} ms, less these`,
      found: ms(own),
      goal: `≤ ${GOAL_MS} ms`,
      ok: own <= GOAL_MS,
    },
  ];
};

/** Milliseconds since the process was started; NaN for what did not happen. */
interface Times {
  readonly claim: number;
  readonly model: number;
  readonly end: number;
}

/** Kills the process at its model request. */
const timed = (args: readonly string[], { env, listen }: StandIn): Promise<Times> =>
  new Promise((resolve, reject) => {
    const times = { claim: Number.NaN, model: Number.NaN, end: Number.NaN };
    const begun = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: "ignore" });
    listen(what => {
      times[what] = performance.now() - begun;
      if (what === "model") child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("close", () => {
      times.end = performance.now() - begun;
      resolve(times);
    });
  });

const LIMIT = `
import Anthropic from "@anthropic-ai/sdk";
const client = new Anthropic({ apiKey: "x", baseURL: process.env.GITHUB_SERVER_URL, maxRetries: 0, logLevel: "off" });
const messages = [{ role: "user", content: "x" }];
await client.messages.stream({ model: "claude-sonnet-5-5", max_tokens: 1, messages }).finalMessage();
`;

const buildLimit = async (dir: string): Promise<string> => {
  const outfile = join(dir, "limit.mjs");
  await build({
    stdin: { contents: LIMIT, resolveDir: ROOT },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    logLevel: "warning",
  });
  return outfile;
};
