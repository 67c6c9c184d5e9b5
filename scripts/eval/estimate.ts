// What would be asked and its likely cost, for `--dry-run`. Nothing is sent.
import { openConversation } from "../../core/agents/context.ts";
import { modelFor } from "../../core/agents/model-for.ts";
import { roleOf } from "../../core/agents/roster.ts";
import { nextRequest } from "../../core/agents/turn.ts";
import type { Look } from "../../core/model/look.ts";
import { costOf } from "../../core/model/models.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import type { Roster } from "../../core/model/role.ts";
import { currentStep } from "../../core/pipeline/state.ts";
import type { EvalCase } from "./case.ts";
import { pipelineBefore } from "./journal.ts";
import { judgeRequest } from "./judge.ts";
import type { Laid } from "./repository.ts";

/** Assumptions about a conversation before anything was measured; in tokens. */
const LIKELY = { turns_reading: 6, turns_running: 12, added_by_turn: 1_200, output_by_turn: 500 };
const CHARACTERS_BY_TOKEN = 3.5;

export interface Estimate {
  readonly request: ModelRequest;
  readonly tokens: number;
  readonly turns: number;
  readonly usd: number | null;
}

export interface Estimating {
  readonly roster: Roster;
  readonly preamble: string;
  /** The case's files as a repository, and the patch as its gate sees it; null if no patch is shown. */
  readonly laid?: (Laid & { readonly look: Look }) | null;
}

const NOTHING_LAID: Laid = { base: "0".repeat(40), baseTree: "", tree: "", changes: [] };

/** The first request to the role, as it would be sent. */
export const estimateOf = (asked: EvalCase, { roster, preamble, laid = null }: Estimating): Estimate => {
  const pipeline = pipelineBefore(asked, { roster, ...(laid ?? NOTHING_LAID) });
  const step = currentStep(pipeline);
  if (step === null) throw new Error("the case has no step to ask");
  const role = roleOf(roster, asked.role);
  const opened = openConversation({
    pipeline,
    step,
    attempt: 1,
    role,
    roster,
    preamble,
    delimiter: "0".repeat(24),
    look: step.gate || step.part === "revision" ? (laid?.look ?? null) : null,
  });
  const model = modelFor(role, pipeline.opening.config.models);
  const started = {
    kind: "attempt_started" as const,
    step: step.number,
    attempt: 1,
    role: role.name,
    model,
    system: [...opened.system],
    first: opened.first,
  };
  const request = nextRequest({ number: 1, started, turns: [], finished: null });
  const tokens = tokensOf(request);
  const turns = role.tools.includes("bash") ? LIKELY.turns_running : LIKELY.turns_reading;
  return { request, tokens, turns, usd: likelyCost(model, { tokens, turns }) };
};

/** Assumes an answer as long as the wanted one. */
export const judgeEstimate = (asked: EvalCase): number | null => {
  const request = judgeRequest(asked, {
    answer: { like: asked.wanted.answer ?? "" },
    delimiter: "0".repeat(24),
  });
  const usage = {
    input: tokensOf(request) + 800,
    output: 200,
    cache_read: 0,
    cache_write: 0,
    cache_write_1h: 0,
  };
  return costOf(request.model, usage);
};

/** Each turn reads what was sent before from the cache and writes what came since into it. */
const likelyCost = (
  model: string,
  { tokens, turns }: { readonly tokens: number; readonly turns: number },
): number | null => {
  const { added_by_turn, output_by_turn } = LIKELY;
  const cache_read = Array.from({ length: turns - 1 }, (_, turn) => tokens + turn * added_by_turn);
  return costOf(model, {
    input: 0,
    output: turns * output_by_turn,
    cache_read: Math.round(cache_read.reduce((sum, read) => sum + read, 0)),
    cache_write: tokens + (turns - 1) * added_by_turn,
    cache_write_1h: 0,
  });
};

const tokensOf = ({ system, tools, messages }: ModelRequest): number =>
  Math.ceil(JSON.stringify([system, tools, messages]).length / CHARACTERS_BY_TOKEN);
