// The Actions job summary of one pipeline. Job logs of public repositories are public, so it shows no transcript, no prompt
// and no command output. A dry run's plan is shown, because nothing else comes of it.
import type { CommandRun } from "../model/event.ts";
import { joined } from "../model/joined.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { spentOutside } from "../pipeline/limits.ts";
import { ownCommands } from "../pipeline/own-commands.ts";
import { crewOf, talkOf } from "../pipeline/workers.ts";
import { JOB_SUMMARY_LIMIT, safe, safeInline } from "../text/safe.ts";
import { COST_COLUMNS, costCells, costOfAttempt, costOfPipeline, costText } from "./cost.ts";
import { duration, exitOf, plural } from "./format.ts";
import { quote, section, table } from "./frame.ts";
import { knownTable } from "./known-table.ts";
import { limitNote } from "./limit-note.ts";
import { link } from "./link.ts";
import { diagram } from "./mermaid.ts";
import { refusedHosts } from "./refused-hosts.ts";
import { serversText } from "./servers.ts";
import { resultOf } from "./step-result.ts";
import { codeOf, nameOf } from "./term.ts";
import { within } from "./within.ts";
import { endWords } from "./words.ts";
import { costOfTries, workersOfAll } from "./workers-table.ts";

export const jobSummary = (
  pipeline: Pipeline,
  { url, scripted }: { readonly url?: string | null; readonly scripted: boolean },
): string => {
  const { opening, outcome } = pipeline;
  return within(
    [
      { rank: 0, text: heading(pipeline, url ?? null) },
      { rank: 0, text: summaryLine(pipeline, scripted) },
      { rank: 1, text: quote(safe(outcome?.reason ?? pipeline.paused ?? "", { limit: 4000, block: true })) },
      { rank: 2, text: opening.dry_run ? section("Plan", planOf(pipeline)) : "" },
      { rank: 3, text: diagram(pipeline) },
      { rank: 2, text: section("Steps", stepsTable(pipeline)) },
      { rank: 3, text: section("Workers", workersOfAll(pipeline, MOST_ROWS)) },
      { rank: 3, text: costOfTries(pipeline) },
      { rank: 4, text: section("Setup", commandsTable(pipeline.setup?.commands ?? [])) },
      { rank: 4, text: section("What was read of the repository", knownTable(pipeline)) },
      { rank: 4, text: section("The project's own commands", ownTable(pipeline)) },
      { rank: 4, text: refusedHosts(pipeline) },
      { rank: 4, text: section("MCP servers", serversText(pipeline)) },
      { rank: 5, text: section("Limits", limits(pipeline)) },
      { rank: 6, text: `<sub>Pipeline ${codeOf(opening.pipeline)} on ${codeOf(opening.branch.name)}</sub>` },
    ],
    JOB_SUMMARY_LIMIT,
  );
};

const heading = ({ opening }: Pipeline, url: string | null): string => {
  const { repository, issue, title } = opening.task;
  const name = `${nameOf(repository.owner)}/${nameOf(repository.name)}#${issue}`;
  return `## ${link(name, url)}: ${safeInline(title, { limit: 200 })}`;
};

const summaryLine = (pipeline: Pipeline, scripted: boolean): string => {
  const cost = costOfPipeline(pipeline);
  return joined(" · ", [
    `**Pipeline ${pipeline.opening.number} ${pipeline.paused === null ? endWords(pipeline) : "paused"}**`,
    safeInline(costText(cost)),
    duration(pipeline.seconds),
    plural(cost.turns, "turn"),
    pipeline.opening.dry_run ? "dry run" : "",
    scripted ? "scripted model: nothing was paid" : "",
  ]);
};

const PLAN_PART = { limit: 4000, block: true };

