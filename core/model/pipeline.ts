// A pipeline as its journal tells it. Only `core/pipeline/apply.ts` makes values of these types.
import type { Answer } from "./answer.ts";
import type { CommandRun, EventOf, Outcome } from "./event.ts";
import type { Handover } from "./handover.ts";
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
  /** What it came to was dealt with inside this pipeline: a gate's rejection by a revision, failed attempts by another plan. */
  readonly revised: boolean;
}

/** What a person said, and where: behind so many turns of which conversation. */
export interface Told {
  readonly by: string;
  readonly text: string;
  readonly step: number | null;
  readonly attempt: number;
  readonly turn: number;
}

export interface Pipeline {
  readonly opening: Opening;
  readonly seq: number;
  readonly started_at: string;
  readonly updated_at: string;
  readonly run: EventOf<"claimed"> | null;
  readonly setup: EventOf<"set_up"> | null;
  /** What the project's own commands came to on the base; null until they ran, and where there are none. */
  readonly base_checks: readonly CommandRun[] | null;
  readonly plan: Plan | null;
  /** The brief in force in place of the text, once a return_analyst wrote one. */
  readonly brief: string | null;
  /** The plan waits for approval, or the whole work where the project's rules refuse it. */
  readonly held: boolean;
  /** Who went on, in this pipeline or in one before it, although the project's rules refuse what a machine wrote. */
  readonly consent: string | null;
  /** Who approved the plan. */
  readonly approved_by: string | null;
  readonly revisions: number;
  readonly told: readonly Told[];
  readonly hooks: readonly EventOf<"hook_ran">[];
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
    readonly handover: Handover | null;
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
