// Starts the workflow run of a pipeline that waits for one.

import { isStatus } from "../../core/adapters/github.ts";
import { explain, KinError } from "../../core/model/error.ts";
import type { PipelineRecord } from "../../core/model/record.ts";
import { end, MOST_DISPATCHES } from "../intake/run-ended.ts";
import { WORKFLOW } from "../plane.ts";
import type { Publishing } from "./publish.ts";

const QUEUE_LOOK_MS = 5_000;
const CLAIM_LIMIT_MS = 10 * 60_000;
const RESUME_DELAY_MS = 1_000;

export const publishDispatch = async (publishing: Publishing): Promise<number | null> => {
  const { plane, view } = publishing;
  const { record, pipeline } = view.pipelines.at(-1) ?? {};
  if (record === undefined || pipeline === undefined || !needsRun(record)) return null;
  if (record.dispatches >= MOST_DISPATCHES) {
    await end(
      record,
      plane,
      "blocked",
      `${pipeline.paused ?? "The runs ended early."}\nKin started ${record.dispatches} runs for this pipeline; use \`/kin rerun\` when the cause is gone.`,
    );
    return null;
  }
  if (await isFull(publishing)) return plane.clock.now() + QUEUE_LOOK_MS;
  if (record.state === "paused" && plane.clock.now() < Date.parse(pipeline.updated_at) + RESUME_DELAY_MS) {
    return Date.parse(pipeline.updated_at) + RESUME_DELAY_MS;
  }
  await dispatch(publishing, record);
  return null;
};

/** Queued without a run, or paused: its run is over. */
const needsRun = (record: PipelineRecord): boolean =>
  (record.state === "queued" && record.run_id === null && record.dispatches === 0) ||
  record.state === "paused";

/** `limits.runs` at once for one owner, oldest first; the rest waits in the store. */
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

const dispatch = async ({ plane, github, view }: Publishing, record: PipelineRecord): Promise<void> => {
  const number = record.dispatches + 1;
  const inputs = { issue: String(view.task.issue), pipeline: record.id };
  try {
    const before = number === 1 ? null : record.run_id;
    const found = (await github.runs(WORKFLOW)).find(
      run => run.title.includes(`(${record.id})`) && String(run.id) !== before && run.status !== "completed",
    );
    const run_id =
      found?.id ?? (await github.dispatch(WORKFLOW, { ref: view.project.default_branch, inputs })).run_id;
    await plane.store.updatePipeline(record.id, {
      dispatches: number,
      state: "queued",
      run_id: run_id === null ? null : String(run_id),
      run_attempt: null,
      run_url:
        run_id === null
          ? null
          : `${view.server_url}/${view.project.owner}/${view.project.name}/actions/runs/${run_id}`,
    });
    await plane.store.ask([
      {
        key: `watch:${record.id}:${number}`,
        kind: "watch",
        data: { pipeline: record.id, dispatches: number },
        due_at: plane.clock.now() + CLAIM_LIMIT_MS,
      },
    ]);
  } catch (error) {
    if (!(error instanceof KinError) || error.retryable) throw error;
    await end(record, plane, "blocked", await diagnosis(error, { github, view }));
  }
};

/** Why a workflow cannot be started, told apart as far as GitHub lets us. */
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
