// The check run `kin/gate` on a head commit. Green only if a gate approved; whatever is open or stopped is not green.
import { gateReason } from "../model/answer.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { verdictOf } from "../pipeline/state.ts";
import { plain } from "../text/plain.ts";
import { CHECK_SUMMARY_LIMIT, safe, safeInline } from "../text/safe.ts";
import { currentText } from "./current.ts";
import { duration, exitOf, firstSentence, plural, shorten } from "./format.ts";
import { table } from "./frame.ts";
import { currentOf, isQueued, nextMove, reasonOf } from "./headline.ts";
import { ownRunsText } from "./own-runs.ts";
import { codeOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { within } from "./within.ts";
import { seenCommands } from "./work.ts";

export interface GateCheck {
  readonly title: string;
  readonly summary: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "neutral" | "action_required" | null;
}

export const gateCheck = (view: TaskView): GateCheck => {
  const pipeline = currentOf(view)?.pipeline;
  if (pipeline?.outcome?.kind === "passed") return judged(pipeline, "success");
  // People took the task back, so whether to merge is for them to say.
  if (view.task.status === "cancelled")
    return completed(
      "neutral",
      "Cancelled",
      "Kin no longer works on this task, and no gate has approved this commit.",
    );
  if (pipeline === undefined || pipeline.outcome === null) return underWay(view);
  switch (pipeline.outcome.kind) {
    case "returned":
    case "blocked":
      return rejectedBy(pipeline) === undefined ? stopped(view) : judged(pipeline, "failure");
    case "needs_info":
    case "stopped":
    case "planned_only":
    case "superseded":
      return stopped(view);
    default:
      return pipeline.outcome.kind satisfies never;
  }
};

/** For the heads of pull requests that are not Kin's, so that the check can be required everywhere. */
export const foreignCheck = (): GateCheck =>
  completed(
    "neutral",
    "Not a Kin pull request",
    "Kin has no part in this pull request and judges nothing here.",
  );

/**
 * A gate approved Kin's work, but not what somebody pushed to the branch meanwhile. A check that is not green stays as it
 * is.
 */
export const besideOthers = (check: GateCheck): GateCheck =>
  check.conclusion === "success"
    ? completed("neutral", "Not judged: somebody pushed while Kin worked", `${BESIDE}\n\n${check.summary}`)
    : check;

export const BESIDE =
  "Somebody pushed to this branch while Kin worked. Kin's commit stands on top of that, and no gate has judged the two together. Look at both and merge them yourself, or use `/kin rerun`: it works on what is there now.";

const underWay = (view: TaskView): GateCheck => {
  const pipeline = currentOf(view)?.pipeline;
  const at = pipeline === undefined ? null : currentText(pipeline, role => role);
  const where =
    at === null || isQueued(view)
      ? "Waiting for a run"
      : `${pipeline?.paused === null ? "Working" : "Paused"}: ${at}`;
  return {
    title: titled(where),
    summary: "No gate has judged this commit yet.",
    status: "in_progress",
    conclusion: null,
  };
};

const judged = (pipeline: Pipeline, conclusion: "success" | "failure"): GateCheck => {
  const gates = pipeline.steps.filter(step => verdictOf(step) !== null);
  const step = conclusion === "failure" ? rejectedBy(pipeline) : gates.at(-1);
  const summary = [
    ...gates.map(gate => ({ rank: 1, text: summaryOf(gate) })),
    { rank: 0, text: step === undefined ? "" : ownRunsText(step, pipeline) },
    { rank: 2, text: proofTable(gates) },
  ];
  const title = titled(step === undefined ? "Approved" : titleOf(step));
  return completed(conclusion, title, within(summary, CHECK_SUMMARY_LIMIT));
};

/** Nobody judged what is there; the task says why. */
export const stopped = (view: TaskView): GateCheck => {
  const reason = reasonOf(view);
  const summary = [
    { rank: 0, text: "No gate has approved this commit." },
    { rank: 1, text: safe(reason, { limit: 6000, block: true }) },
    { rank: 0, text: nextMove(view) },
  ];
  const title = titled(`Not judged: ${firstSentence(reason) || "the pipeline ended before its gate"}`);
  return completed("action_required", title, within(summary, CHECK_SUMMARY_LIMIT));
};

const completed = (conclusion: GateCheck["conclusion"], title: string, summary: string): GateCheck => ({
  title,
  summary,
  status: "completed",
  conclusion,
});

const rejectedBy = (pipeline: Pipeline): Step | undefined =>
  pipeline.steps.findLast(step => !step.revised && verdictOf(step)?.verdict === "changes_requested");

const titleOf = (step: Step): string => {
  const verdict = verdictOf(step);
  const count = verdict?.findings.length ?? 0;
  const words = verdict?.verdict === "approved" ? "Approved" : "Changes requested";
  return `${words} by ${step.role}${count > 0 ? `, ${plural(count, "finding")}` : ""}`;
};

const summaryOf = (step: Step): string => {
  const verdict = verdictOf(step);
  return verdict === null
    ? ""
    : `**${safeInline(titleOf(step))}.** ${safe(gateReason(verdict), { limit: 6000, block: true })}`;
};

const proofTable = (gates: readonly Step[]): string =>
  table(
    ["Command", "Kin saw", ">Time"],
    gates
      .flatMap(seenCommands)
      .slice(0, 30)
      .map(({ command, run }) => [
        codeOf(command),
        run === null ? "not seen" : exitOf(run),
        run === null ? "" : duration(run.seconds),
      ]),
  );

/** Check titles are plain text, and long ones are cut in the list of checks. */
const titled = (text: string): string => shorten(plain(text), 120);
