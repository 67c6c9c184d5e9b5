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
  /** A coordinator's, from its first order on, or that of a step which is tried in several ways. */
  readonly crew?: Crew;
  /** So many turns were over when it was taken up again, after its answer. */
  readonly resumed?: number;
  /** What it wrote beside other steps, once that is part of the pipeline's work, and null before; absent: it works alone. */
  readonly joined?: Laid | null;
}

/** The workers of an attempt, and what joins them. */
export interface Crew {
  readonly workers: readonly Worker[];
  readonly contract: string | null;
  readonly notices: readonly Notice[];
  readonly joins: readonly Join[];
  /** Whose answer the step's is, where it was tried in several ways. */
  readonly taken?: number;
}

/** To whoever reads conversations a worker is a step: its coordinator's, by its number, with one attempt once it has begun. */
export interface Worker extends Apart {
  /** From 1, through the coordinator's attempt. */
  readonly worker: number;
  readonly description: string;
  readonly area: Area;
  readonly stopped: boolean;
  /** What it wrote and is not joined is there, as its last end found: looked at once, for whoever asks. */
  readonly to_join: boolean;
  /** So many notices were there when it was started, or last taken up again. */
  readonly since: number;
  /** The journal's event with which it was started, or last taken up again: who came first works first. */
  readonly queued: number;
  /** What its coordinator and people said to it, each after so many of its own turns. */
  readonly words: readonly { readonly text: string; readonly turn: number }[];
  /** The way in which it tries its step. */
  readonly approach?: string;
  /** Whose try it judges. */
  readonly on?: number;
}

export const workerIn = (step: Step): Worker | null => ("worker" in step ? (step as Worker) : null);

/** It has a part of a coordinator's work. Whoever tries a step, or judges a try, stands for the whole step. */
export const isPart = ({ approach, on }: Worker): boolean => approach === undefined && on === undefined;

/** A tree, and what was changed to make it of the one before. */
export interface Laid {
  readonly tree: string;
  readonly changes: readonly FileChange[];
}

/** Who works beside others, on a tree of its own: a worker, or a step that has begun. */
export interface Apart extends Step {
  readonly from: Base;
}

/** What somebody works on who works beside others: everything of the pipeline's at that time, and what of its own was not joined before. */
export interface Base {
  readonly tree: string;
  /** None once the attempt that a worker belongs to is over. */
  readonly changes: readonly FileChange[];
  readonly carried: readonly FileChange[];
  /** So many of its turns came before. */
  readonly turns: number;
}

/** What the coordinator is told of a worker, after so many of its own turns. */
export interface Notice {
  readonly worker: number;
  readonly turn: number;
  readonly text: string;
  /** A person stopped it, when its coordinator had been told so many things by people; absent: nobody did. */
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
  /** What it came to was dealt with inside this pipeline: a gate's rejection by a revision, failed attempts by another plan. */
  readonly revised: boolean;
  /** Of its last attempt, where it works beside others. */
  readonly from?: Base;
}

/** What a person said, and who heard it: conversations under way. Nobody: the next one opens with it. */
export interface Told {
  readonly by: string;
  readonly text: string;
  readonly heard: readonly Hearing[];
}

/** After so many turns of a conversation. */
export interface Hearing {
  readonly step: number;
  readonly attempt: number;
  readonly turn: number;
  /** Of that attempt, who has it among its words. */
  readonly worker?: number;
}

/** What a person said to one conversation, after so many of its turns. */
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
  /** Of one turn, the most. */
  readonly dearest: number;
  readonly unpriced: boolean;
  readonly seconds: number;
  /** So many turns came once a limit was reached: their calls were under way. */
  readonly beyond: number;
}

/** Where the step's answer is from: its last attempt, or of several tries the one that was taken. */
export const answeringIn = ({ attempts }: Pick<Step, "attempts">): Attempt | undefined => {
  const last = attempts.at(-1);
  const taken = last?.crew?.workers.find(({ worker }) => worker === last.crew?.taken);
  return taken?.attempts.at(-1) ?? last;
};

/** An attempt's own, and those of its workers. */
export const conversationsIn = (attempt: Attempt): readonly Attempt[] => [
  attempt,
  ...(attempt.crew?.workers ?? []).flatMap(({ attempts }) => attempts),
];

/** Every command that ran in an attempt: its own, its workers', and the harness's. */
export const commandsOf = (attempt: Attempt): readonly CommandRun[] =>
  conversationsIn(attempt).flatMap(({ turns, finished }) => [
    ...turns.flatMap(turn => turn.ran),
    ...(finished?.checks ?? []),
  ]);
