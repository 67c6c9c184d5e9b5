// The one comment on an issue, edited in place: how the task stands, for people who skim.

import { joined } from "../model/joined.ts";
import type { CarryingTask } from "../model/listing.ts";
import { type Attempt, type Pipeline, type Step, secondsOfAttempt } from "../model/pipeline.ts";
import { isLed } from "../pipeline/approaches.ts";
import { categoryRemark } from "../pipeline/blocked.ts";
import { analysisOf, isUnfounded } from "../pipeline/escalation.ts";
import { completesByItself } from "../pipeline/plan/completion.ts";
import { COMMENT_LIMIT, safe, safeInline } from "../text/safe.ts";
import { costCell, costOfAttempt, costOfStep } from "./cost.ts";
import { costTable } from "./cost-table.ts";
import { costAhead } from "./estimate-text.ts";
import { duration, firstSentence, plural, shorten, usd } from "./format.ts";
import { details, list, numbered, quote, table } from "./frame.ts";
import { currentOf, headline, nextMove, REASON_LIMIT, reasonOf } from "./headline.ts";
import { limitNote } from "./limit-note.ts";
import { link, repositoryUrl, runUrl } from "./link.ts";
import { outcomeLine } from "./outcome-line.ts";
import { briefOf } from "./plan-comment.ts";
import { refusedHosts } from "./refused-hosts.ts";
import { rejectionsList } from "./rejections-list.ts";
import { resultOf } from "./step-result.ts";
import { codeOf, nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { type Part, within } from "./within.ts";
import { STATUS_WORDS } from "./words.ts";
import { questionsOf } from "./work.ts";
import { workersAtWork, workersBefore } from "./workers-table.ts";

export const statusComment = (view: TaskView): string => within(partsOf(view), COMMENT_LIMIT);

const partsOf = (view: TaskView): readonly Part[] => {
  const pipeline = currentOf(view)?.pipeline;
  return [
    { rank: 0, text: headline(view) },
    { rank: 0, text: wholeReason(view) },
    { rank: 1, text: pipeline === undefined ? "" : questions(pipeline, view) },
    { rank: 0, text: costAhead(view) },
    { rank: 0, text: nextMove(view) },
    { rank: 1, text: carriedOn(view) },
    { rank: 2, text: leftBehind(view) },
    ...(pipeline === undefined
      ? []
      : [
          { rank: 1, text: `${aboutPipeline(view)}\n\n${stepsTable(pipeline)}` },
          { rank: 2, text: workersAtWork(pipeline, MOST_WORKERS) },
          { rank: 2, text: list(notesOf(pipeline, view)) },
          { rank: 1, text: heldPlan(pipeline) },
          { rank: 3, text: analysisOfReturns(pipeline) },
          { rank: 5, text: briefInForce(pipeline) },
          { rank: 5, text: workersBefore(pipeline) },
        ]),
    { rank: 4, text: rejectionsList(view) },
    { rank: 7, text: earlierPipelines(view) },
    { rank: 6, text: costTable(view.pipelines) },
  ];
};

/** The part of the reason that did not fit into the first line. */
const wholeReason = (view: TaskView): string => {
  const reason = reasonOf(view);
  const first = firstSentence(reason);
  if (!SAYS_REASON.has(view.task.status) || reason === shorten(first, REASON_LIMIT)) return "";
  const rest = first.length <= REASON_LIMIT && reason.startsWith(first) ? reason.slice(first.length) : reason;
  return quote(safe(rest.trim(), { limit: 4000, block: true }));
};

const SAYS_REASON: ReadonlySet<string> = new Set(["needs_info", "blocked", "cancelled"]);

const aboutPipeline = (view: TaskView): string => {
  const current = currentOf(view);
  if (current === undefined) return "";
  const { pipeline, record } = current;
  const { branch } = view.task;
  return joined(" · ", [
    `**Pipeline ${record.number}**`,
    pipeline.opening.type === "escalation" ? "escalation" : "",
    pipeline.plan === null ? "" : `route ${codeOf(pipeline.plan.route_type)}`,
    modeWords(pipeline),
    runUrl(record, view) === null ? "" : link("run", runUrl(record, view)),
    branch === null || view.task.head_sha === null ? "" : link(codeOf(branch), branchUrl(branch, view)),
    view.task.pr_number === null ? "" : `#${view.task.pr_number}`,
  ]);
};

/** Without `merge: auto` nothing completes by itself: somebody has to merge. */
const modeWords = (pipeline: Pipeline): string => {
  const { plan, opening } = pipeline;
  if (plan === null) return "";
  if (!completesByItself(pipeline)) return "asks for a review";
  return opening.config.merge === "auto" ? "completes by itself" : "asks for the merge alone";
};

const branchUrl = (branch: string, view: TaskView): string | null =>
  /^[\w./-]{1,250}$/.test(branch) ? `${repositoryUrl(view)}/tree/${branch}` : null;

const MOST_CARRYING = 30;

/** GitHub turns the number into a link with the issue's title and state. */
const carriedOn = ({ carried_on }: TaskView): string =>
  carried_on.length === 0
    ? ""
    : `**Carried on by** ${carried_on.slice(0, MOST_CARRYING).map(carrierText).join("; ")}`;

/** What the task leaves undone, for readers who see that it is done. */
const leftBehind = ({ left }: TaskView): string =>
  left.length === 0
    ? ""
    : `**Left for later** ${left
        .slice(0, MOST_CARRYING)
        .map(issue => `#${issue}`)
        .join(", ")}`;

const carrierText = ({ issue, status, usd: spent }: CarryingTask): string =>
  `#${issue} (${STATUS_WORDS[status]}, ${usd(spent)}${OVER.has(status) ? "" : " so far"})`;

