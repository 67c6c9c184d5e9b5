// The parts of the roles' answers that reports show. Tolerant: a part in another shape counts as missing.
import * as z from "zod";
import { runNumber, runsIn } from "../agents/runs.ts";
import { CriterionCheck, gateReason, Proof, TechDebt } from "../model/answer.ts";
import type { CommandRun } from "../model/event.ts";
import { joined } from "../model/joined.ts";
import { answeringIn, isPart, type Pipeline, type Step, type Worker } from "../model/pipeline.ts";
import { standingSteps } from "../pipeline/added-steps.ts";
import { ANALYST } from "../pipeline/escalation.ts";
import { verdictOf } from "../pipeline/state.ts";
import { exitOf } from "./format.ts";

const Place = z.looseObject({
  file: z.string(),
  description: z.string().nullish(),
  covers: z.string().nullish(),
});
const Places = z.array(Place).catch([]);
const Text = z.string().catch("");

/** A verifier's: what does not hold, and where. */
const Mismatch = z.looseObject({
  file: z.string().nullish(),
  line: z.number().nullish(),
  issue: z.string(),
  fix: z.string().nullish(),
});

const AnswerParts = z.looseObject({
  changes: Places,
  new_files: Places,
  fixes: Places,
  tests_written: Places,
  notes: Text,
  root_cause: Text,
  root_cause_analysis: Text,
  refined_brief: Text,
  clarification_list: z.array(z.string()).catch([]),
  criteria_check: z.array(CriterionCheck).catch([]),
  tech_debt: TechDebt.nullable().catch(null),
  proof: Proof.nullable().catch(null),
  summary: Text,
  scope: Text,
  result: Text,
  issues: z.array(z.string()).catch([]),
  mismatches: z.array(Mismatch).catch([]),
});
export type AnswerParts = z.infer<typeof AnswerParts>;

export const partsOf = (step: Step): AnswerParts => AnswerParts.parse(step.answer ?? {});

/** What a worker reported, in its own words. */
export const reportOf = (worker: Worker): string => {
  const { scope, result, issues, mismatches } = partsOf(worker);
  const verdict = verdictOf(worker);
  return joined("\n", [
    verdict === null ? (scope === "" ? "" : `${scope}:`) : gateReason(verdict),
    result,
    ...mismatches.map(({ file, line, issue, fix }) => {
      const place = file == null ? "" : `${file}${line == null ? "" : `:${line}`}: `;
      return `- ${place}${issue}${fix ? ` Remedy: ${fix}` : ""}`;
    }),
    ...issues.map(issue => `- ${issue}`),
  ]);
};

/** A command and how the harness saw it end; `run` is null if it did not see it. */
export interface SeenCommand {
  readonly command: string;
  readonly run: CommandRun | null;
}

/** The commands of the step's proof, then the project's own gates; one that ran again and ended the same is listed once. */
export const seenCommands = (step: Step): readonly SeenCommand[] => {
  const attempt = answeringIn(step);
  const runs = attempt === undefined ? [] : runsIn(attempt);
  const seen = [
    ...(partsOf(step).proof?.how_verified ?? []).map(named => {
      const run =
        runs[(runNumber(named) ?? 0) - 1] ?? runs.findLast(({ command }) => command === named) ?? null;
      return { command: run?.command ?? String(named), run };
    }),
    ...(attempt?.finished?.checks ?? []).map(run => ({ command: run.command, run })),
  ];
  const told = new Map(seen.map(one => [`${one.run === null ? "" : exitOf(one.run)} ${one.command}`, one]));
  return [...told.values()];
};

export const questionsOf = (pipeline: Pipeline): readonly string[] =>
  pipeline.steps.flatMap(step => partsOf(step).clarification_list).filter(question => question.trim() !== "");

/**
 * Steps that did work and answered: no plan, analysis or pure verdict, and nothing that was revised since. Workers precede
 * their coordinator.
 */
export const writersOf = (pipeline: Pipeline): readonly Step[] =>
  workingSteps(pipeline).flatMap(step => [
    ...(step.attempts.at(-1)?.crew?.workers ?? []).filter(
      worker => isPart(worker) && worker.writes && worker.answer !== null,
    ),
    step,
  ]);

const workingSteps = (pipeline: Pipeline): readonly Step[] =>
  standingSteps(pipeline).filter(
    step =>
      step.number > 0 &&
      step.answer !== null &&
      !step.gate &&
      step.part !== "afterwards" &&
      step.role !== ANALYST,
  );
