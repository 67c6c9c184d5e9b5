// A gate's verdict as the review that will be posted: by whom, with which event, on which commit.

import { marks } from "../../core/model/keys.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { pointOf } from "../../core/pipeline/commits.ts";
import { gateSource, verdictOf } from "../../core/pipeline/state.ts";
import { reviewOf } from "../../core/report/review.ts";
import type { TaskView } from "../../core/report/view.ts";
import { orNull } from "../github/github.ts";
import type { GitHub, GitHubPull, InlineComment } from "../github/port.ts";
import { madeOf } from "./made.ts";
import { findMarked, withMarker } from "./marker.ts";
import type { Publishing } from "./publishing.ts";

export interface GateReview {
  readonly pipeline: Pipeline;
  readonly record: PipelineRecord;
  readonly step: Step;
  readonly source: string;
  /** The rejection that ended its pipeline. It requests changes, if an identity may. */
  readonly rejects: boolean;
}

/** Every gate of the task that gave a verdict, oldest first. */
export const gateReviews = (view: TaskView): readonly GateReview[] =>
  view.pipelines.flatMap(({ pipeline, record }) =>
    pipeline.steps
      .filter(step => verdictOf(step) !== null && step.attempts.length > 0)
      .map(step => {
        const source = gateSource(step, pipeline);
        const rejects = verdictOf(step)?.verdict === "changes_requested" && !step.revised;
        return { pipeline, record, step, source, rejects };
      }),
  );

export interface PreparedReview {
  readonly event: "REQUEST_CHANGES" | "COMMENT";
  readonly commit_id: string;
  readonly body: string;
  readonly comments: readonly InlineComment[];
}

export interface Prepare extends Publishing {
  readonly pull: GitHubPull;
  readonly event: PreparedReview["event"];
}

/** Keeps only inline comments within the diff, because GitHub refuses a whole review for one line outside it. */
export const prepareReview = async (
  gate: GateReview,
  { plane, github, view, pull, event }: Prepare,
): Promise<PreparedReview> => {
  const { pipeline, step, source } = gate;
  const judged = await madeOf({ key: pointOf(step, pipeline) }, plane);
  const commit_id = judged?.sha ?? pull.head.sha;
  const wanted = new Set<string>();
  const note = ({ path }: { readonly path: string }) => wanted.add(path).size < 0;
  reviewOf({ view, pipeline, step, event, inDiff: note, sha: commit_id });
  const files = await github.pullFiles(pull.number, wanted);
  const lines = new Map(files.map(file => [file.path, linesOf(file.patch)]));
  const inDiff = ({ path, line }: { readonly path: string; readonly line: number }) =>
    lines.get(path)?.has(line) === true;
  const { body, comments } = reviewOf({ view, pipeline, step, event, inDiff, sha: commit_id });
  return { event, commit_id, body: withMarker(body, { plane, key: marks.review(source).key }), comments };
};

/** This author's review with that marker, or null. */
export const findReview = async (
  gate: GateReview,
  {
    plane,
    github,
    pull,
    author,
  }: Omit<Publishing, "view"> & { readonly pull: number; readonly author: number },
): Promise<number | null> => {
  const { key } = marks.review(gate.source);
  return (await findMarked(github.reviews(pull), { plane, key, author }))?.id ?? null;
};

/**
 * Posts it. If a line turns out to be outside the diff, or the judged commit was forced off the branch, posts it
 * without inline comments and on the head. Null if GitHub accepts it in no form.
 */
export const submitReview = async (
  github: GitHub,
  pull: Pick<GitHubPull, "number" | "head">,
  review: PreparedReview,
): Promise<number | null> => {
  const bare = { ...review, comments: [] };
  for (const form of [review, bare, { ...bare, commit_id: pull.head.sha }]) {
    const made = await orNull(github.createReview(pull.number, form), [422]);
    if (made !== null) return made.id;
  }
  return null;
};

/** The line numbers on the new side that a unified diff shows. */
export const linesOf = (patch: string): ReadonlySet<number> => {
  const shown = new Set<number>();
  let line: number | null = null;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk !== null) line = Number(hunk[1]) - 1;
    else if (line !== null && (text.startsWith("+") || text.startsWith(" "))) shown.add(++line);
  }
  return shown;
};
