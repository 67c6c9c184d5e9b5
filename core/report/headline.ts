// The one line that says how a task stands, who must act next, and what happens then.

import { joined } from "../model/joined.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { PipelineRecord, TaskRecord } from "../model/record.ts";
import { commitPoints } from "../pipeline/commits.ts";
import { completesByItself } from "../pipeline/plan/completion.ts";
import { currentStep, isUnconfirmed, refusalOf } from "../pipeline/state.ts";
import { safeInline } from "../text/safe.ts";
import { costOfTask, costText } from "./cost.ts";
import { currentText } from "./current.ts";
import { firstSentence, plural, shorten } from "./format.ts";
import { codeOf, nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";

export const headline = (view: TaskView): string =>
  joined(" · ", [stateLine(view), spent(view), view.scripted ? "scripted model" : ""]);

/** The state alone; the same sentence everywhere. */
export const stateLine = (view: TaskView): string => `**${stateWord(view)}**${afterState(view)}`;

/** What the reader may do, or need not do. */
export const nextMove = (view: TaskView): string => {
  const { status, pr_number } = view.task;
  switch (status) {
    case "running":
      return whileRunning(view);
    case "review":
      return pr_number === null
        ? "Look at the result. `/kin approve`, or closing the issue as completed, accepts it; `/kin return <category> <text>` rejects it."
        : `${moveOnPull(view)} #${pr_number}${reviewStateOf(view) === "draft" ? " as ready for review" : ""}, or reject it: a review that requests changes, or \`/kin return <category> <text>\`. A rejection starts another pipeline on the same branch, with your findings.`;
    case "needs_info":
      return whatIsAsked(view);
    case "blocked":
      if (waitsFor(view) !== "")
        return `Nothing to do here: it goes on when ${waitsFor(view)} ${(view.task.waits_for ?? []).length === 1 ? "is" : "are"} closed. \`/kin rerun\` goes on without.`;
      return isStoppedByPerson(view)
        ? `\`/kin rerun\` starts again, on the same branch${rerunFrom(view)}.`
        : `Remove what blocks it, then comment \`/kin rerun\`${rerunFrom(view)}.`;
    case "done":
      return "";
    case "cancelled":
      return "To go on, reopen the issue where it is closed, then comment `/kin rerun`.";
    default:
      return status satisfies never;
  }
};

/** Kin itself stops a pipeline whose work cannot be committed; then something is in the way. */
const isStoppedByPerson = (view: TaskView): boolean => {
  const pipeline = currentOf(view)?.pipeline;
  return pipeline?.outcome?.kind === "stopped" && pipeline.stop !== null && pipeline.stop.by !== "Kin";
};

const moveOnPull = (view: TaskView): string => {
  const state = reviewStateOf(view);
  switch (state) {
    case "draft":
      return "Mark";
    case "checks":
    case "merges":
      return "Nothing to do for";
    case "merge":
      return "Merge";
    case "review":
      return "Approve or merge";
    default:
      return state satisfies never;
  }
};

/**
 * Whom a task in review waits for: whoever made it a draft again, other checks, GitHub and Kin, whoever merges, or whoever
 * reviews.
 */
export const reviewStateOf = (view: TaskView): "draft" | "checks" | "merges" | "merge" | "review" => {
  if (view.task.published.pull?.held === true) return "draft";
  if (waitsForChecks(view)) return "checks";
  const pipeline = currentOf(view)?.pipeline;
  const needsNoReview = pipeline !== undefined && completesByItself(pipeline) && !view.beside;
  if (!needsNoReview && approvalOf(view) === null) return "review";
  return merges(view) ? "merges" : "merge";
};

/** With `ci: wait` nobody needs to look at the head before everybody else's checks on it are there. */
export const waitsForChecks = ({ task, pipelines }: Pick<TaskView, "task" | "pipelines">): boolean =>
  pipelines.at(-1)?.pipeline.opening.config.ci === "wait" &&
  task.head_sha !== null &&
  task.published.ci !== task.head_sha;

/** The issues that carry the task on, as links. */
export const waitsFor = ({ task }: Pick<TaskView, "task">): string =>
  (task.waits_for ?? []).map(issue => `#${issue}`).join(", ");

const whatIsAsked = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  if (pipeline?.held === true && pipeline.outcome === null && refusalOf(pipeline) !== null)
    return "Nothing was spent yet. `/kin approve` goes on all the same; take the label `kin` off to leave it.";
  if (pipeline?.held === true && pipeline.outcome === null)
    return "`/kin approve` starts the work. `/kin rerun` asks for another plan; `/kin return <category> <text>` says what is wrong with this one.";
  if (unconfirmed(pipeline) !== undefined)
    return "Try it yourself: `/kin approve` where it works, `/kin return <category> <text>` where it does not.";
  return "Answer in a comment or in the issue's text, then comment `/kin rerun`.";
};

/** The step whose smoke test could not confirm that it works. */
export const unconfirmed = (pipeline: Pipeline | undefined): Step | undefined =>
  pipeline?.outcome?.kind === "needs_info" ? pipeline.steps.find(isUnconfirmed) : undefined;

/** The reason for the present state, from the store or the journal; not cleaned. */
export const reasonOf = (view: TaskView): string =>
  (view.task.status_reason.trim() || (currentOf(view)?.pipeline.outcome?.reason ?? "")).trim();

