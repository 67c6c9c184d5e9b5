// Gate verdicts as reviews of the pull request, each exactly once. Kin never approves.
import { isStatus } from "../../core/adapters/github.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import { verdictOf } from "../../core/pipeline/state.ts";
import type { GitHubPull, InlineComment } from "../../core/ports.ts";
import { reviewOf } from "../../core/report/review.ts";
import { markerOf, withMarker } from "./marker.ts";
import type { Publishing } from "./publish.ts";

export const publishReviews = async (publishing: Publishing): Promise<void> => {
  const { github, view } = publishing;
  if (view.task.pr_number === null) return;
  for (const { pipeline } of view.pipelines) {
    for (const step of pipeline.steps.filter(step => verdictOf(step) !== null && step.attempts.length > 0)) {
      const source = `gate:${pipeline.opening.pipeline}:${step.number}:${step.attempts.length}`;
      if ((await publishing.plane.store.job(`review:${source}`)) !== null) continue;
      const pull = await github.pull(view.task.pr_number);
      if (pull === null) return;
      await postReview(publishing, { pipeline, step, source, pull });
    }
  }
};

interface GateReview {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly source: string;
  readonly pull: GitHubPull;
}

const postReview = async (
  { plane, github, view }: Publishing,
  { pipeline, step, source, pull }: GateReview,
): Promise<void> => {
  const key = `review:${source}`;
  const { marker } = markerOf({ plane, key });
  const posted = (await github.reviews(pull.number)).find(
    review => review.user.id === plane.app.bot_id && review.body.includes(marker),
  );
  const id = posted?.id ?? (await write());
  await plane.store.useOnce(key, { kind: "review", now: plane.clock.now(), result: { id } });

  async function write(): Promise<number | null> {
    if (pull.state !== "open") return null;
    const text = reviewOf({ view, pipeline, step });
    const body = withMarker(text.body, { plane, key });
    const comments = await inDiff(text.comments);
    const review = { event: "COMMENT" as const, commit_id: pull.head.sha, body, comments };
    const made = await github.createReview(pull.number, review).catch(error => {
      if (!isStatus(error, 422) || comments.length === 0) throw error;
      return github.createReview(pull.number, { ...review, comments: [] });
    });
    return made.id;
  }

  /** GitHub refuses a whole review for one line outside of the diff. */
  async function inDiff(comments: readonly InlineComment[]): Promise<readonly InlineComment[]> {
    if (comments.length === 0) return [];
    const lines = new Map(
      (await github.pullFiles(pull.number)).map(file => [file.path, linesOf(file.patch)]),
    );
    return comments.filter(comment => lines.get(comment.path)?.has(comment.line));
  }
};

/** The new side's line numbers that a unified diff shows. */
export const linesOf = (patch: string): ReadonlySet<number> => {
  const shown = new Set<number>();
  let line = 0;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk !== null) line = Number(hunk[1]) - 1;
    else if (!text.startsWith("-") && !text.startsWith("\\")) shown.add(++line);
  }
  return shown;
};
