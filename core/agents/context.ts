// What a role is shown: the blocks of the system prompt, which are the same for all steps as far as they
// can be, and the first message. Formatting is stable to the byte, for the prompt cache and for resume.
import { type Answer, GateAnswer, gateReason } from "../model/answer.ts";
import type { CommandRun } from "../model/event.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import type { Finding, ReturnRecord } from "../model/return.ts";
import type { Role, Roster } from "../model/role.ts";
import type { Look } from "../ports.ts";
import { changedLines } from "./changed-lines.ts";
import { fence } from "./clean.ts";
import { rulesFor } from "./contributing.ts";
import { visible } from "./invisible.ts";
import { activeLines, decisionLines, decisionsShown, moduleLines } from "./knowledge.ts";
import { checkReturnPattern } from "./return-pattern.ts";
import { membersOf, selectableRoles, whyNot } from "./roster.ts";
import { runLines } from "./run-lines.ts";
import { runsIn, runsNamed } from "./runs.ts";

export interface ContextInput {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly attempt: number;
  readonly role: Role;
  readonly roster: Roster;
  readonly preamble: string;
  /** A fresh random token; untrusted text that contains it is refused. */
  readonly delimiter: string;
  /** The patch as it stands, for a gate and for a revision; null for anybody else. */
  readonly look?: Look | null;
}

export interface OpenedConversation {
  readonly system: readonly { readonly text: string; readonly cached: boolean }[];
  readonly first: string;
}

/**
 * What concerns everybody, and the project, are the shared prefix of all roles of a tier; the role comes behind its
 * breakpoint, after what concerns those that run something.
 */
export const openConversation = (input: ContextInput): OpenedConversation => {
  const { preamble, role, pipeline } = input;
  const [forAll = "", forHands = ""] = preamble.split(HANDS);
  const hands = role.permissions === "read_only" ? "" : forHands.trim();
  return {
    system: [
      { text: forAll.trim(), cached: false },
      { text: projectBlock(pipeline), cached: true },
      { text: `${hands}\n\n${role.prompt.trim()}`.trim(), cached: true },
    ],
    first: [headerBlock(input), ...sectionsOf(input)].filter(block => block !== "").join("\n\n"),
  };
};