export const currentOf = (
  view: TaskView,
): { readonly pipeline: Pipeline; readonly record: PipelineRecord } | undefined => view.pipelines.at(-1);

export const isQueued = (view: TaskView): boolean => {
  const current = currentOf(view);
  return (
    current === undefined ||
    view.queue !== null ||
    (current.record.state === "queued" && current.pipeline.run === null)
  );
};

const stateWord = (view: TaskView): string => {
  switch (view.task.status) {
    case "running":
      if (isQueued(view)) return "Queued";
      return currentOf(view)?.pipeline.paused == null ? "Running" : "Paused";
    case "review":
      return reviewWord(view);
    case "needs_info":
      return "Needs information";
    case "blocked":
      return waitsFor(view) === "" ? "Blocked" : `Waiting for ${waitsFor(view)}`;
    case "done":
      return "Done";
    case "cancelled":
      return "Cancelled";
    default:
      return view.task.status satisfies never;
  }
};

const reviewWord = (view: TaskView): string => {
  const approval = approvalOf(view);
  const state = view.task.pr_number === null ? "review" : reviewStateOf(view);
  if (approval !== null) return `Approved by ${nameOf(approval.by)}`;
  if (state === "checks") return "Waiting for other checks";
  if (state === "review") return "Waiting for your review";
  return state === "merge" ? "Waiting for your merge" : "Approved by the gate";
};

const afterState = (view: TaskView): string => {
  const { status, pr_number } = view.task;
  switch (status) {
    case "running":
      return progress(view);
    case "review":
      return pr_number === null ? bareResult(view) : afterReview(view, pr_number);
    case "done":
      return pr_number === null ? shortReason(view) : ` with #${pr_number}`;
    case "needs_info":
    case "blocked":
    case "cancelled":
      return shortReason(view);
    default:
      return status satisfies never;
  }
};

/** Said if nothing was written, in this pipeline or before: there is only an answer to look at. */
export const bareResult = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  // What is written but not yet committed is a change, too.
  const writes = pipeline !== undefined && commitPoints(pipeline).length > 0;
  return isUnchanged(view.task) && !writes ? ": no file was changed" : "";
};

export const isUnchanged = ({
  status,
  pr_number,
  head_sha,
}: Pick<TaskRecord, "status" | "pr_number" | "head_sha">): boolean =>
  status === "review" && pr_number === null && head_sha === null;

const afterReview = (view: TaskView, pr_number: number): string => {
  const approval = approvalOf(view);
  if (view.task.published.pull?.held === true)
    return `: #${pr_number} was made a draft again, so nothing is merged; somebody marks it as ready to go on`;
  const state = reviewStateOf(view);
  const merging = `Kin merges #${pr_number} as soon as GitHub lets it`;
  if (approval === null)
    return state === "checks"
      ? ` on #${pr_number}`
      : state === "merges"
        ? `; ${merging}`
        : ` of #${pr_number}`;
  const at = ` at ${codeOf(approval.sha.slice(0, 7))}`;
  if (state === "checks") return `${at}; other checks on #${pr_number} are awaited`;
  return state === "merges" ? `${at}; ${merging}` : `${at}; the merge of #${pr_number} is yours`;
};

/** Counts only for the commit that was looked at. */
const approvalOf = ({ task }: TaskView): TaskRecord["approval"] =>
  task.approval !== null && task.approval.sha === task.head_sha ? task.approval : null;

const merges = (view: TaskView): boolean => currentOf(view)?.pipeline.opening.config.merge === "auto";

/** How much of a reason the first line holds. */
export const REASON_LIMIT = 240;

const shortReason = (view: TaskView): string => {
  const reason = shorten(firstSentence(reasonOf(view)), REASON_LIMIT);
  return reason === "" ? "" : `: ${safeInline(reason)}`;
};

const progress = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  if (pipeline === undefined) return "";
  if (isQueued(view))
    return view.queue === null ? " · a run is about to start" : ` · place ${view.queue} in the queue of runs`;
  if (pipeline.outcome !== null) return " · the next pipeline is being prepared";
  if (pipeline.paused !== null) return `: ${safeInline(shorten(firstSentence(pipeline.paused), 240))}`;
  if (pipeline.setup === null) return " · setting up";
  if (pipeline.held) return " · the plan is approved, a run is about to start";
  if (currentStep(pipeline)?.number === 0) return " · planning (pm)";
  const text = currentText(pipeline, nameOf);
  return text === null ? "" : ` · ${text}`;
};

const spent = (view: TaskView): string => {
  const text = safeInline(costText(costOfTask(view.pipelines)));
  return text === "" || view.pipelines.length < 2
    ? text
    : `${text} in ${plural(view.pipelines.length, "pipeline")}`;
};

const whileRunning = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  if (isQueued(view))
    return "Nothing to do: it starts when a run is free. `/kin stop` takes it out of the queue.";
  if (pipeline?.paused != null) return "Nothing to do: it goes on where it stopped. `/kin stop` ends it.";
  return "Nothing to do: this comment is kept up to date. `/kin stop` ends the run.";
};

const rerunFrom = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  const step = pipeline === undefined || pipeline.plan === null ? null : currentStep(pipeline);
  return step === null || step.number < 2
    ? ""
    : `, or \`/kin rerun from ${step.number}\` to keep the steps before it`;
};
