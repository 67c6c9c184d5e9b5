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
  return ran.findLast(run => endsIn(fold(run.command), wanted)) ?? null;
};

const endsIn = (line: string, wanted: string): boolean => {
  if (line === wanted) return true;
  if (!line.endsWith(`&& ${wanted}`)) return false;
  const before = line.slice(0, -wanted.length).replace(/'[^']*'|"[^"]*"/g, "");
  return !MAY_HIDE.test(before);
};

/** Behind a comment, an open quote, a here-document or an `exit`, the rest of the line never runs. */
const MAY_HIDE = /[#'"`\\]|<<|\b(?:exit|exec|return)\b/;

const settleGate = (attempt: Attempt, answer: Answer): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const gate = GateAnswer.parse(answer);
  const failed = (reason: string) => ({ outcome: "failed" as const, answer, reason });
  if (gate.verdict === "changes_requested") return { outcome: "done", answer, reason: null };
  const proof = proofOf(attempt, answer);
  switch (proof.kind) {
    case "unnamed":
      return failed("It approved but names no command that verified it.");
    case "unrun":
      return failed(`It approved with a proof that it did not run: \`${proof.command}\`.`);
    case "red":
      return overrule(gate, proof);
    case "fine":
      return { outcome: "done", answer, reason: null };
  }
};

/** An approval that its own test run contradicts is a rejection, whatever the words say. */
const overrule = (
  gate: GateAnswer,
  { command, run }: RedProof,
): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const reason = `The gate approved, but \`${command}\` ${endOf(run)}; the exit code decides.`;
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
  const proof = proofOf(attempt, answer);
  switch (proof.kind) {
    case "unnamed":
      return "It says done but names no command that verified it.";
    case "unrun":
      return `Its proof names \`${proof.command}\`, which did not run in this attempt.`;
    case "red":
      return `Its proof names \`${proof.command}\`, which ${endOf(proof.run)}.`;
    case "fine":
      return redGate(checks);
  }
};

const redGate = (checks: readonly CommandRun[]): string | null => {
  const red = checks.find(check => check.exit_code !== 0);
  return red === undefined
    ? null
    : `The project's gate \`${red.command}\` ${endOf(red)}:\n${red.output.slice(-2000)}`;
};

type RedProof = { readonly kind: "red"; readonly command: string; readonly run: CommandRun };
type Proven =
  | { readonly kind: "fine" }
  | { readonly kind: "unnamed" }
  | { readonly kind: "unrun"; readonly command: string }
  | RedProof;

/** What an answer's proof is worth. An answer without such a field needs none: its role runs nothing. */
const proofOf = (attempt: Attempt, answer: Answer): Proven => {
  if (!("proof" in answer)) return { kind: "fine" };
  const proof = Proof.safeParse(answer.proof);
  if (!proof.success || proof.data.how_verified.length === 0) return { kind: "unnamed" };
  const ran = attempt.turns.flatMap(turn => turn.ran);
  let red: RedProof | null = null;
  for (const command of proof.data.how_verified) {
    const run = lastRunOf(command, ran);
    if (run === null) return { kind: "unrun", command };
    if (run.exit_code !== 0) red ??= { kind: "red", command, run };
  }
  return red ?? { kind: "fine" };
};

const endOf = ({ exit_code }: CommandRun): string =>
  exit_code === null ? "ran into its time limit" : `exited ${exit_code}`;

const fold = (command: string): string =>
  command
    .replace(/^\$\s*/, "")
    .replace(/\s+/g, " ")
    .trim();
