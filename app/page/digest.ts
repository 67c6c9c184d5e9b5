// What the page shows of a pipeline: a small extract of its fold, which holds every conversation. It depends only on
// the pipeline's `seq`, so it is made once for each.

import { toolUses } from "../../core/agents/notice.ts";
import { gateReason } from "../../core/model/answer.ts";
import type { CommandRun, JournalEvent } from "../../core/model/event.ts";
import type { Attempt, Pipeline, Step, Worker } from "../../core/model/pipeline.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import type { Finding } from "../../core/model/return.ts";
import { workerName } from "../../core/model/worker.ts";
import { type At, atOf } from "../../core/pipeline/decide.ts";
import { verdictOf } from "../../core/pipeline/state.ts";
import { crewOf } from "../../core/pipeline/workers.ts";
import { writtenIn } from "../../core/pipeline/written.ts";
import {
  type Cost,
  costByRole,
  costOfConversation,
  costOfPipeline,
  costOfStep,
} from "../../core/report/cost.ts";
import { currentText } from "../../core/report/current.ts";
import { exitOf, plural, shorten } from "../../core/report/format.ts";
import { resultOf, type StepResult } from "../../core/report/step-result.ts";
import { storyLine } from "../../core/report/story-line.ts";
import { endWords } from "../../core/report/words.ts";
import { partsOf, reportOf } from "../../core/report/work.ts";
import { crewsOf, workerResult } from "../../core/report/workers.ts";
import { withoutMarks } from "../../core/text/plain.ts";
import type { Plane } from "../plane.ts";

export interface Digest {
  readonly seq: number;
  readonly route: string | null;
  readonly isEscalation: boolean;
  readonly isDryRun: boolean;
  readonly isScripted: boolean;
  readonly paused: string | null;
  /** How it ended, in words; null if it has not. */
  readonly outcome: string | null;
  /** "step 2 of 3 (tester)", while it is being worked on. */
  readonly now: string | null;
  readonly steps: readonly StepDigest[];
  readonly cost: Cost;
  readonly costs: readonly (readonly [role: string, cost: Cost])[];
  readonly story: readonly StoryLine[];
}

export interface StoryLine {
  readonly at: string;
  readonly text: string;
}

export interface StepDigest extends StepResult {
  readonly number: number;
  readonly role: string;
  /** Why it was added, if it was not in the plan. */
  readonly part: string | null;
  readonly brief: string;
  readonly cost: Cost;
  readonly attempts: readonly AttemptDigest[];
  readonly said: string;
  readonly findings: readonly Finding[];
  readonly files: readonly string[];
}

/** A worker of a coordinator's attempt; it has one attempt itself, once it has begun. */
export interface WorkerDigest extends StepDigest {
  readonly id: string;
  readonly description: string;
  readonly tools: number;
}

export interface AttemptDigest {
  readonly number: number;
  readonly model: string;
  readonly cost: Cost;
  readonly began: string | null;
  readonly ended: string | null;
  readonly outcome: string | null;
  readonly reason: string;
  readonly ran: readonly RunDigest[];
  /** How many of `ran` are left out. */
  readonly more: number;
  readonly workers: readonly WorkerDigest[];
}

