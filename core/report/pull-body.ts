// The pull request's text: what a reviewer wants to know first, and what the harness itself saw.

import { runsIn } from "../agents/runs.ts";
import { type CriterionCheck, gateReason } from "../model/answer.ts";
import { combineChanges } from "../model/change.ts";
import { joined } from "../model/joined.ts";
import type { Note } from "../model/patch/look.ts";
import { isManifest } from "../model/patch/setup-files.ts";
import { answeringIn, type Pipeline, type Step } from "../model/pipeline.ts";
import { standingSteps } from "../pipeline/added-steps.ts";
import { verdictOf } from "../pipeline/state.ts";
import { changesOf } from "../pipeline/written.ts";
import { closesNothing } from "../text/closing.ts";
import { plain } from "../text/plain.ts";
import { COMMENT_LIMIT, safe, safeInline } from "../text/safe.ts";
import { whatWasDone } from "./commit-message.ts";
import { costTable } from "./cost-table.ts";
import { duration, exitOf, plural, shorten } from "./format.ts";
import { list, section, table } from "./frame.ts";
import { currentOf, stateLine } from "./headline.ts";
import { link, repositoryUrl, runUrl } from "./link.ts";
import { ownRunsText } from "./own-runs.ts";
import { rejectionsList } from "./rejections-list.ts";
import { codeOf, nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { type Part, within } from "./within.ts";
import { type AnswerParts, partsOf, seenCommands, writersOf } from "./work.ts";

/** `notes`: what the App noticed when it committed the patch. */
export const pullBody = (view: TaskView, notes: readonly Note[] = []): string => {
  const pipeline = describedPipeline(view);
  const parts = pipeline === undefined ? [] : bodyOf(pipeline, view);
  return within(
    [
      { rank: 0, text: firstLine(view) },
      ...[
        { rank: 0, text: standing(view) },
        { rank: 1, text: outdated(pipeline, view) },
        { rank: 0, text: section("What to look at", noteList(notes)) },
        ...parts,
      ].map(({ rank, text }) => ({ rank, text: closesNothing(text) })), // guard: closing-words-in-code
    ],
    COMMENT_LIMIT,
  );
};

const noteList = (notes: readonly Note[]): string => {
  const rows = notes
    .slice(0, MOST_NOTES)
    .map(
      ({ path, line, what }) => `${codeOf(line === null ? path : `${path}:${line}`)}: ${safeInline(what)}`,
    );
  const left = notes.length - rows.length;
  return paragraphs([list(rows), left > 0 ? `… and ${plural(left, "place")} more` : ""]);
};

const MOST_NOTES = 30;

/** What changes, in its writer's words; before there are any, the issue's title. GitHub takes 256 characters. */
export const pullTitle = (view: TaskView): string => {
  const pipeline = describedPipeline(view);
  const done = pipeline === undefined ? "" : whatWasDone(pipeline);
  return shorten(done || plain(view.task.title) || `Issue ${view.task.issue}`, 120);
};

/** The newest pipeline that passed or whose writers answered; until then the newest with a plan. */
const describedPipeline = (view: TaskView): Pipeline | undefined => {
  const pipelines = view.pipelines.map(({ pipeline }) => pipeline);
  return (
    pipelines.findLast(pipeline => hasPassed(pipeline) || writersOf(pipeline).length > 0) ??
    pipelines.findLast(({ plan }) => plan !== null)
  );
};

const hasPassed = ({ outcome }: Pipeline): boolean => outcome?.kind === "passed";

const bodyOf = (pipeline: Pipeline, view: TaskView): readonly Part[] => [
  { rank: 2, text: section("What", whatText(pipeline)) },
  { rank: 3, text: section("Why", whyText(pipeline)) },
  { rank: 1, text: section("How verified", verification(pipeline)) },
  { rank: 1, text: section("Acceptance criteria", criteria(pipeline)) },
  { rank: 4, text: section("Known to be temporary", techDebt(pipeline)) },
  { rank: 1, text: withoutSetup(pipeline) },
  { rank: 1, text: setupNote(view) },
  { rank: 5, text: rejectionsList(view) },
  { rank: 6, text: costTable(view.pipelines) },
];

const firstLine = (view: TaskView): string => {
  const current = currentOf(view);
  const run = current === undefined ? null : runUrl(current.record, view);
  return joined(" · ", [
    `${closes(view) ? "Closes" : "For"} #${view.task.issue}`,
    current === undefined ? "" : `pipeline ${current.record.number}`,
    run === null ? "" : link("run", run),
    view.scripted ? "**a scripted model played this**" : "",
  ]);
};

/** How the task stands, in the status comment's words, with a link to that. Progress is only shown there. */
const standing = (view: TaskView): string => {
  const { status, comment_id, issue } = view.task;
  const state = status === "running" ? "**At work**" : stateLine(view);
  const where =
    comment_id === null ? null : `${repositoryUrl(view)}/issues/${issue}#issuecomment-${comment_id}`;
  return joined(" · ", [state, where === null ? "" : link("how it stands", where)]);
};

/** For a pull request that was left behind: its first lines, if they are Kin's own, say that the task goes on without it. */
export const leftBehind = (
  body: string,
  { issue, of }: { readonly issue: number; readonly of: string },
): string => {
  const [first = "", second = "", ...rest] = body.split("\n\n");
  if (!/^(?:Closes|For) #\d+/.test(first)) return body;
  const kept = second.startsWith("**") ? rest : [second, ...rest];
  return [`For #${issue}`, leftBehindLine(issue, of), ...kept].join("\n\n");
};

/** `of`: what carried the task on, as links. */
export const leftBehindLine = (issue: number, of: string): string =>
  `**Closed**: #${issue} was handed over to ${of} and goes on from what came of that, on another branch and in another pull request. What was rejected here is not carried along.`;

/** Only pull requests into the default branch close an issue; for any other the words would mislead. */
const closes = (view: TaskView): boolean => {
  const opening = currentOf(view)?.pipeline.opening;
  return (
    opening?.base.ref.replace(/^refs\/heads\//, "") === opening?.task.repository.default_branch &&
    opening !== undefined
  );
};

const outdated = (described: Pipeline | undefined, view: TaskView): string => {
  const current = currentOf(view)?.pipeline.opening.number;
  const number = described?.opening.number;
  if (number === undefined || current === number) return "";
  return `> What follows is what pipeline ${number} did; pipeline ${current} came after it.`;
};

/** Each with its last verdict; earlier ones are listed under the rejections. */
const gatesOf = (pipeline: Pipeline): readonly Step[] => standingSteps(pipeline).filter(step => step.gate);

const whatText = (pipeline: Pipeline): string => {
  const writers = writersOf(pipeline).map(partsOf);
  const done = writers.map(work => work.proof?.what_was_done ?? "").filter(text => text !== "");
  const places = [...writers, ...gatesOf(pipeline).map(partsOf)].flatMap(placesOf);
  const notes = writers.map(work => work.notes).filter(text => text.trim() !== "");
  return paragraphs([
    ...done.map(text => safe(text, { limit: 1500, block: true })),
    list(places.slice(0, MOST_PLACES)),
    places.length > MOST_PLACES ? `… and ${plural(places.length - MOST_PLACES, "place")} more` : "",
    ...notes.map(text => `**Note.** ${safe(text, { limit: 1500, block: true })}`),
  ]);
};

const MOST_PLACES = 40;

const placesOf = (work: AnswerParts): readonly string[] =>
  [...work.fixes, ...work.changes, ...work.new_files, ...work.tests_written].map(place => {
    const what = place.description ?? place.covers ?? "";
    return `${codeOf(place.file)}${what === "" ? "" : `: ${safeInline(what, { limit: 300 })}`}`;
  });

const whyText = (pipeline: Pipeline): string => {
  const causes = writersOf(pipeline)
    .map(step => partsOf(step).root_cause)
    .filter(cause => cause.trim() !== "");
  const why = causes.length > 0 ? causes : [pipeline.plan?.analysis ?? ""];
  return paragraphs(why.map(text => safe(text, { limit: 3000, block: true })));
};

const verification = (pipeline: Pipeline): string => {
  const gates = gatesOf(pipeline);
  const rows = standingSteps(pipeline)
    .filter(step => step.number > 0)
    .flatMap(step =>
      seenCommands(step).map(({ command, run }) => [
        codeOf(command),
        run === null ? "not seen" : exitOf(run),
        run === null ? "" : duration(run.seconds),
        `${step.number} (${nameOf(step.role)})`,
      ]),
    );
  const left = rows.length - MOST_COMMANDS;
  return paragraphs([
    table(["Command", "Kin saw", ">Time", "In step"], rows.slice(0, MOST_COMMANDS)),
    left > 0 ? `… and ${plural(left, "command")} more` : "",
    ...gates.map(verdictText),
    ...gates.slice(-1).map(step => ownRunsText(step, pipeline)),
  ]);
};

const MOST_COMMANDS = 30;

const verdictText = (step: Step): string => {
  const verdict = verdictOf(step);
  const who = `**${nameOf(step.role)}** (step ${step.number})`;
  if (verdict === null) return `${who} has not judged it yet.`;
  if (verdict.verdict === "changes_requested") return `${who} requested changes.`;
  const reason = gateReason(verdict);
  return `${who} approved${reason === "" ? "." : `: ${safeInline(reason, { limit: 1200 })}`}`;
};

/**
 * Ticked only if a gate's answer says of this very criterion that it is met; until then a writer's word is shown. No boxes
 * if nobody says anything about any.
 */
const criteria = (pipeline: Pipeline): string => {
  const said = (steps: readonly Step[]) =>
    steps.flatMap(step => partsOf(step).criteria_check.map(check => ({ step, check })));
  const judged = said(gatesOf(pipeline).filter(step => verdictOf(step) !== null));
  const written = said(writersOf(pipeline));
  return pipeline.opening.task.acceptance_criteria
    .map((criterion, index) => {
      const isIt = ({ check }: (typeof judged)[number]): boolean =>
        typeof check.criterion === "number"
          ? check.criterion === index + 1
          : fold(check.criterion) === fold(criterion);
      const verdict = judged.findLast(isIt);
      const because = [verdict ?? written.findLast(isIt)].flatMap(found =>
        found === undefined ? [] : reasonsFor(found, verdict === undefined),
      );
      const box = judged.length + written.length === 0 ? "" : `[${verdict?.check.met === true ? "x" : " "}] `;
      return `- ${box}${safeInline(criterion, { limit: 600 })}${because.length === 0 ? "" : ` (${because.join("; ")})`}`;
    })
    .join("\n");
};

const reasonsFor = (
  { step, check }: { readonly step: Step; readonly check: CriterionCheck },
  isOwnWord: boolean,
): readonly string[] => {
  const attempt = answeringIn(step);
  const run = check.run == null || attempt === undefined ? undefined : runsIn(attempt)[check.run - 1];
  return [
    ...(isOwnWord ? [`${nameOf(step.role)} says ${check.met ? "met" : "not met"}`] : []),
    ...(run === undefined
      ? []
      : [`step ${step.number}, run ${run.number}: ${codeOf(shorten(run.command, 120))} ${exitOf(run)}`]),
    ...(check.evidence === "" ? [] : [safeInline(shorten(check.evidence, 300))]),
  ];
};

const fold = (text: string): string =>
  text
    .replace(/[\s`*_.]+/g, " ")
    .trim()
    .toLowerCase();

const techDebt = (pipeline: Pipeline): string =>
  list(
    writersOf(pipeline).flatMap(step => {
      const debt = partsOf(step).tech_debt;
      if (debt === null) return [];
      const why =
        debt.reason_temporary === "" ? "" : ` Why: ${safeInline(debt.reason_temporary, { limit: 600 })}`;
      const proper =
        debt.proper_fix === "" ? "" : ` Proper fix: ${safeInline(debt.proper_fix, { limit: 600 })}`;
      return [`${safeInline(debt.description, { limit: 600 })}${why}${proper}`];
    }),
  );

const withoutSetup = ({ setup }: Pipeline): string =>
  setup?.ok !== true || setup.reason === null
    ? ""
    : `> **This was made without all that the project needs.** ${safeInline(shorten(setup.reason, 600))}. Kin went on without it: what tests need may have been missing. Where Kin had to guess, name what prepares a checkout under \`setup\` in \`.github/kin.yml\`.`;

/** Setup ran with the default branch's manifests; after the merge it will run with these. */
const setupNote = (view: TaskView): string => {
  const manifests = combineChanges(view.pipelines.map(({ pipeline }) => changesOf(pipeline)))
    .map(change => change.path)
    .filter(isManifest);
  if (manifests.length === 0) return "";
  const names = manifests
    .slice(0, MOST_MANIFESTS)
    .map(path => codeOf(path))
    .join(", ");
  return `> **Setup must be approved again.** This changes ${names}${manifests.length > MOST_MANIFESTS ? " and others" : ""}${manifests.length > 1 ? ": they say" : ", which says"} what the setup installs and runs.`;
};

const MOST_MANIFESTS = 30;

const paragraphs = (parts: readonly string[]): string =>
  parts.filter(part => part.trim() !== "").join("\n\n");
