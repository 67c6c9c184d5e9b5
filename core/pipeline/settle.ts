// What an attempt's answer is worth once its conversation is over: proof is compared with what really ran.

import { NOT_THERE, type NumberedRun, runNumber, runsIn, unfit } from "../agents/runs.ts";
import {
  type Answer,
  blockedReason,
  GateAnswer,
  gateReason,
  howVerified,
  isBlocked,
} from "../model/answer.ts";
import type { CommandRun, EventOf } from "../model/event.ts";
import { excerpt } from "../model/excerpt.ts";
import { compared, isRed } from "../model/own-runs.ts";
import { type Attempt, type Step, workerIn } from "../model/pipeline.ts";
import { isMoved } from "./beside.ts";
import { NO_OWN, type Own } from "./own-commands.ts";

const workerOf = (step: Step): { readonly worker?: number } => {
  const worker = workerIn(step);
  return worker === null ? {} : { worker: worker.worker };
};

type Settled = EventOf<"attempt_finished">;

export interface Behind {
  readonly attempt: Attempt;
  /** What the harness ran after the answer. */
  readonly checks: readonly CommandRun[];
  /** The project's own commands, and their results on the base. */
  readonly own?: Own;
}

export const settle = (step: Step, { attempt, checks, own = NO_OWN }: Behind): Settled => {
  const last = attempt.turns.at(-1);
  const answer = last?.submitted ?? null;
  const at = {
    kind: "attempt_finished" as const,
    step: step.number,
    attempt: attempt.number,
    ...workerOf(step),
    checks: [...checks],
  };
  if (answer === null)
    return { ...at, outcome: "failed", answer, reason: last?.failed ?? "It ended without an answer." };
  if (isBlocked(answer)) return { ...at, outcome: "blocked", answer, reason: blockedReason(answer) };
  if (step.gate) {
    const judged = settleGate(attempt, answer, checks);
    return { ...at, ...judged, ...ownVerdict(judged, { checks, own }) };
  }
  const reason = whatIsMissing(attempt, answer, checks) ?? redGate(checks, own);
  return reason === null
    ? { ...at, outcome: "done", answer, reason: null }
    : { ...at, outcome: "failed", answer, reason };
};

/** What is wrong with an answer's proof while it can still be fixed; a gate's red run is left to settling. */
export const proofProblem = (
  answer: Answer,
  { gate, runs }: { readonly gate: boolean; readonly runs: readonly NumberedRun[] },
): string | null => {
  const named = howVerified(answer);
  // guard: runs-of-a-proof
  if (named.length > MOST_RUNS)
    return `proof.how_verified: name ${MOST_RUNS} runs at most, those that show the most.`;
  if (claimsNothing(answer, { gate })) return null;
  const proof = proofOf(answer, { runs, checks: [] });
  switch (proof.kind) {
    case "unnamed":
      return "proof.how_verified: name the runs that verified it by their numbers, such as [3].";
    case "unrun":
      return `proof.how_verified: ${proof.named} is no run of this conversation, which has ${runs.length}. Give the number that stands behind a command's output.`;
    case "outside":
      return `proof.how_verified: run ${proof.run.number} rests on ${proof.script}, which ${NOT_THERE}.`;
    case "masked":
      return `proof.how_verified: the exit code of run ${proof.run.number} is not the check's own; run the check alone, and name that run.`;
    case "changed":
      return `proof.how_verified: files were changed after run ${proof.run.number}; run it once more, and name that run.`;
    case "not_judged":
      return null;
    case "red":
      return gate
        ? null
        : `proof.how_verified: run ${proof.run.number} ${endOf(proof.run)}. A check that has to fail succeeds as \`! command\`, or as \`command; test $? -eq 1\`.`;
    case "fine":
      return null;
  }
};

const MOST_RUNS = 20;

