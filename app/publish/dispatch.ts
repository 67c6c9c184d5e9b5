// Starts the workflow run of a pipeline that waits for one.

import { explain, KinError } from "../../core/model/error.ts";
import type { JobOf } from "../../core/model/job.ts";
import { dispatch, watch } from "../../core/model/new-job.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { isStatus } from "../github/github.ts";
import type { GitHubRun } from "../github/port.ts";
import { end, MOST_DISPATCHES } from "../intake/run-ended.ts";
import { type Plane, WORKFLOW } from "../plane.ts";
import type { Publishing } from "./publishing.ts";
import { loadView } from "./view.ts";

const QUEUE_LOOK_MS = 5_000;
const CLAIM_LIMIT_MS = 10 * 60_000;
const RESUME_DELAY_MS = 1_000;

/**
 * Sets the row before requesting the run: a run may claim its pipeline before GitHub's response arrives, and nothing
 * later may overwrite what it claimed.
 */
export const publishDispatch = async (publishing: Publishing): Promise<number | null> => {
  const { plane, view } = publishing;
  const { record, pipeline } = view.pipelines.at(-1) ?? {};
  if (record === undefined || pipeline === undefined || !needsRun(record) || pipeline.held) return null;
  const before = record.run_id ?? pipeline.run?.run_id ?? null;
  if (record.state === "queued" && record.dispatches > 0) {
    await plane.store.ask([dispatch({ pipeline: record.id, number: record.dispatches, before })]);
    return null;
  }
  if (record.dispatches >= MOST_DISPATCHES) {
    const reason = `${pipeline.paused ?? "The runs ended early."}\nKin started ${record.dispatches} runs for this pipeline; use \`/kin rerun\` when the cause is gone.`;
    await end(record, { plane, outcome: "blocked", reason });
    return null;
  }
  // guard: limit-of-runs
  if (await isFull(publishing)) return plane.clock.now() + QUEUE_LOOK_MS;
  const resumable = Date.parse(pipeline.updated_at) + RESUME_DELAY_MS;
  if (record.state === "paused" && plane.clock.now() < resumable) return resumable;
  const number = record.dispatches + 1;
  const queued = { state: "queued", dispatches: number, run_id: null, run_attempt: null } as const;
  await plane.store.updatePipeline(record.id, queued);
  await plane.store.ask([dispatch({ pipeline: record.id, number, before })]);
  return null;
};

/** Queued without a run, or paused: its run is over. */
const needsRun = (record: PipelineRecord): boolean =>
  record.state === "paused" || (record.state === "queued" && record.run_id === null);

/** At most `limits.runs` at once per owner, oldest first; the rest wait in the store. */
const isFull = async ({ plane, view }: Publishing): Promise<boolean> => {
  const limit = view.pipelines.at(-1)?.pipeline.opening.config.limits.runs ?? 1;
  const owners = new Map((await plane.store.projects()).map(project => [project.id, project.owner_id]));
  const open = await plane.store.openPipelines();
  const running = await Promise.all(
    open
      .filter(p => p.dispatches > 0 && p.state !== "paused" && p.id !== view.pipelines.at(-1)?.record.id)
      .map(async p => owners.get((await plane.store.task(p.task_id))?.project_id ?? 0)),
  );
  return running.filter(owner => owner === view.project.owner_id).length >= limit;
};

/** Look first, then start: GitHub has no key for dispatches, but the run's name contains the pipeline's id. */
export const performDispatch = async (
  { pipeline, number, before }: JobOf<"dispatch">["data"],
  plane: Plane,
): Promise<void> => {
  const record = await plane.store.pipeline(pipeline);
  const view = record === null ? null : await loadView(record.task_id, plane);
  if (record === null || view === null || record.state !== "queued" || record.dispatches !== number) return;
  const github = await plane.github(view.project);
  try {
    const runs = await github.runs(WORKFLOW);
    const found = runs.find(
      run =>
        isOwn(run, { plane, view }) && // guard: runs-of-its-own
        bears(run, pipeline) &&
        String(run.id) !== before && // guard: not-the-run-before
        run.status !== "completed",
    );
    const inputs = { issue: String(view.task.issue), pipeline };
    // guard: runs-are-looked-for
    const run_id =
      found?.id ?? (await github.dispatch(WORKFLOW, { ref: view.project.default_branch, inputs })).run_id;
    if (run_id !== null) {
      const run_url = `${view.server_url}/${view.project.owner}/${view.project.name}/actions/runs/${run_id}`;
      await plane.store.updatePipeline(pipeline, { run_id: String(run_id), run_url });
    }
    const due_at = plane.clock.now() + CLAIM_LIMIT_MS;
    await plane.store.ask([watch({ pipeline, dispatches: number }, due_at)]);
  } catch (error) {
    if (!(error instanceof KinError) || error.retryable) throw error;
    const reason = await diagnosis(error, { github, view });
    await end(record, { plane, outcome: "blocked", reason });
  }
};

/** Anybody who may write may start a run with any inputs, and so with any name, even of another branch's workflow. */
export const isOwn = (
  { event, actor, path, head_branch }: GitHubRun,
  { plane, view }: { readonly plane: Plane; readonly view: Pick<Publishing["view"], "project"> },
): boolean =>
  event === "workflow_dispatch" &&
  actor.id === plane.app.bot_id &&
  path === `.github/workflows/${WORKFLOW}` &&
  head_branch === view.project.default_branch;

/** A run's inputs are recorded nowhere but in its name. */
export const bears = ({ title }: GitHubRun, pipeline: string): boolean => title.endsWith(`(${pipeline})`);

/** Why a workflow cannot be started, as precisely as GitHub lets us tell. */
const diagnosis = async (
  error: KinError,
  { github, view }: Pick<Publishing, "github" | "view">,
): Promise<string> => {
  const path = `.github/workflows/${WORKFLOW}`;
  const workflow = await github.workflow(WORKFLOW).catch(() => null);
  if (workflow === null) {
    const exists = (await github.file(path, view.project.default_branch)) !== null;
    return exists
      ? `GitHub does not run \`${path}\`: Actions are off for this repository, or the file is not valid. Switch them on in Settings → Actions, then use \`/kin rerun\`.`
      : `The workflow \`${path}\` is missing on \`${view.project.default_branch}\`. Add it (docs/setup.md has the file), then use \`/kin rerun\`.`;
  }
  if (workflow.state !== "active")
    return `The workflow \`${path}\` is disabled (${workflow.state}). Enable it at ${workflow.html_url}, then use \`/kin rerun\`.`;
  if (isStatus(error, 422))
    return `GitHub did not accept the dispatch of \`${path}\`: ${error.message}. Compare the file with docs/setup.md: it needs \`workflow_dispatch\` with the inputs \`issue\` and \`pipeline\`.`;
  return explain(error);
};