export interface RunDigest {
  readonly command: string;
  readonly exit: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Limits for texts and lists on a page. */
const LINE = 300;
const PROSE = 4_000;
const MOST_RUNS = 40;
const MOST_FILES = 40;
const MOST_FINDINGS = 50;
const MOST_LINES = 200;
const MOST_STEPS = 100;

/** As many as the page keeps showing: a few kilobytes each. */
const KEPT = 200;

export const createDigests = ({ folds, store }: Pick<Plane, "folds" | "store">) => {
  const known = new Map<string, Digest & { readonly of: string }>();
  return async (record: PipelineRecord): Promise<Digest> => {
    const last = known.get(record.id);
    // If an operator deleted a project, its pipelines' ids may come again.
    const before = last?.of === record.created_at && last.seq <= record.seq ? last : undefined;
    known.delete(record.id);
    const fresh =
      before?.seq === record.seq ? before : { ...(await read(record, before)), of: record.created_at };
    known.set(record.id, fresh);
    for (const oldest of known.keys()) {
      if (known.size <= KEPT) break;
      known.delete(oldest);
    }
    return fresh;
  };

  async function read(record: PipelineRecord, before: Digest | undefined): Promise<Digest> {
    const pipeline = await folds.at(record, record.seq);
    const events = await store.journal(record.id, before?.seq ?? 0, { until: record.seq, but: "turn" });
    const told: StoryLine[] = [];
    for (const event of events) {
      // What these say depends on what was planned by then.
      const isOfItsTime = event.data.kind === "plan_held" || event.data.kind === "plan_approved";
      const then = isOfItsTime ? await folds.at(record, event.seq) : pipeline;
      const text = event.data.kind === "opened" ? "opened" : storyLine(event, then);
      if (text !== null) told.push({ at: event.at, text: line(text) });
    }
    return digestOf(pipeline, { events, told, before });
  }
};

const digestOf = (
  pipeline: Pipeline,
  {
    events,
    told,
    before,
  }: {
    readonly events: readonly JournalEvent[];
    readonly told: readonly StoryLine[];
    readonly before: Digest | undefined;
  },
): Digest => {
  const { opening, plan, run, paused, outcome, held } = pipeline;
  const times = timesOf(events);
  const isDriven = outcome === null && paused === null && !held && run !== null;
  const at = isDriven ? currentText(pipeline, line) : null;
  return {
    seq: pipeline.seq,
    route: plan?.route_type ?? null,
    isEscalation: opening.type === "escalation",
    isDryRun: opening.dry_run,
    isScripted: run?.scripted === true,
    paused: paused === null ? null : line(paused),
    outcome: outcome === null ? null : endWords(pipeline),
    now: at === null ? null : `${at}${crewWords(pipeline)}`,
    // A follow-up is handed to its head: nobody planned it.
    steps: (opening.type === "escalation" ? pipeline.steps.slice(1) : pipeline.steps)
      .slice(0, MOST_STEPS)
      .map(one => stepOf(one, { pipeline, times, before })),
    cost: costOfPipeline(pipeline),
    costs: costByRole([{ pipeline }]),
    story: [...(before?.story ?? []), ...told].slice(-MOST_LINES),
  };
};

const crewWords = (pipeline: Pipeline): string => {
  const crew = crewsOf(pipeline).find(({ isUnderWay }) => isUnderWay);
  if (crew === undefined) return "";
  return `, ${crew.phase}${crew.atWork === 0 ? "" : ` by ${plural(crew.atWork, "worker")}`}`;
};

interface Times {
  readonly began: ReadonlyMap<string, string>;
  readonly ended: ReadonlyMap<string, string>;
}

const timesOf = (events: readonly JournalEvent[]): Times => {
  const began: [string, string][] = [];
  const ended: [string, string][] = [];
  for (const { at, data } of events) {
    if (data.kind === "attempt_started") began.push([keyOf(data), at]);
    if (data.kind === "attempt_finished" || data.kind === "step_given_up") ended.push([keyOf(data), at]);
  }
  return { began: new Map(began), ended: new Map(ended) };
};

const keyOf = ({ step, attempt, worker }: At): string => `${step}/${attempt}/${worker ?? ""}`;

interface Around {
  readonly pipeline: Pipeline;
  readonly times: Times;
  readonly before: Digest | undefined;
}

const stepOf = (step: Step, around: Around): StepDigest => {
  const verdict = verdictOf(step);
  const { proof, root_cause, summary, notes } = partsOf(step);
  const said =
    verdict === null
      ? [proof?.what_was_done, root_cause, summary, notes].filter(Boolean).join("\n\n")
      : gateReason(verdict);
  const before = around.before?.steps.find(({ number }) => number === step.number);
  return {
    ...resultOf(step, around.pipeline),
    ...partsOfStep(step, { ...around, before }),
    brief: step.number === 0 ? "" : shorten(step.brief, PROSE),
    said: shorten(said, PROSE),
    findings: (verdict?.findings ?? []).slice(0, MOST_FINDINGS),
  };
};

interface AroundStep extends Omit<Around, "before"> {
  readonly before: StepDigest | undefined;
}

const partsOfStep = (step: Step | Worker, around: AroundStep) => ({
  number: step.number,
  role: line(step.role),
  part: step.part === "plan" ? null : step.part,
  cost: costOfStep(step),
  attempts: step.attempts.map(attempt => attemptOf(attempt, { step, around })),
  files: filesOf(step),
});

const attemptOf = (
  attempt: Attempt,
  { step, around }: { readonly step: Step | Worker; readonly around: AroundStep },
): AttemptDigest => {
  const { pipeline, times, before } = around;
  const key = keyOf(atOf(step, attempt.number));
  const known = before?.attempts.find(({ number }) => number === attempt.number);
  const ran = [...attempt.turns.flatMap(turn => turn.ran), ...(attempt.finished?.checks ?? [])];
  return {
    number: attempt.number,
    model: line(attempt.started?.model ?? ""),
    cost: costOfConversation(attempt),
    began: times.began.get(key) ?? known?.began ?? null,
    ended: times.ended.get(key) ?? known?.ended ?? null,
    outcome: attempt.finished?.outcome ?? null,
    reason: line(attempt.finished?.reason ?? "", 2 * LINE),
    ran: ran.slice(-MOST_RUNS).map(runOf),
    more: Math.max(0, ran.length - MOST_RUNS),
    workers: crewOf(attempt).workers.map(worker =>
      workerOf(worker, {
        result: workerResult(worker, { attempt, pipeline }),
        around: { ...around, before: known?.workers.find(({ id }) => id === workerName(worker.worker)) },
      }),
    ),
  };
};

const workerOf = (
  worker: Worker,
  { result, around }: { readonly result: StepResult; readonly around: AroundStep },
): WorkerDigest => ({
  ...result,
  ...partsOfStep(worker, around),
  id: workerName(worker.worker),
  description: line(worker.description),
  tools: toolUses(worker.attempts.at(-1)),
  part: null,
  brief: shorten(worker.brief, PROSE),
  said: shorten(reportOf(worker), PROSE),
  findings: [],
});

const runOf = (run: CommandRun): RunDigest => ({
  command: line(run.command),
  exit: exitOf(run),
  ok: run.exit_code === 0,
  seconds: run.seconds,
});

const filesOf = (step: Step): readonly string[] => {
  const changes = step.attempts.flatMap(writtenIn).flatMap(written => written.changes);
  return [...new Set(changes.map(({ path }) => path))].slice(0, MOST_FILES);
};

/** Markdown reduced to one line: the page shows plain text. */
export const line = (text: string, limit = LINE): string =>
  shorten(withoutMarks(text.slice(0, 8 * limit)), limit);