/** The runs that an answer depends on; none if it claims nothing. */
export const provingRuns = (attempt: Attempt, step: Pick<Step, "gate">): readonly NumberedRun[] => {
  const answer = attempt.turns.at(-1)?.submitted ?? null;
  if (answer === null || claimsNothing(answer, step)) return [];
  const numbers = new Set(howVerified(answer).map(runNumber));
  return runsIn(attempt).filter(({ number }) => numbers.has(number));
};

/**
 * Whether an answer's proof has to run again on what is kept: changes were put back, a command of the same reply may have
 * made others, or others' work was joined beside it.
 */
export const mustRunAgain = (attempt: Attempt, step: Pick<Step, "gate">): boolean =>
  isMoved(attempt) || // guard: moved-runs-again
  attempt.turns.some(turn => turn.put_back === true) ||
  provingRuns(attempt, step).some(({ tree }) => tree === "unsure"); // guard: unsure-runs-again

/** A gate claims with its verdict, anybody else with the status: any answer may have both fields. */
// guard: claims-by-the-step
const claimsNothing = (answer: Answer, { gate }: Pick<Step, "gate">): boolean =>
  isBlocked(answer) || (gate ? answer.verdict === "changes_requested" : answer.status === "partial");

const settleGate = (
  attempt: Attempt,
  answer: Answer,
  checks: readonly CommandRun[],
): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const gate = GateAnswer.parse(answer);
  if (gate.verdict === "changes_requested") return { outcome: "done", answer, reason: null };
  const proof = proofOf(answer, { runs: runsIn(attempt), checks });
  const unproven = whyUnproven(proof, "It approved");
  if (unproven !== null) return { outcome: "failed", answer, reason: unproven };
  if (proof.kind === "not_judged") return { outcome: "blocked", answer, reason: notJudged(proof) };
  return proof.kind === "red"
    ? overrule(gate, { command: proof.run.command, run: proof.run })
    : { outcome: "done", answer, reason: null };
};

/** An approval that its own test run contradicts is a rejection, whatever the words say. */
const overrule = (
  gate: GateAnswer,
  {
    command,
    run,
    failing = [],
  }: { readonly command: string; readonly run: CommandRun; readonly failing?: readonly string[] },
): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const reason = `The gate approved, but \`${shorten(command)}\` ${endOf(run)}${newOnes(failing)}; the exit code decides.`;
  const finding = {
    severity: "high" as const,
    file: null,
    line: null,
    issue: `${reason}\n${run.output}`.trim(),
    fix: null,
  };
  return {
    outcome: "done",
    answer: {
      ...gate,
      verdict: "changes_requested",
      reason,
      findings: [finding, ...gate.findings],
      said: gateReason(gate),
    },
    reason,
  };
};

const whatIsMissing = (attempt: Attempt, answer: Answer, checks: readonly CommandRun[]): string | null => {
  if (answer.status === "partial")
    return `It says that it is not finished: ${String(answer.notes ?? "no notes")}`;
  const proof = proofOf(answer, { runs: runsIn(attempt), checks });
  if (proof.kind === "not_judged") return notJudged(proof);
  return proof.kind === "red"
    ? `Its proof names run ${proof.run.number}, \`${shorten(proof.run.command)}\`, which ${endOf(proof.run)}.`
    : whyUnproven(proof, "It says done");
};

const redGate = (checks: readonly CommandRun[], { before }: Own): string | null => {
  for (const command of new Set(checks.map(check => check.command))) {
    const found = compared(
      checks.filter(check => check.command === command),
      before,
    );
    if (found.kind === "red")
      return `The project's gate \`${command}\` ${endOf(found.run)}${newOnes(found.failing)}${wasRed(command, before)}:\n${excerpt(found.run.output, 3000)}`;
  }
  return null;
};

