// A pipeline as its journal tells it. Only `core/pipeline/apply.ts` makes values of these types.
import type { Answer } from "./answer.ts";
import type { CommandRun, EventOf, Outcome } from "./event.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import type { Opening } from "./task.ts";
import type { Usage } from "./usage.ts";

export interface Attempt {
  readonly number: number;
  readonly started: EventOf<"attempt_started"> | null;
  readonly turns: readonly EventOf<"turn">[];
  readonly finished: EventOf<"attempt_finished"> | null;
}

export interface Step extends PlannedStep {
  /** 0 is the project manager. */
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Set when an attempt is done, or when a rerun kept an earlier answer. */
  readonly answer: Answer | null;
}

export interface Pipeline {
  readonly opening: Opening;
  readonly seq: number;
  readonly started_at: string;
  readonly updated_at: string;
  readonly run: EventOf<"claimed"> | null;
  readonly setup: EventOf<"set_up"> | null;
  readonly plan: Plan | null;
  readonly steps: readonly Step[];
  /** The work tree as the last writing turn left it; null until setup. */
  readonly tree: string | null;
  readonly stop: EventOf<"stop_asked"> | null;
  readonly limit: EventOf<"limit_reached"> | null;
  readonly paused: string | null;
  readonly outcome: {
    readonly kind: Outcome;
    readonly reason: string;
    readonly return: EventOf<"finished">["return"];
  } | null;
  readonly usage: Usage;
  /** US dollars; `unpriced` says that some turn's model had no known price. */
  readonly usd: number;
  readonly unpriced: boolean;
  readonly seconds: number;
}

/** Every command that ran in an attempt, its own and the harness's. */
export const commandsOf = (attempt: Attempt): readonly CommandRun[] => [
  ...attempt.turns.flatMap(turn => turn.ran),
  ...(attempt.finished?.checks ?? []),
];
