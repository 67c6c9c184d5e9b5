// What an attempt's answer is worth, once its conversation is over: proof is compared with what really ran.
import { type Answer, blockedReason, GateAnswer, gateReason, isBlocked, Proof } from "../model/answer.ts";
import type { CommandRun, EventOf } from "../model/event.ts";
import type { Attempt, Step } from "../model/pipeline.ts";

type Settled = EventOf<"attempt_finished">;

/** `checks` are the project's own gates, which the harness ran after a role that writes code. */
export const settle = (step: Step, attempt: Attempt, checks: readonly CommandRun[]): Settled => {
  const last = attempt.turns.at(-1);
  const answer = last?.submitted ?? null;
  const at = {
    kind: "attempt_finished" as const,
    step: step.number,
    attempt: attempt.number,
    checks: [...checks],
  };
  if (answer === null)
    return { ...at, outcome: "failed", answer, reason: last?.failed ?? "It ended without an answer." };
  if (isBlocked(answer)) return { ...at, outcome: "blocked", answer, reason: blockedReason(answer) };
  if (step.gate) return { ...at, ...settleGate(attempt, answer) };
  const reason = whatIsMissing(attempt, answer, checks);
  return reason === null
    ? { ...at, outcome: "done", answer, reason: null }
    : { ...at, outcome: "failed", answer, reason };
};

/** The last run of a command in this attempt, alone or at the end of a longer line whose exit code is its own. */
export const lastRunOf = (command: string, ran: readonly CommandRun[]): CommandRun | null => {
  const wanted = fold(command);
  return (
    ran.findLast(run => fold(run.command) === wanted || fold(run.command).endsWith(`&& ${wanted}`)) ?? null
  );
};

const settleGate = (attempt: Attempt, answer: Answer): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const gate = GateAnswer.parse(answer);
  if (gate.verdict === "changes_requested") return { outcome: "done", answer, reason: null };
  const claims = claimsOf(attempt, answer);
  if ("proof" in answer && claims.length === 0) {
    return { outcome: "failed", answer, reason: "It approved but names no command that verified it." };
  }
  const unrun = claims.find(claim => claim.run === null);
  if (unrun !== undefined) {
    return {
      outcome: "failed",
      answer,
      reason: `It approved with a proof that it did not run: \`${unrun.command}\`.`,
    };
  }
  const red = claims.find(claim => claim.run?.exit_code !== 0);
  return red === undefined ? { outcome: "done", answer, reason: null } : overrule(gate, red);
};

/** An approval that its own test run contradicts is a rejection, whatever the words say. */
const overrule = (gate: GateAnswer, red: Claim): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const reason = `The gate approved, but \`${red.command}\` ${endOf(red.run)}; the exit code decides.`;
  const finding = {
    severity: "high" as const,
    file: null,
    line: null,
    issue: `${reason}\n${red.run?.output ?? ""}`.trim(),
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
  const claims = claimsOf(attempt, answer);
  if ("proof" in answer && claims.length === 0) return "It says done but names no command that verified it.";
  const unrun = claims.find(claim => claim.run === null);
  if (unrun !== undefined) return `Its proof names \`${unrun.command}\`, which did not run in this attempt.`;
  const red = claims.find(claim => claim.run?.exit_code !== 0);
  if (red !== undefined) return `Its proof names \`${red.command}\`, which ${endOf(red.run)}.`;
  const gate = checks.find(check => check.exit_code !== 0);
  return gate === undefined
    ? null
    : `The project's gate \`${gate.command}\` ${endOf(gate)}:\n${gate.output.slice(-2000)}`;
};

interface Claim {
  readonly command: string;
  readonly run: CommandRun | null;
}

const claimsOf = (attempt: Attempt, answer: Answer): readonly Claim[] => {
  const proof = Proof.safeParse(answer.proof);
  const ran = attempt.turns.flatMap(turn => turn.ran);
  return proof.success
    ? proof.data.how_verified.map(command => ({ command, run: lastRunOf(command, ran) }))
    : [];
};

const endOf = (run: CommandRun | null): string =>
  run?.exit_code === null || run === null ? "ran into its time limit" : `exited ${run.exit_code}`;

const fold = (command: string): string =>
  command
    .replace(/^\$\s*/, "")
    .replace(/\s+/g, " ")
    .trim();