/** An approval is worth nothing if the project's own commands contradict it or did not run. */
const ownVerdict = (
  { outcome, answer }: Pick<Settled, "outcome" | "answer">,
  { checks, own }: { readonly checks: readonly CommandRun[]; readonly own: Own },
): Partial<Pick<Settled, "outcome" | "answer" | "reason">> => {
  if (outcome !== "done" || answer?.verdict !== "approved") return {};
  for (const command of own.needed) {
    const runs = checks.filter(check => check.command === command);
    // guard: approval-needs-the-own
    if (runs.length === 0)
      return { outcome: "failed", reason: `It approved, but the project's own \`${command}\` did not run.` };
    const found = compared(runs, own.before);
    if (found.kind === "red")
      return overrule(GateAnswer.parse(answer), { command, run: found.run, failing: found.failing });
  }
  return {};
};

const wasRed = (command: string, before: readonly CommandRun[]): string =>
  before.some(run => run.command === command && isRed(run))
    ? "; it failed before the change, too, but not like this"
    : "";

const MOST_NEW = 20;

const newOnes = (failing: readonly string[]): string =>
  failing.length === 0 ? "" : ` with what did not fail before (${failing.slice(0, MOST_NEW).join("; ")})`;

type Judged = { readonly kind: "not_judged" | "red"; readonly run: NumberedRun };
type Proven =
  | { readonly kind: "fine" | "unnamed" }
  | { readonly kind: "unrun"; readonly named: string }
  | { readonly kind: "outside"; readonly script: string; readonly run: NumberedRun }
  | { readonly kind: "masked" | "changed"; readonly run: NumberedRun }
  | Judged;

interface Ran {
  readonly runs: readonly NumberedRun[];
  /** What the harness ran after the answer; the result of a run that it repeated counts. */
  readonly checks: readonly CommandRun[];
}

/** What an answer's proof is worth. An answer without that field needs none: its role runs nothing. */
const proofOf = (answer: Answer, { runs, checks }: Ran): Proven => {
  if (!("proof" in answer)) return { kind: "fine" };
  const verified = howVerified(answer);
  if (verified.length === 0) return { kind: "unnamed" };
  let red: Judged | null = null;
  for (const named of verified) {
    const run = runs[(runNumber(named) ?? 0) - 1];
    if (run === undefined) return { kind: "unrun", named: String(named).slice(0, 200) };
    const why = unfit(run);
    if (why !== null) return { ...why, run };
    if (run.tree === "changed") return { kind: "changed", run }; // guard: proof-on-what-is-kept
    const again = checks.findLast(({ command }) => command === run.command);
    const last = again === undefined ? run : { ...run, ...again };
    if (last.not_judged !== undefined) return { kind: "not_judged", run: last };
    if (last.exit_code !== 0) red ??= { kind: "red", run: last };
  }
  return red ?? { kind: "fine" };
};

/** `says`: what it claims without a proof. */
const whyUnproven = (proof: Proven, says: string): string | null => {
  switch (proof.kind) {
    case "unnamed":
      return `${says} but names no run that verified it.`;
    case "unrun":
      return `${says} with a proof that it did not run: ${proof.named}.`;
    case "outside":
      return `${says} with a proof that rests on ${proof.script}, which is outside of the work tree: \`${shorten(proof.run.command)}\`.`;
    case "masked":
      return `${says} with a proof whose exit code is not the check's own: \`${shorten(proof.run.command)}\`.`;
    case "changed":
      return `${says} with a proof that ran before its last change: \`${shorten(proof.run.command)}\`.`;
    default:
      return null;
  }
};

/** Neither red nor green: it could not run on what is kept. */
const notJudged = ({ run }: Judged): string =>
  `Not judged: \`${shorten(run.command)}\` could not run again: ${run.not_judged ?? ""}`;

const endOf = ({ exit_code }: CommandRun): string =>
  exit_code === null ? "ran into a limit" : `exited ${exit_code}`;

/** A command may be a whole script. */
const shorten = (command: string): string => {
  const line = command.replace(/\s+/g, " ").trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`.toWellFormed();
};
