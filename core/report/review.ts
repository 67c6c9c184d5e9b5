// A gate's verdict as a pull request review: the verdict first, then why, then how to answer it.
import { gateReason } from "../model/answer.ts";
import { joined } from "../model/joined.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { Finding } from "../model/return.ts";
import { verdictOf } from "../pipeline/state.ts";
import { COMMENT_LIMIT, cap, safe } from "../text/safe.ts";
import { plural } from "./format.ts";
import { list } from "./frame.ts";
import { fileUrl, link } from "./link.ts";
import { ownRunsTable, ownRunsText } from "./own-runs.ts";
import { codeOf, nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { within } from "./within.ts";

export interface ReviewInput {
  readonly view: TaskView;
  readonly pipeline: Pipeline;
  readonly step: Step;
  /** How a rejection is submitted; an approval is always a comment. */
  readonly event?: "REQUEST_CHANGES" | "COMMENT";
  /**
   * Whether a line is in the diff. Absent: every finding with a place is offered as a comment, and the body has all of them
   * in full.
   */
  readonly inDiff?: (at: { readonly path: string; readonly line: number }) => boolean;
  /** The judged commit, for links to places outside of the diff. */
  readonly sha?: string;
}

export interface Review {
  readonly body: string;
  readonly comments: readonly { readonly path: string; readonly line: number; readonly body: string }[];
}

export const reviewOf = (input: ReviewInput): Review => {
  const placed = findingsOf(input.step).map(finding => ({ finding, at: placeOf(finding) }));
  const inline = placed.filter(({ at }) => at !== null && (input.inDiff?.(at) ?? true)).slice(0, MOST_INLINE);
  return {
    body: bodyOf(input, { placed, inline: input.inDiff === undefined ? [] : inline }),
    comments: inline.flatMap(({ finding, at }) => (at === null ? [] : [{ ...at, body: commentOf(finding) }])),
  };
};

const MOST_INLINE = 50;
const MOST_LISTED = 100;

interface Placed {
  readonly finding: Finding;
  readonly at: { readonly path: string; readonly line: number } | null;
}

const bodyOf = (
  input: ReviewInput,
  { placed, inline }: { readonly placed: readonly Placed[]; readonly inline: readonly Placed[] },
): string => {
  const verdict = verdictOf(input.step);
  const rejected = verdict?.verdict !== "approved";
  const listed = placed.filter(one => !inline.includes(one)).slice(0, MOST_LISTED);
  const left = placed.length - inline.length - listed.length;
  return within(
    [
      { rank: 0, text: heading(input, rejected) },
      { rank: 1, text: verdict === null ? "" : safe(gateReason(verdict), { limit: 6000, block: true }) },
      { rank: 1, text: ownRunsText(input.step, input.pipeline) },
      { rank: 2, text: ownRunsTable(input.step, input.pipeline) },
      // One part each, so that if there are too many, the least serious are dropped.
      ...listed.map(({ finding }, index) => ({ rank: 3 + index, text: list([findingLine(finding, input)]) })),
      { rank: 2, text: left > 0 ? `… and ${plural(left, "finding")} more` : "" },
      { rank: 2, text: pointer(inline.length) },
      { rank: 1, text: rejected ? HOW_TO_ANSWER : "" },
      { rank: 0, text: `<sub>${signature(input)}</sub>` },
    ],
    COMMENT_LIMIT,
  );
};

const heading = ({ step, event }: ReviewInput, rejected: boolean): string => {
  const role = nameOf(step.role);
  if (!rejected) return `**Approved** by the gate ${role}. This comment counts as no approving review.`;
  return event === "COMMENT"
    ? `### Changes requested\n\nBy the gate ${role}. This comment stands for a review that requests changes, which GitHub does not take from a pull request's author.`
    : `**Changes requested** by the gate ${role}.`;
};

const pointer = (count: number): string => {
  if (count === 0) return "";
  return count === 1
    ? "1 finding stands at its line below."
    : `${count} findings stand at their lines below.`;
};

const HOW_TO_ANSWER =
  "Kin works on these findings by itself as far as the limits allow. To step in: push to this branch, comment `/kin return <category> <text>` to say it in your own words, or `/kin rerun` to start again.";

const signature = ({ view, pipeline, step }: ReviewInput): string =>
  joined(" · ", [
    `Pipeline ${pipeline.opening.number}, step ${step.number}, attempt ${Math.max(1, step.attempts.length)}`,
    view.scripted ? "scripted model" : "",
  ]);

const findingLine = (finding: Finding, input: ReviewInput): string => {
  const where = whereOf(finding, input);
  const fix = finding.fix ? `\n\n**Fix:** ${safe(finding.fix, { limit: 2000, block: true })}` : "";
  return `**${finding.severity}**${where === "" ? "" : ` ${where}`}: ${safe(finding.issue, { limit: 3000, block: true })}${fix}`;
};

const whereOf = (finding: Finding, { view, sha }: ReviewInput): string => {
  if (!finding.file) return "";
  const text = codeOf(`${finding.file}${finding.line ? `:${finding.line}` : ""}`);
  const path = repositoryPath(finding.file);
  return sha === undefined || path === null
    ? text
    : link(text, fileUrl(view, { sha, path, line: finding.line }));
};

const commentOf = (finding: Finding): string => {
  const fix = finding.fix ? `\n\n**Fix:** ${safe(finding.fix, { limit: 4000, block: true })}` : "";
  return cap(
    `**${finding.severity}**: ${safe(finding.issue, { limit: 8000, block: true })}${fix}`,
    COMMENT_LIMIT,
  );
};

const placeOf = (finding: Finding): Placed["at"] => {
  const path = finding.file ? repositoryPath(finding.file) : null;
  return path === null || !finding.line ? null : { path, line: finding.line };
};

/** As GitHub names files; null if it cannot be a path in the repository. */
const repositoryPath = (file: string): string | null => {
  const path = file.trim().replace(/^(?:\.\/)+/, "");
  const isSound = path !== "" && path.length <= 1000 && !path.startsWith("/") && !/[\p{Cc}\\]/u.test(path);
  return isSound && !path.split("/").includes("..") ? path : null;
};

/** Most serious first, whatever order the gate gave them. */
const findingsOf = (step: Step): readonly Finding[] =>
  [...(verdictOf(step)?.findings ?? [])].sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);

const WEIGHT: Readonly<Record<Finding["severity"], number>> = { high: 0, medium: 1, low: 2 };
