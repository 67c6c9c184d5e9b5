// What an attempt's answer is worth, once its conversation is over: proof is compared with what really ran.
import { type Answer, blockedReason, GateAnswer, gateReason, isBlocked, Proof } from "../model/answer.ts";
import type { CommandRun, EventOf } from "../model/event.ts";
import { compared, isRed } from "../model/own-runs.ts";
import type { Attempt, Step } from "../model/pipeline.ts";
import { NO_OWN, type Own, standingRun } from "./own-commands.ts";

type Settled = EventOf<"attempt_finished">;

/** `checks` are what the harness ran itself behind the answer; `own`, what the project's own commands are held against. */
export const settle = (
  step: Step,
  attempt: Attempt,
  checks: readonly CommandRun[],
  own: Own = NO_OWN,
): Settled => {
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
  if (step.gate) {
    const judged = settleGate(attempt, answer, checks);
    return { ...at, ...judged, ...ownVerdict(judged, { step, attempt, checks, own }) };
  }
  const reason = whatIsMissing(attempt, answer, checks) ?? redGate(checks, own);
  return reason === null
    ? { ...at, outcome: "done", answer, reason: null }
    : { ...at, outcome: "failed", answer, reason };
};

/**
 * The last run of a command in this attempt, alone or at the end of a longer line whose exit code is its own. What only
 * shortens or keeps its output does not count: a shell of ours fails where any part of a pipe fails.
 */
export const lastRunOf = (command: string, ran: readonly CommandRun[]): CommandRun | null => {
  const wanted = fold(command);
  const bare = wanted.length > LONGEST_LINE ? wanted : without(wanted, SHORTENED);
  const isIt = ({ line, shorter }: Line) => endsIn(line, wanted) || endsIn(shorter, bare);
  return ran.findLast(run => isIt(lineOf(run))) ?? null;
};

interface Line {
  readonly line: string;
  readonly shorter: string;
}

/** Each run is read once, however many commands it is compared with. */
const LINES = new WeakMap<CommandRun, Line>();

const lineOf = (run: CommandRun): Line => {
  const known = LINES.get(run);
  if (known !== undefined) return known; // guard: lines-once
  const line = fold(run.command);
  const read = { line, shorter: unfiltered(line) };
  LINES.set(run, read);
  return read;
};

