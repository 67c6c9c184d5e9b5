// What something cost, in a form fit for people: an unknown price shows its tokens, never $0.
import type { EventOf } from "../model/event.ts";
import {
  type Attempt,
  conversationsIn,
  type Pipeline,
  type Step,
  secondsOfAttempt,
} from "../model/pipeline.ts";
import { addUsage, NO_USAGE, totalTokens, type Usage } from "../model/usage.ts";
import { crewOf } from "../pipeline/workers.ts";
import { duration, tokens, usd } from "./format.ts";

export interface Cost {
  readonly usd: number;
  readonly usage: Usage;
  readonly seconds: number;
  readonly turns: number;
  /** Models without a known price. */
  readonly unpriced: readonly string[];
}

/** One line of plain text, such as "$0.12"; empty if nothing was spent. The models' names are not cleaned. */
export const costText = (cost: Cost): string => {
  const total = totalTokens(cost.usage);
  if (cost.unpriced.length > 0) {
    const known = cost.usd > 0 ? `at least ${usd(cost.usd)}, ` : "";
    return `${known}${tokens(total)} tokens, cost unknown for ${cost.unpriced.join(", ")}`;
  }
  return total === 0 ? "" : usd(cost.usd);
};

export const COST_COLUMNS = [">Turns", ">Tokens in", ">Cached", ">Out", ">Cost", ">Time"];

/** Their cells: turns, input paid in full, input from the cache, output, cost, time. */
export const costCells = (cost: Cost): readonly string[] => [
  ...(cost.turns === 0
    ? ["", "", "", ""]
    : [
        String(cost.turns),
        tokens(cost.usage.input + cost.usage.cache_write),
        tokens(cost.usage.cache_read),
        tokens(cost.usage.output),
      ]),
  costCell(cost),
  duration(cost.seconds),
];

/** For a narrow column: dollars, or tokens if no price is known. */
export const costCell = (cost: Cost): string => {
  const total = totalTokens(cost.usage);
  if (cost.unpriced.length === 0) return total === 0 ? "" : usd(cost.usd);
  return `${cost.usd > 0 ? `>${usd(cost.usd)}, ` : ""}${tokens(total)} tokens`;
};

/** Including its workers'. Its time includes the project's gates. */
export const costOfAttempt = (attempt: Attempt): Cost =>
  sumOf(conversationsIn(attempt).map(costOfConversation));

export const costOfConversation = (conversation: Attempt): Cost => ({
  ...costOfTurns(conversation.turns),
  seconds: secondsOfAttempt(conversation),
});

export const costOfStep = (step: Step): Cost => sumOf(step.attempts.map(costOfAttempt));

/** Its time includes the setup. */
export const costOfPipeline = (pipeline: Pipeline): Cost => ({
  ...sumOf(pipeline.steps.map(costOfStep)),
  seconds: pipeline.seconds,
});

export const costOfTask = (pipelines: readonly { readonly pipeline: Pipeline }[]): Cost =>
  sumOf(pipelines.map(({ pipeline }) => costOfPipeline(pipeline)));

/**
 * In the order in which roles first worked, workers after their coordinator. What took time besides them comes last, so
 * that the rows add up.
 */
export const costByRole = (
  pipelines: readonly { readonly pipeline: Pipeline }[],
): readonly (readonly [role: string, cost: Cost])[] => {
  const byRole = new Map<string, Cost>();
  const add = (role: string, attempts: Step["attempts"]): void => {
    if (attempts.length === 0) return;
    byRole.set(role, sumOf([byRole.get(role) ?? NOTHING, ...attempts.map(costOfConversation)]));
    for (const { workers } of attempts.map(crewOf))
      for (const worker of workers) add(worker.role, worker.attempts);
  };
  for (const { role, attempts } of pipelines.flatMap(({ pipeline }) => pipeline.steps)) add(role, attempts);
  const all = costOfTask(pipelines).seconds;
  const beside = all - [...byRole.values()].reduce((sum, { seconds }) => sum + seconds, 0);
  return byRole.size === 0 || beside < 0.05
    ? [...byRole]
    : [...byRole, [BESIDE, { ...NOTHING, seconds: beside }]];
};

/** What the harness does outside of steps. No role has such a name. */
const BESIDE = "setup, base, hooks";

const NOTHING: Cost = { usd: 0, usage: NO_USAGE, seconds: 0, turns: 0, unpriced: [] };

const costOfTurns = (turns: readonly EventOf<"turn">[]): Cost =>
  sumOf(
    turns.map(turn => ({
      usd: turn.usd ?? 0,
      usage: turn.reply.usage,
      seconds: turn.seconds,
      turns: 1,
      unpriced: turn.usd === null ? [turn.reply.model] : [],
    })),
  );

export const sumOf = (costs: readonly Cost[]): Cost =>
  costs.reduce(
    (a, b) => ({
      usd: a.usd + b.usd,
      usage: addUsage(a.usage, b.usage),
      seconds: a.seconds + b.seconds,
      turns: a.turns + b.turns,
      unpriced: [...new Set([...a.unpriced, ...b.unpriced])],
    }),
    NOTHING,
  );
