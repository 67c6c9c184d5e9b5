// Brings what the pipelines wrote onto Kin's branch, one commit behind each gate. Never forces.
import * as z from "zod";
import { isStatus } from "../../core/adapters/github.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { type CommitPoint, commitPoints } from "../../core/pipeline/commits.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import { checkPatch, holdingSecrets } from "../../core/pipeline/patch.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { block } from "../intake/start.ts";
import { stopPipeline } from "../intake/stop.ts";
import type { Plane } from "../plane.ts";
import type { Publishing } from "./publishing.ts";

/** False where the pass ends here: the latest pipeline's work could not be committed as it was judged. */
export const publishCommits = async (publishing: Publishing): Promise<boolean> => {
  const { pipelines } = publishing.view;
  for (const { pipeline, record } of pipelines) {
    let refused: string | null = null;
    for (const point of commitPoints(pipeline))
      refused = await publishCommit(publishing, { pipeline, record, point, refused });
    if (refused !== null && isLatest(publishing, record))
      return hold(publishing, { record, reason: refused });
  }
  return true;
};

const isLatest = ({ view }: Publishing, { id }: PipelineRecord): boolean =>
  view.pipelines.at(-1)?.record.id === id;

/** What a commit's row holds. */
const Made = z.object({ sha: z.string().optional(), refused: z.string().optional() });
type Made = z.infer<typeof Made>;

const madeOf = async ({ key }: CommitPoint, plane: Plane): Promise<Made | null> => {
  const row = await plane.store.job(`commit:${key}`);
  return row === null ? null : Made.parse(JSON.parse(row.result ?? "{}"));
};

/** Why a commit of the pipeline was refused; null where none was. */
export const refusalOf = async (pipeline: Pipeline, plane: Plane): Promise<string | null> => {
  for (const point of commitPoints(pipeline)) {
    const refused = (await madeOf(point, plane))?.refused;
    if (refused !== undefined) return refused;
  }
  return null;
};

interface Refused {
  readonly record: PipelineRecord;
  readonly reason: string;
}

/** The pipeline goes on from what is not on the branch, and its gate would approve of that: it is stopped. */
const hold = async (publishing: Publishing, refused: Refused): Promise<boolean> => {
  const { plane, view } = publishing;
  const { record, reason } = refused;
  const stop = { by: "Kin", reason, source: `refused:${record.id}` };
  if (record.state !== "finished") await stopPipeline(view.task, { plane, stop, pipeline: record.id });
  if (!isGoing(view.task)) return true;
  const task = await plane.store.task(view.task.id);
  // Its end made something else of the task; only a person who returned the work since has said how it goes on.
  const isAnswered = view.returns.some(row => row.actor !== null && row.pipeline_id === record.id);
  if (task !== null && isGoing(task) && !isAnswered) await blockFor(publishing, refused);
  return false;
};

const isGoing = ({ status }: Pick<TaskRecord, "status">): boolean =>
  status === "running" || status === "review";

/** A later pipeline goes on without it, and so do the issues that a task was handed to; what is over stays over. */
const blockFor = async (publishing: Publishing, { record, reason }: Refused): Promise<void> => {
  const { plane, view } = publishing;
  const task = await plane.store.task(view.task.id);
  const isOver = task === null || task.status === "done" || task.status === "cancelled";
  if (isOver || record.outcome === "superseded" || !isLatest(publishing, record))
    return plane.log(`${record.id}: ${reason}`);
  await block({ plane, task }, reason);
};

interface Point {
  readonly pipeline: Pipeline;
  readonly record: PipelineRecord;
  readonly point: CommitPoint;
}

/** Points are differences: behind one that was refused none can be committed. Answers why, null where nothing was. */
const publishCommit = async (
  publishing: Publishing,
  { pipeline, record, point, refused }: Point & { readonly refused: string | null },
): Promise<string | null> => {
  const { plane, github, view } = publishing;
  const known = await madeOf(point, plane);
  if (known !== null) return known.refused ?? refused;
  const done = (result: Made): Promise<boolean> =>
    plane.store.useOnce(`commit:${point.key}`, { kind: "commit", now: plane.clock.now(), result });
  const name = pipeline.opening.branch.name;
  const current = refused === null ? await github.branch(name) : null;
  const parent = current?.sha ?? pipeline.opening.base.sha;
  const placed = { pipeline, record, point, parent, head: current?.sha ?? null };
  let sha = refused === null ? await madeBefore(publishing, placed) : null;
  if (sha === null) {
    const problem = refused ?? (await problemOf(publishing, placed));
    if (problem !== null) {
      // Before its record: the next pipeline waits for that and then looks at the task.
      if (refused === null) await blockFor(publishing, { record, reason: problem });
      await done({ refused: problem });
      return problem;
    }
    const message = commitMessage({ pipeline, step: point.step, view });
    sha = (await github.createCommit({ parent, message, changes: point.changes })).sha;
    await moveTo(publishing, { name, sha, exists: current !== null });
  }
  await plane.store.updateTask(view.task.id, { head_sha: sha }, plane.clock.now());
  await done({ sha });
  await plane.store.askAgain([publish(view.task.id)]);
  return null;
};

interface Placed extends Point {
  /** Of the branch; null where there is none. */
  readonly head: string | null;
  readonly parent: string;
}

/** A crash may have come between the commit and its record: its trailer stands on the branch. */
const madeBefore = async (
  { github }: Publishing,
  { pipeline, point, head }: Placed,
): Promise<string | null> => {
  if (head === null) return null;
  const commits = await github.compare(pipeline.opening.base.sha, head);
  return commits.find(commit => commit.message.includes(`Kin-Step: ${point.key}`))?.sha ?? null;
};

const problemOf = async (publishing: Publishing, placed: Placed): Promise<string | null> => {
  const { pipeline, point, parent } = placed;
  const before = new Map<string, string>();
  for (const path of holdingSecrets(point.changes))
    before.set(path, (await publishing.github.file(path, parent)) ?? "");
  return (
    checkPatch(point.changes, { protected: pipeline.opening.config.paths.protected, before }) ??
    (await overlap(publishing, placed))
  );
};

/** Others' commits on the branch are adopted; only where they touched the same files does a person have to decide. */
const overlap = async (
  { plane, github, view }: Publishing,
  { pipeline, point, head }: Placed,
): Promise<string | null> => {
  // What the pipeline worked on: what it was opened with, or its own last commit.
  let known = pipeline.opening.branch.head ?? view.task.head_sha;
  for (const before of commitPoints(pipeline)) known = (await madeOf(before, plane))?.sha ?? known;
  if (head === null || known === null || head === known) return null;
  const others = new Set(
    (await github.changedFiles(known, head)).filter(path =>
      point.changes.some(change => change.path === path),
    ),
  );
  if (others.size === 0) return null;
  const names = [...others]
    .slice(0, 5)
    .map(path => `\`${path}\``)
    .join(", ");
  return `Somebody pushed to \`${pipeline.opening.branch.name}\` while Kin worked, and both changed ${names}. Kin did not overwrite it. Use \`/kin rerun\` to work on what is there now.`;
};

const moveTo = async (
  { github }: Publishing,
  { name, sha, exists }: { readonly name: string; readonly sha: string; readonly exists: boolean },
): Promise<void> => {
  try {
    await (exists ? github.moveBranch(name, sha) : github.createBranch(name, sha));
  } catch (error) {
    // Somebody was faster: look again from the start.
    if (isStatus(error, 422)) throw Object.assign(error as Error, { retryable: true });
    throw error;
  }
};
