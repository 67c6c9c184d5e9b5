// Billed input tokens of a long step and of a whole pipeline, against the least that the cache's prices allow.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLanguageModel } from "../core/adapters/anthropic.ts";
import { systemClock } from "../core/adapters/clock.ts";
import { loadRoster } from "../core/adapters/roster.ts";
import { openConversation } from "../core/agents/context.ts";
import { roleOf } from "../core/agents/roster.ts";
import { nextRequest } from "../core/agents/turn.ts";
import type { EventOf } from "../core/model/event.ts";
import type { Attempt } from "../core/model/pipeline.ts";
import { startFakeModel } from "../local/model/server.ts";
import { aPipeline } from "../tests/build.ts";
import type { Figure } from "./main.ts";

const ROOT = join(import.meta.dirname, "..");
const TURNS = 30;
const WRITE = 1.25;
const READ = 0.1;

export const tokens = async (): Promise<readonly Figure[]> => {
  const answers = mkdtempSync(join(tmpdir(), "kin-bench-"));
  writeFileSync(join(answers, "default.yaml"), "- tools: [{ read: { file_path: a.txt } }]\n");
  const server = await startFakeModel({ answers });
  const model = createLanguageModel({
    apiKey: "x",
    baseUrl: server.url,
    clock: systemClock,
    random: Math.random,
    log: () => {},
  });
  const { roster, preamble } = loadRoster(ROOT);
  const pipeline = aPipeline();
  const step = pipeline.steps[0];
  if (step === undefined) throw new Error("a pipeline has a planner");
  const role = roleOf(roster, "pm");
  const { system, first } = openConversation({
    pipeline,
    step,
    attempt: 1,
    role,
    roster,
    preamble,
    delimiter: "0".repeat(24),
  });
  const started: EventOf<"attempt_started"> = {
    kind: "attempt_started",
    step: 0,
    attempt: 1,
    role: "pm",
    model: "claude-sonnet-5-5",
    system: [...system],
    first,
  };
  let attempt: Attempt = { number: 1, started, turns: [], finished: null };
  let billed = 0;
  let least = 0;
  let known = 0;
  for (let n = 0; n < TURNS; n++) {
    const outcome = await model.reply(nextRequest(attempt), { signal: AbortSignal.timeout(30_000) });
    if (outcome.kind !== "replied") throw new Error(`the model's answer is ${outcome.kind}`);
    const { usage, content } = outcome.reply;
    const prompt = usage.input + usage.cache_read + usage.cache_write;
    billed += usage.input + WRITE * usage.cache_write + READ * usage.cache_read;
    least += WRITE * (prompt - known) + READ * known;
    known = prompt;
    const results = content.flatMap(block =>
      block.type === "tool_use"
        ? [
            {
              type: "tool_result" as const,
              tool_use_id: (block as { id: string }).id,
              content: "x".repeat(1_500),
            },
          ]
        : [],
    );
    const turn: EventOf<"turn"> = {
      kind: "turn",
      step: 0,
      attempt: 1,
      reply: outcome.reply,
      results,
      usd: 0,
      seconds: 0,
      ran: [],
      wrote: null,
      submitted: null,
      failed: null,
    };
    attempt = { ...attempt, turns: [...attempt.turns, turn] };
  }
  await server.close();
  rmSync(answers, { recursive: true, force: true });
  const fixed = new TextEncoder().encode(
    preamble + JSON.stringify(nextRequest({ ...attempt, turns: [] }).tools),
  ).length;
  const ratio = billed / least;
  return [
    {
      what: `billed input of a ${TURNS}-turn step against the moving-breakpoint formula`,
      found: ratio.toFixed(2),
      goal: "≤ 1.10",
      ok: ratio <= 1.1,
    },
    {
      what: "fixed part of the prompt (tools and preamble)",
      found: `${(fixed / 1024).toFixed(1)} KB`,
      goal: "≤ 16 KB",
      ok: fixed <= 16 * 1024,
    },
  ];
};
