// What a step is shown of the steps before it: each answer once, with what Kin saw of the runs it names.
import { type Answer, GateAnswer, gateReason } from "../model/answer.ts";
import type { CommandRun } from "../model/event.ts";
import { joined } from "../model/joined.ts";
import { type Attempt, answeringIn, type Pipeline, type Step } from "../model/pipeline.ts";
import type { Finding } from "../model/return.ts";
import type { Role } from "../model/role.ts";
import { runsIn, runsNamed } from "./runs.ts";
import { section } from "./section.ts";

interface Looking {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly role: Role;
  readonly delimiter: string;
}

export const earlierSections = (input: Looking): readonly string[] => [
  input.role.context_rules.history || input.step.part === "replan"
    ? historySection(input)
    : previousSections(input),
  input.step.part === "revision" ? rejectionSections(input) : "",
];

/** Everything that was done, for roles that look back on it. */
const historySection = (input: Looking): string => {
  const { pipeline, step } = input;
  return (
    pipeline.steps
      .slice(1, Math.max(step.number, 1))
      .filter(other => other.part !== "afterwards" && other.attempts.length > 0)
      // In a revision these have their own section.
      .filter(other => step.part !== "revision" || !(other.gate && other.revised))
      .map(other =>
        section(
          `Step ${other.number}, ${other.role}`,
          [triesOf(other), other.answer === null ? lastTry(other) : answerText(other)].join("\n").trim(),
          input,
        ),
      )
      .join("\n\n")
  );
};

const triesOf = (step: Step): string =>
  step.attempts
    .filter(attempt => attempt.finished?.outcome === "failed")
    .map(attempt => `Attempt ${attempt.number} did not count: ${attempt.finished?.reason ?? ""}`)
    .join("\n");

/** For a step that was given up. */
const lastTry = ({ attempts }: Step): string => {
  const answer = attempts.at(-1)?.finished?.answer ?? null;
  return answer === null ? "" : `What the last attempt answered:\n${asJson(answer)}`;
};

/** What the previous pipeline answered, for roles that are shown the returns. */
export const lastRoundSections = (input: Looking): readonly string[] =>
  (input.role.context_rules.returns > 0 ? (input.pipeline.opening.last_round ?? []) : []).map(
    ({ step, role, answer }) =>
      section(`What the last pipeline answered (its step ${step}, ${role})`, asJson(answer), input),
  );

/** What the gates of this pipeline rejected, once, for those who work on it again: the latest, or all for the analyst. */
const rejectionSections = (input: Looking): string => {
  const rejected = input.pipeline.steps
    .slice(0, input.step.number)
    .filter(other => other.gate && other.revised);
  const shown = input.role.name === "analyst" ? rejected : rejected.slice(-1);
  return shown
    .flatMap(gate => {
      const { success, data } = GateAnswer.safeParse(gate.answer);
      if (!success) return [];
      const text = [gateReason(data), findingLines(data.findings), runsText(gate)];
      const title = `What the gate found (step ${gate.number}, ${gate.role})`;
      return section(title, joined("\n", text), input);
    })
    .join("\n\n");
};

const previousSections = (input: Looking): string => {
  const { steps } = input.pipeline;
  const earlier = steps.slice(1, Math.max(input.step.number, 1)).filter(other => other.answer !== null);
  return earlier
    .filter(other => isShown(other, earlier, input.step))
    .map(other => {
      const own =
        other.role === input.step.role && input.step.part === "revision"
          ? "Your own answer before"
          : "Previous step output";
      return section(`${own} (step ${other.number}, ${other.role})`, answerText(other), input);
    })
    .join("\n\n");
};

/**
 * The step before, the one that this builds on, and the other steps of its department. In a revision the writer's own
 * answer and not the verdict, whose findings have their own section; for a gate everybody who wrote.
 */
const isShown = (other: Step, earlier: readonly Step[], step: Step): boolean => {
  const isAgain = earlier.some(
    later => later.number > other.number && later.part === "revision" && later.role === other.role,
  );
  if (other.revised || isAgain) return false;
  return (
    other === earlier.at(-1) ||
    other.number === step.depends_on ||
    (step.department !== null && other.department === step.department) ||
    (step.part === "revision" && !step.gate && other.role === step.role) ||
    (step.gate && other.writes && !other.gate)
  );
};

export const failedSection = (attempts: readonly Attempt[], input: Pick<Looking, "delimiter">): string => {
  const finished = attempts.at(-1)?.finished;
  if (finished?.outcome !== "failed") return "";
  return joined("\n\n", [
    section("Why the attempt before this one did not count", finished.reason ?? "", input),
    "Begin with that. The work tree may still hold what that attempt changed.",
    finished.answer === null ? "" : section("What that attempt answered", asJson(finished.answer), input),
  ]);
};

export const findingLines = (findings: readonly Finding[]): string =>
  findings
    .map(finding => {
      const where = finding.file ? ` ${finding.file}${finding.line ? `:${finding.line}` : ""}` : "";
      return `- [${finding.severity}]${where}: ${finding.issue}${finding.fix ? ` Remedy: ${finding.fix}` : ""}`;
    })
    .join("\n");

const asJson = (answer: Answer | null): string => JSON.stringify(answer, null, 2);

/** An answer, and what Kin saw of the runs it names. */
const answerText = (step: Step): string => {
  // Each step of a department has its own part as its brief.
  const { sub_pipeline: _steps, ...told } = step.answer ?? {};
  return joined("\n", [asJson(step.answer === null ? null : told), runsText(step)]);
};

const runsText = ({ number, answer, attempts }: Step): string => {
  const attempt = answeringIn({ attempts });
  const runs = answer === null || attempt === undefined ? [] : runsNamed(answer, runsIn(attempt));
  if (runs.length === 0) return "";
  const lines = runs.slice(0, MOST_RUNS).map(run => `- step ${number}, run ${run.number}: ${runText(run)}`);
  return ["What Kin saw of the runs that it names:", ...lines].join("\n");
};

const MOST_RUNS = 20;
const RUN_COMMAND = 300;
const RUN_OUTPUT = 400;

const runText = ({ command, exit_code, output }: CommandRun): string => {
  const line = command.replace(/\s+/g, " ").trim();
  const shown = line.length > RUN_COMMAND ? `${line.slice(0, RUN_COMMAND)}…` : line;
  const end = output.trim().slice(-RUN_OUTPUT);
  const code = exit_code === null ? "no exit code" : `exit code ${exit_code}`;
  return `${shown}\n  ${code}${end === "" ? "" : `; its output ends:\n${end.replace(/^/gm, "  ")}`}`;
};
