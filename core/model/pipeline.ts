// A pipeline as its journal tells it. Only `core/pipeline/apply.ts` makes values of these types.
import type { Answer } from "./answer.ts";
import type { Area } from "./area.ts";
import type { FileChange } from "./change.ts";
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
  /** A coordinator's, from its first order on, or that of a step tried in several ways. */
  readonly crew?: Crew;
  /** How many turns it had when it was taken up again after its answer. */
  readonly resumed?: number;
  /** What it wrote beside other steps: null until that is part of the pipeline's work, absent if it works alone. */
  readonly joined?: Laid | null;
}

/** The workers of an attempt, and what joins them. */
export interface Crew {
  readonly workers: readonly Worker[];
  readonly contract: string | null;
  readonly notices: readonly Notice[];
  readonly joins: readonly Join[];
  /** The worker whose answer is the step's, if the step was tried in several ways. */
  readonly taken?: number;
}

/**
 * Code that reads conversations sees a worker as a step: its coordinator's, by that number, with one attempt once it has
 * begun.
 */
export interface Worker extends Apart {
  /** Counts from 1 within the coordinator's attempt. */
  readonly worker: number;
  readonly description: string;
  readonly area: Area;
  readonly stopped: boolean;
  /** Whether it left changes to join. Worked out once, when it ended, because it is asked often. */
  readonly to_join: boolean;
  /** How many notices there were when it was started or last taken up again. */
  readonly since: number;
  /** The journal event that started it or last took it up again: first come, first served. */
  readonly queued: number;
  /** What its coordinator and people said to it, each after `turn` of its own turns. */
  readonly words: readonly { readonly text: string; readonly turn: number }[];
  /** The way in which it tries its step. */
  readonly approach?: string;
  /** The worker whose try it judges. */
  readonly on?: number;
}

/** A step that nobody has begun. */
export const unbegun = (planned: PlannedStep, number: number): Step => ({
  ...planned,
  number,
  attempts: [],
  answer: null,
  revised: false,
});

export const workerIn = (step: Step): Worker | null => ("worker" in step ? (step as Worker) : null);

/** Whether it has a part of a coordinator's work. A worker that tries a step, or judges a try, stands for the whole step. */
export const isPart = ({ approach, on }: Worker): boolean => approach === undefined && on === undefined;

/** A tree, and the changes that made it from the one before. */
export interface Laid {
  readonly tree: string;
  readonly changes: readonly FileChange[];
}

/** One that works beside others, on its own tree: a worker, or a step that has begun. */
export interface Apart extends Step {
  readonly from: Base;
}

/**
 * What one that works beside others starts from: all of the pipeline's work at that time (`changes`), and what it wrote
 * itself that was not joined (`carried`).
 */
export interface Base {
  readonly tree: string;
  /** Emptied once the attempt that a worker belongs to is over. */
  readonly changes: readonly FileChange[];
  readonly carried: readonly FileChange[];
  /** How many of its turns came before. */
  readonly turns: number;
}

/** What the coordinator is told about a worker, after `turn` of its own turns. */
export interface Notice {
  readonly worker: number;
  readonly turn: number;
  readonly text: string;
  /** If a person stopped it: how many messages from people its coordinator had been told by then. */
  readonly stopped_behind?: number;
}

export interface Join extends Laid {
  readonly worker: number;
}

export interface Step extends PlannedStep {
  /** 0 is the project manager. */
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Set when an attempt is done, or when a rerun kept an earlier answer. */
  readonly answer: Answer | null;
  /**
   * What came of it was dealt with inside this pipeline: a gate's rejection by a revision, failed attempts by another plan.
   */
  readonly revised: boolean;
  /** Of its last attempt, if it works beside others. */
  readonly from?: Base;
}

/** What a person said, and the conversations that heard it while under way. If none did, the next one opens with it. */
export interface Told {
  readonly by: string;
  readonly text: string;
  readonly heard: readonly Hearing[];
}

/** A conversation that had `turn` turns by then. */
export interface Hearing {
  readonly step: number;
  readonly attempt: number;
  readonly turn: number;
  /** The worker of that attempt that has it among its `words`. */
  readonly worker?: number;
}

/** What a person said to one conversation, after `turn` of its turns. */
export interface Said {
  readonly by: string;
  readonly text: string;
  readonly turn: number;
}

export interface Pipeline {
  readonly opening: Opening;
  readonly seq: number;
  readonly started_at: string;
  readonly updated_at: string;
  readonly run: EventOf<"claimed"> | null;
  readonly setup: EventOf<"set_up"> | null;
  /** How the project's own commands ended on the base; null until they ran, or if there are none. */
  readonly base_checks: readonly CommandRun[] | null;
  readonly plan: Plan | null;
  /** The brief that replaces the text, once a return_analyst wrote one. */
  readonly brief: string | null;
  /** The plan waits for approval, or the whole work does, because the project's rules refuse it. */
  readonly held: boolean;
  /** Who went on, in this pipeline or an earlier one, although the project's rules refuse machine-written work. */
  readonly consent: string | null;
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
  /** The most that one turn cost. */
  readonly dearest: number;
  readonly unpriced: boolean;
  readonly seconds: number;
  /** How many turns came after a limit was reached, because their calls were under way. */
  readonly beyond: number;
}

/** The attempt that the step's answer comes from: its last, or the one taken of several tries. */
export const answeringIn = ({ attempts }: Pick<Step, "attempts">): Attempt | undefined => {
  const last = attempts.at(-1);
  const taken = last?.crew?.workers.find(({ worker }) => worker === last.crew?.taken);
  return taken?.attempts.at(-1) ?? last;
};

/** An attempt and those of its workers. */
export const conversationsIn = (attempt: Attempt): readonly Attempt[] => [
  attempt,
  ...(attempt.crew?.workers ?? []).flatMap(({ attempts }) => attempts),
];

/** Of its turns and checks, without its workers'. */
export const secondsOfAttempt = ({ turns, finished }: Attempt): number =>
  [...turns, ...(finished?.checks ?? [])].reduce((sum, { seconds }) => sum + seconds, 0);

/** Every command that ran in an attempt: its own, its workers', and the harness's. */
export const commandsOf = (attempt: Attempt): readonly CommandRun[] =>
  conversationsIn(attempt).flatMap(({ turns, finished }) => [
    ...turns.flatMap(turn => turn.ran),
    ...(finished?.checks ?? []),
  ]);