/** Both are read from a line's end backwards: from its start each of its pipes would be tried. */
const SHORTENED = /$(?<=((?: 2>&1| (?:\d?>>?|&>) ?[\w./-]+| \| (?:tail|head|tee|cat)(?: [^|;&<>`$]*)?)+))/;
/** These judge as well: a line with one proves itself, and what stands before it. */
const FILTERED =
  /$(?<=((?: 2>&1)?(?: \| (?:e?grep|rg|sed|awk|cut|sort|uniq|wc)(?: '[^']*'| "[^"]*"| [^|;&<>`$'" ]+)*)+))/;

const without = (line: string, end: RegExp): string =>
  line.slice(0, line.length - (end.exec(line)?.[1]?.length ?? 0));

/** Longer ones are looked at as they are: the patterns would take their time, and the App asks the same. */
const LONGEST_LINE = 2000;

const unfiltered = (line: string): string => {
  if (line.length > LONGEST_LINE) return line;
  const shorter = without(without(line, SHORTENED), FILTERED);
  return shorter === line ? line : unfiltered(shorter);
};

const endsIn = (line: string, wanted: string): boolean => {
  if (line === wanted) return true;
  if (!line.endsWith(`&& ${wanted}`)) return false;
  const before = line.slice(0, -wanted.length).replace(/'[^']*'|"[^"]*"/g, "");
  return !MAY_HIDE.test(before);
};

/** Behind a comment, an open quote, a here-document or an `exit` the rest of a line never runs; `set` undoes rules. */
const MAY_HIDE = /[#'"`\\]|<<|\b(?:exit|exec|return|set)\b/;

/** A command whose exit code is another's. */
const MASKED = /(?:\|\||;)\s*(?:true|:|exit 0|(?:echo|printf)\b.*)$/s;

/** What is wrong with an answer's proof, while there is time to mend it; a gate that is red is settled instead. */
export const proofProblem = (
  answer: Answer,
  { gate, ran }: { readonly gate: boolean; readonly ran: readonly CommandRun[] },
): string | null => {
  const crowded = crowdedProof(answer);
  if (crowded !== null) return crowded;
  if (claimsNothing(answer)) return null;
  const proof = proofOf(ran, answer);
  switch (proof.kind) {
    case "unnamed":
      return "proof.how_verified: name the commands that verified it.";
    case "unrun":
      return `proof.how_verified: \`${proof.command}\` did not run in this attempt; run it, or name what ran.`;
    case "masked":
      return `proof.how_verified: the exit code of \`${proof.command}\` is not the check's own; run the check alone.`;
    case "not_judged":
      return null;
    case "red":
      return gate ? null : `proof.how_verified: \`${proof.command}\` ${endOf(proof.run)}.`;
    case "fine":
      return null;
  }
};

const MOST_COMMANDS = 20;

/** Asked of new answers only: journals may hold longer ones. */
const crowdedProof = (answer: Answer): string | null => {
  const proof = Proof.safeParse(answer.proof);
  const commands = proof.success ? proof.data.how_verified : [];
  // guard: commands-of-a-proof
  if (commands.length > MOST_COMMANDS)
    return `proof.how_verified: name ${MOST_COMMANDS} commands at most, those that show the most.`;
  return commands.every(({ length }) => length <= LONGEST_LINE) // guard: length-of-a-proof
    ? null
    : `proof.how_verified: a command has at most ${LONGEST_LINE} characters; put a longer one into a script, run that, and name it.`;
};

/** The commands that an answer stands or falls with; none where it claims nothing. */
export const provingCommands = ({ turns }: Attempt): readonly string[] => {
  const answer = turns.at(-1)?.submitted ?? null;
  const proof = answer === null || claimsNothing(answer) ? null : Proof.safeParse(answer.proof);
  return proof?.success ? proof.data.how_verified : [];
};

const claimsNothing = (answer: Answer): boolean =>
  isBlocked(answer) || answer.status === "partial" || answer.verdict === "changes_requested";

const settleGate = (
  attempt: Attempt,
  answer: Answer,
  checks: readonly CommandRun[],
): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const gate = GateAnswer.parse(answer);
  const failed = (reason: string) => ({ outcome: "failed" as const, answer, reason });
  if (gate.verdict === "changes_requested") return { outcome: "done", answer, reason: null };
  const proof = proofOf([...ranIn(attempt), ...checks], answer);
  switch (proof.kind) {
    case "unnamed":
      return failed("It approved but names no command that verified it.");
    case "unrun":
      return failed(`It approved with a proof that it did not run: \`${proof.command}\`.`);
    case "masked":
      return failed(`It approved with a proof whose exit code is not the check's own: \`${proof.command}\`.`);
    case "not_judged":
      return { outcome: "blocked", answer, reason: notJudged(proof) };
    case "red":
      return overrule(gate, proof);
    case "fine":
      return { outcome: "done", answer, reason: null };
  }
};

/** An approval that its own test run contradicts is a rejection, whatever the words say. */
const overrule = (
  gate: GateAnswer,
  { command, run, failing = [] }: Omit<RedProof, "kind"> & { readonly failing?: readonly string[] },
): Pick<Settled, "outcome" | "answer" | "reason"> => {
  const reason = `The gate approved, but \`${command}\` ${endOf(run)}${newOnes(failing)}; the exit code decides.`;
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
  const proof = proofOf([...ranIn(attempt), ...checks], answer);
  switch (proof.kind) {
    case "unnamed":
      return "It says done but names no command that verified it.";
    case "unrun":
      return `Its proof names \`${proof.command}\`, which did not run in this attempt.`;
    case "masked":
      return `Its proof names \`${proof.command}\`, whose exit code is not the check's own.`;
    case "not_judged":
      return notJudged(proof);
    case "red":
      return `Its proof names \`${proof.command}\`, which ${endOf(proof.run)}.`;
    case "fine":
      return null;
  }
};

const redGate = (checks: readonly CommandRun[], { before }: Own): string | null => {
  for (const command of new Set(checks.map(check => check.command))) {
    const found = compared(
      checks.filter(check => check.command === command),
      before,
    );
    if (found.kind === "red")
      return `The project's gate \`${command}\` ${endOf(found.run)}${newOnes(found.failing)}${wasRed(command, before)}:\n${found.run.output.slice(-2000)}`;
  }
  return null;
};

/** An approval is worth nothing where the project's own commands say otherwise, or did not run. */
const ownVerdict = (
  { outcome, answer }: Pick<Settled, "outcome" | "answer">,
  { step, attempt, checks, own }: { step: Step; attempt: Attempt; checks: readonly CommandRun[]; own: Own },
): Partial<Pick<Settled, "outcome" | "answer" | "reason">> => {
  if (outcome !== "done" || answer?.verdict !== "approved") return {};
  for (const command of own.needed) {
    const runs = checks.filter(check => check.command === command);
    // guard: approval-needs-the-own
    if (runs.length === 0 && standingRun(command, { step, attempt }) === null)
      return { outcome: "failed", reason: `It approved, but the project's own \`${command}\` did not run.` };
    const found = compared(runs, own.before);
    if (found.kind === "red")
      return overrule(GateAnswer.parse(answer), { command, run: found.run, failing: found.failing });
  }
  return {};
};

/** Then there is nothing to tell the new from the old by, and a gate has to succeed. */
const wasRed = (command: string, before: readonly CommandRun[]): string =>
  before.some(run => run.command === command && isRed(run)) ? "; it failed before the change, too" : "";

const MOST_NEW = 20;

const newOnes = (failing: readonly string[]): string =>
  failing.length === 0 ? "" : ` with what did not fail before (${failing.slice(0, MOST_NEW).join("; ")})`;

const ranIn = (attempt: Attempt): readonly CommandRun[] => attempt.turns.flatMap(turn => turn.ran);

type NotJudged = { readonly kind: "not_judged"; readonly command: string; readonly why: string };
type RedProof = { readonly kind: "red"; readonly command: string; readonly run: CommandRun };
type Proven =
  | { readonly kind: "fine" }
  | { readonly kind: "unnamed" }
  | { readonly kind: "unrun" | "masked"; readonly command: string }
  | NotJudged
  | RedProof;

/** What an answer's proof is worth. An answer without such a field needs none: its role runs nothing. */
const proofOf = (ran: readonly CommandRun[], answer: Answer): Proven => {
  if (!("proof" in answer)) return { kind: "fine" };
  const proof = Proof.safeParse(answer.proof);
  if (!proof.success || proof.data.how_verified.length === 0) return { kind: "unnamed" };
  let red: RedProof | null = null;
  for (const command of proof.data.how_verified) {
    if (MASKED.test(fold(command))) return { kind: "masked", command };
    const run = lastRunOf(command, ran);
    if (run === null) return { kind: "unrun", command };
    if (run.not_judged !== undefined) return { kind: "not_judged", command, why: run.not_judged };
    if (run.exit_code !== 0) red ??= { kind: "red", command, run };
  }
  return red ?? { kind: "fine" };
};

/** Neither red nor green: nobody could run it on what is kept. */
const notJudged = ({ command, why }: NotJudged): string =>
  `Not judged: \`${command}\` could not run again: ${why}`;

const endOf = ({ exit_code }: CommandRun): string =>
  exit_code === null ? "ran into a limit" : `exited ${exit_code}`;

const fold = (command: string): string =>
  command
    .replace(/^\$\s*/, "")
    .replace(/\s+/g, " ")
    .trim();