const planOf = ({ plan }: Pipeline): string =>
  plan === null
    ? ""
    : [
        quote(safe(plan.analysis, PLAN_PART)),
        ...plan.steps.slice(0, MOST_STEPS).map(({ role, brief }, index) => {
          const text = quote(safe(brief, PLAN_PART));
          return `**${index + 1} ${nameOf(role)}**\n\n${text}`;
        }),
      ].join("\n\n");

const MOST_STEPS = 50;

const stepsTable = (pipeline: Pipeline): string =>
  table(
    [">Step", "Role", ">Attempt", ...COST_COLUMNS, "Result"],
    pipeline.steps.flatMap(step => rowsOf(step, pipeline)).slice(0, MOST_ROWS),
  );

const MOST_ROWS = 200;

const rowsOf = (step: Step, pipeline: Pipeline): readonly (readonly string[])[] => {
  const { sign, words } = resultOf(step, pipeline);
  const name = [String(step.number), nameOf(step.role)];
  if (step.attempts.length === 0) return [[...name, ...Array<string>(7).fill(""), `${sign} ${words}`]];
  return step.attempts.map(attempt => [
    ...name,
    String(attempt.number),
    ...costCells(costOfAttempt(attempt)),
    attempt === step.attempts.at(-1)
      ? `${sign} ${words}`
      : `✗ ${attempt.finished?.outcome ?? "not finished"}`,
  ]);
};

const commandsTable = (commands: readonly CommandRun[]): string =>
  table(
    ["Command", "Result", ">Time"],
    commands.slice(0, 40).map(run => [codeOf(run.command), exitOf(run), duration(run.seconds)]),
  );

/** On the base, after each step, and those that the runner cannot run. */
const ownTable = (pipeline: Pipeline): string => {
  const own = new Set(ownCommands(pipeline));
  const rows = [
    ...(pipeline.base_checks ?? []).map(run => ({ run, where: "the base" })),
    ...pipeline.steps.flatMap(step =>
      checksIn(step)
        .filter(({ run }) => own.has(run.command))
        .map(({ run, who }) => ({ run, where: `step ${step.number} (${nameOf(who)})` })),
    ),
  ].map(({ run, where }) => [codeOf(run.command), where, exitOf(run), duration(run.seconds)]);
  const missing = (pipeline.setup?.unavailable ?? []).map(({ command, program }) => [
    codeOf(command),
    "",
    `not available: the runner has no ${codeOf(program)}`,
    "",
  ]);
  return table(["Command", "On", "Result", ">Time"], [...rows.slice(0, 60), ...missing]);
};

/** Including its workers'. */
const checksIn = (step: Step): readonly { readonly run: CommandRun; readonly who: string }[] =>
  step.attempts.flatMap(attempt => [
    ...crewOf(attempt).workers.flatMap(worker =>
      checksOf(talkOf(worker)).map(run => ({ run, who: `${workerName(worker.worker)} ${worker.role}` })),
    ),
    ...checksOf(attempt).map(run => ({ run, who: step.role })),
  ]);

const checksOf = (attempt: Attempt | null): readonly CommandRun[] => attempt?.finished?.checks ?? [];

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

const limits = (pipeline: Pipeline): string => {
  const { limits: allowed } = pipeline.opening.config;
  const { task_usd, day_usd } = spentOutside(pipeline);
  const rows = table(
    ["Limit", ">Used", ">Allowed"],
    [
      ["Pipeline", dollars(pipeline.usd), dollars(allowed.pipeline_usd)],
      ["Task", dollars(task_usd + pipeline.usd), dollars(allowed.task_usd)],
      ["Repository, this day (UTC)", dollars(day_usd + pipeline.usd), dollars(allowed.day_usd)],
      ["Pipeline, time", duration(pipeline.seconds), `${allowed.pipeline_minutes} min`],
    ],
  );
  const unpriced = pipeline.unpriced
    ? "\n\nTurns of models without a known price are not in these amounts."
    : "";
  return `${pipeline.limit === null ? "" : `**${limitNote(pipeline.limit)}**\n\n`}${rows}${unpriced}`;
};