const OVER: ReadonlySet<string> = new Set(["done", "cancelled"]);

const MOST_STEPS = 50;
/** Of coordinators at work. Few, because everybody who looks at the issue scrolls past them. */
const MOST_WORKERS = 12;

/** With the step numbers that `/kin rerun from <step>` takes. */
const stepsTable = (pipeline: Pipeline): string => {
  if (pipeline.plan === null && pipeline.steps.every(step => step.attempts.length === 0)) return "";
  // A follow-up is handed to its head; nobody planned it.
  const steps = pipeline.opening.type === "escalation" ? pipeline.steps.slice(1) : pipeline.steps;
  const shown = steps.slice(0, MOST_STEPS);
  const left = steps.length - shown.length;
  const rows = table(
    [">Step", "Role", "Result", ">Attempts", ">Cost", ">Time"],
    shown.map(step => stepRow(step, pipeline)),
  );
  return left > 0 ? `${rows}\n\n… and ${plural(left, "step")} more` : rows;
};

const stepRow = (step: Step, pipeline: Pipeline): readonly string[] => {
  const { sign, words, state } = resultOf(step, pipeline);
  const cost = costOfStep(step);
  return [
    String(step.number),
    step.number === 0 ? "plan (pm)" : nameOf(step.role),
    `${sign} ${state === "working" || state === "rejected" || state === "failed" ? `**${words}**` : words}`,
    step.attempts.length === 0 ? "" : String(step.attempts.length),
    costCell(cost),
    cost.seconds === 0 ? "" : duration(cost.seconds),
  ];
};

const notesOf = (pipeline: Pipeline, view: TaskView): readonly string[] => {
  const hidden = pipeline.opening.task.hidden_removed;
  const category = categoryRemark(pipeline.steps[0]);
  return [
    ...(pipeline.limit === null ? [] : [limitNote(pipeline.limit)]),
    ...(category === null ? [] : [safeInline(shorten(category, 300))]),
    ...pipeline.steps.flatMap(step => step.attempts.flatMap(attempt => failureNote(step, attempt))).slice(-8),
    ...(pipeline.plan?.repairs ?? [])
      .slice(0, 10)
      .map(repair => `Repaired in the plan: ${safeInline(shorten(repair, 300))}`),
    ...[refusedHosts(pipeline)].filter(text => text !== ""),
    ...(hidden > 0
      ? [
          `Hidden text (${plural(hidden, "place")}) was removed from the issue before it was read. Its source shows it.`,
        ]
      : []),
    ...(view.scripted
      ? [
          "A scripted model played this. No model was asked and nothing was paid; the amounts are what these tokens would cost.",
        ]
      : []),
  ];
};

/** Why an attempt did not count; a blocked one is already in the first line. */
const failureNote = (step: Step, attempt: Attempt): readonly string[] => {
  const { finished, number } = attempt;
  if (finished?.outcome !== "failed") return [];
  const reason = shorten(firstSentence(finished.reason ?? "no reason given"), 300);
  return [
    `Step ${step.number}, attempt ${number} did not count after ${duration(isLed(attempt) ? costOfAttempt(attempt).seconds : secondsOfAttempt(attempt))}: ${safeInline(reason)}`,
  ];
};

const questions = (pipeline: Pipeline, view: TaskView): string => {
  const asked = view.task.status === "needs_info" ? questionsOf(pipeline) : [];
  return asked
    .slice(0, 20)
    .map((question, index) => `${index + 1}. ${safeInline(question, { limit: 1000 })}`)
    .join("\n");
};

/** The plan that somebody is asked to approve. */
const heldPlan = (pipeline: Pipeline): string =>
  !pipeline.held || pipeline.plan === null
    ? ""
    : [
        safe(pipeline.plan.analysis, { limit: 3000, block: true }),
        pipeline.plan.steps
          .map((step, index) =>
            numbered(index + 1, { title: `**${nameOf(step.role)}**`, text: briefOf(step, 1000) }),
          )
          .join("\n"),
      ].join("\n\n");

const analysisOfReturns = (pipeline: Pipeline): string => {
  const analysis = pipeline.steps.map(analysisOf).findLast(found => found !== null);
  if (analysis == null) return "";
  const unfounded = isUnfounded(analysis, pipeline.opening.returns.latest);
  return joined(" ", [
    `**Why it kept coming back:** ${safeInline(analysis.root_cause_analysis, { limit: 1000 })}`,
    unfounded ? "It was handed over without `recurring_quality_fail` twice among its returns." : "",
  ]);
};

const briefInForce = (pipeline: Pipeline): string => {
  const { brief } = pipeline;
  return brief === null
    ? ""
    : details(
        "<b>Brief in force</b>, in place of the issue's text",
        safe(brief, { limit: 8000, block: true }),
      );
};

const MOST_EARLIER = 30;

const earlierPipelines = (view: TaskView): string => {
  const earlier = view.pipelines.slice(0, -1);
  const lines = earlier
    .slice(-MOST_EARLIER)
    .map(({ pipeline, record }) => outcomeLine(pipeline, { record, view }));
  return details(`<b>${plural(earlier.length, "earlier pipeline")}</b>`, list(lines));
};