/** From this heading on, the preamble is not for roles that only read. */
const HANDS = /^(?=## For roles that run commands or change files$)/m;

const projectBlock = ({ opening }: Pipeline): string => {
  const { repository } = opening.task;
  const { project_type, tech_stack, language } = opening.config;
  return [
    "# Project",
    `Repository: ${repository.owner}/${repository.name}, default branch ${repository.default_branch}.`,
    `Type: ${project_type}.`,
    `Stack: ${tech_stack.length > 0 ? tech_stack.join(", ") : "not stated; read the repository's files"}.`,
    ...(language === "English"
      ? []
      : [`Write sentences for people in ${language}; names, fields and code stay as they are.`]),
  ].join("\n");
};

/** The first two lines are a fixed form: people and scripts find a conversation by them. */
const headerBlock = ({ pipeline, step, attempt, role }: ContextInput): string => {
  const { opening } = pipeline;
  const { repository, issue } = opening.task;
  return [
    `Pipeline ${opening.number}, step ${step.number}, attempt ${attempt}, role ${role.name}.`,
    `Task ${repository.owner}/${repository.name}#${issue}.`,
  ].join("\n");
};

const sectionsOf = (input: ContextInput): readonly string[] => {
  const { pipeline, step, role } = input;
  const { opening } = pipeline;
  const rules = role.context_rules;
  return [
    taskSection(input),
    section("What setup could not bring", setupLines(pipeline.setup), input),
    section("The project's own commands, before anything was changed", baseLines(pipeline), input),
    section("Brief in force, in place of the issue's text", pipeline.brief ?? "", input),
    listSection("Acceptance criteria", opening.task.acceptance_criteria, input),
    section("The project's rules for contributions", rulesFor(pipeline.setup?.rules ?? [], role), input),
    section("They refuse what a machine wrote; who went on all the same", pipeline.consent ?? "", input),
    rules.modules ? section("Modules", moduleLines(opening.modules), input) : "",
    section("Decisions of the project", decisionLines(decisionsShown({ opening, step, rules })), input),
    rules.active_tasks ? section("Active tasks", activeLines(opening.active_tasks), input) : "",
    rules.returns > 0 ? returnsSection(input) : "",
    section("What the last rejection found", findingLines(opening.findings), input),
    section("What became of the issues that this task was handed to", opening.followed_up ?? "", input),
    rules.roster ? rosterSection(input) : "",
    role.head ? departmentSection(input) : "",
    tooLargeSection(input),
    rules.history ? historySection(input) : previousSection(input),
    revisionSection(input),
    ...patchSections(input),
    step.gate
      ? section("What the project's own commands came to behind the last writer", checkLines(input), input)
      : "",
    toldSection(input),
    failedSection(step.attempts, input),
    listSection("Acceptance criteria that your answer is judged by", step.criteria, input),
    `## Your part\n\n${visible(step.brief).text}`,
  ];
};

const SETUP_OUTPUT = 1_500;

/** Of what was detected and failed; what was asked for and failed ends the pipeline. */
const setupLines = (setup: Pipeline["setup"]): string =>
  (setup?.commands ?? [])
    .filter(run => run.exit_code !== 0)
    .map(
      ({ command, exit_code, output }) =>
        `$ ${command}\n${exit_code === null ? "no exit code" : `exit code ${exit_code}`}: what it would have installed is missing.\n${output.trimEnd().slice(-SETUP_OUTPUT)}`,
    )
    .join("\n\n");

const taskSection = (input: ContextInput): string => {
  const { task } = input.pipeline.opening;
  const comments = task.comments.map(
    comment => `Comment by ${comment.author}, ${comment.at}:\n${comment.body}`,
  );
  return section(
    "Task",
    [`Title: ${task.title}`, `Author: ${task.author}`, "", task.body, ...comments].join("\n"),
    input,
  );
};

/** Requirements H6; the latest, shown oldest first, with the pattern for whoever sees more than the latest few. */
const returnsSection = (input: ContextInput): string => {
  const { count, latest } = input.pipeline.opening.returns;
  const limit = input.role.context_rules.returns;
  if (count === 0) return "";
  const lines = latest
    .slice(-limit)
    .map(
      r =>
        `- #${r.return_number} [${r.reason_category}]${r.reason_text === null ? "" : ` — ${r.reason_text}`} (returned_by=${r.returned_by}, at=${r.returned_at})`,
    );
  const pattern = limit > PLANNER_RETURNS ? [patternLine(latest.slice(-limit))] : [];
  const due = input.pipeline.opening.analysis_due ? "An analysis is due." : "No analysis is due.";
  const forPlanner = input.role.context_rules.roster ? [due] : [];
  return section(
    `Return History (return_count=${count}):`,
    [...lines, ...pattern, ...forPlanner].join("\n"),
    input,
  );
};

const PLANNER_RETURNS = 5;

const patternLine = (latest: readonly ReturnRecord[]): string => {
  const { pattern_detected, dominant_category, occurrences } = checkReturnPattern(latest);
  return pattern_detected
    ? `Pattern: ${dominant_category}, ${occurrences} times.`
    : "Pattern: none; no category came twice.";
};

const rosterSection = ({ pipeline, roster }: ContextInput): string => {
  const roles = selectableRoles(roster, pipeline.opening.config);
  const names = new Set(roles.map(role => role.name));
  const routes = roster.routes.filter(route => route.steps.every(step => names.has(step)));
  return [
    "## Available specialists",
    "",
    ...roles.map(role => `- ${role.name} (${role.model}${role.gate ? ", gate" : ""}): ${role.description}`),
    "",
    "## Route templates",
    "",
    ...routes.map(route => `- ${route.name}: ${route.steps.join(" → ")}. ${route.when}`),
  ].join("\n");
};

/** Whom a head may put to work. */
const departmentSection = ({ pipeline, roster, role }: ContextInput): string =>
  [
    "## Your department",
    "",
    ...membersOf(roster, role.name)
      .filter(member => whyNot(member, pipeline.opening.config) === null)
      .map(member => `- ${member.name}${member.gate ? " (gate)" : ""}: ${member.description}`),
  ].join("\n");

/** Why the project manager gave the task back, for whoever cuts it into smaller ones. */
const tooLargeSection = (input: ContextInput): string => {
  const { pipeline, step } = input;
  const reason = pipeline.steps[0]?.attempts.at(-1)?.finished?.reason ?? "";
  return step.part === "decomposition"
    ? section("Why the project manager found it too large", reason, input)
    : "";
};

/** Everything that was done, for whoever looks back on it. */
const historySection = (input: ContextInput): string => {
  const { pipeline, step } = input;
  return pipeline.steps
    .slice(1, Math.max(step.number, 1))
    .filter(other => other.part !== "afterwards" && other.attempts.length > 0)
    .map(other =>
      section(
        `Step ${other.number}, ${other.role}`,
        [triesOf(other), answerText(other)].join("\n").trim(),
        input,
      ),
    )
    .join("\n\n");
};

const triesOf = (step: Step): string =>
  step.attempts
    .filter(attempt => attempt.finished?.outcome === "failed")
    .map(attempt => `Attempt ${attempt.number} did not count: ${attempt.finished?.reason ?? ""}`)
    .join("\n");

/** What the gates of this pipeline rejected, for those who work on it again. */
const revisionSection = (input: ContextInput): string => {
  const { pipeline, step, role } = input;
  if (step.part !== "revision") return "";
  const rejected = pipeline.steps.slice(0, step.number).filter(other => other.revised);
  const shown = role.name === "analyst" ? rejected : rejected.slice(-1);
  return shown
    .map(gate => {
      const { success, data } = GateAnswer.safeParse(gate.answer);
      const text = success ? [gateReason(data), findingLines(data.findings)].join("\n") : "";
      return section(`What the gate found (step ${gate.number}, ${gate.role})`, text, input);
    })
    .join("\n\n");
};

const toldSection = (input: ContextInput): string =>
  section(
    "What people said while the pipeline ran",
    input.pipeline.told.map(({ by, text }) => `- ${by}: ${text}`).join("\n"),
    input,
  );

/** Requirements G17: of the step before, of the one that this builds on, and of a department's steps for each other. */
const previousSection = (input: ContextInput): string => {
  const { pipeline, step } = input;
  const earlier = pipeline.steps.slice(1, Math.max(step.number, 1)).filter(other => other.answer !== null);
  return earlier
    .filter(
      other =>
        other === earlier.at(-1) ||
        other.number === step.depends_on ||
        (step.department !== null && other.department === step.department),
    )
    .map(other =>
      section(`Previous step output (step ${other.number}, ${other.role})`, answerText(other), input),
    )
    .join("\n\n");
};

const failedSection = (attempts: readonly Attempt[], input: ContextInput): string => {
  const finished = attempts.at(-1)?.finished;
  if (finished?.outcome !== "failed") return "";
  return [
    section("Why the attempt before this one did not count", finished.reason ?? "", input),
    finished.answer === null ? "" : section("What that attempt answered", asJson(finished.answer), input),
  ]
    .filter(text => text !== "")
    .join("\n\n");
};

export const findingLines = (findings: readonly Finding[]): string =>
  findings
    .map(finding => {
      const where = finding.file ? ` ${finding.file}${finding.line ? `:${finding.line}` : ""}` : "";
      return `- [${finding.severity}]${where}: ${finding.issue}${finding.fix ? ` Remedy: ${finding.fix}` : ""}`;
    })
    .join("\n");

const baseLines = ({ base_checks }: Pipeline): string => runLines(base_checks ?? []);

/** As the harness ran them on what this gate judges, or on what it was before the last gate's tests. */
const checkLines = ({ pipeline, step }: ContextInput): string =>
  runLines(
    pipeline.steps
      .slice(0, step.number)
      .map(other => other.attempts.at(-1)?.finished?.checks ?? [])
      .findLast(checks => checks.length > 0) ?? [],
  );

/** Everything from the default branch to what this step starts from. */
const patchSections = (input: ContextInput): readonly string[] => {
  const { look = null, step } = input;
  if (look === null) return [];
  const notes = look.notes.map(
    ({ path, line, what }) => `- ${path}${line === null ? "" : `:${line}`}: ${what}`,
  );
  return [
    section("Files that the patch changes", changedLines(look), input),
    section("The patch, against `base`", look.diff, input),
    step.gate ? section("What Kin itself saw in the patch: judge each", notes.join("\n"), input) : "",
  ];
};

const listSection = (title: string, items: readonly string[], input: ContextInput): string =>
  section(title, items.map(item => `- ${item}`).join("\n"), input);

/**
 * Everything in a section came from people or models: data, behind the delimiter. Nothing in it is hidden, whoever wrote
 * it: a model may have copied what it read in a file. Markup stays, because answers hold code.
 */
const section = (title: string, text: string, { delimiter }: ContextInput): string => {
  const seen = visible(text).text;
  return seen.trim() === "" ? "" : `## ${title}\n\n${fence("data", seen, delimiter)}`;
};

const asJson = (answer: Answer | null): string => JSON.stringify(answer, null, 2);

/** An answer, and what Kin saw of the runs that it names by number. */
const answerText = ({ number, answer, attempts }: Step): string => {
  const attempt = attempts.at(-1);
  const runs = answer === null || attempt === undefined ? [] : runsNamed(answer, runsIn(attempt));
  return [
    asJson(answer),
    ...(runs.length === 0 ? [] : [`What Kin saw of the runs that it names:`]),
    ...runs.slice(0, MOST_RUNS).map(run => `- step ${number}, run ${run.number}: ${runText(run)}`),
  ].join("\n");
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
