// Brings what the pipelines wrote onto Kin's branch, one commit after each gate. Never forces.
import { combineChanges } from "../../core/model/change.ts";
import { marks } from "../../core/model/keys.ts";
import type { Made, Making } from "../../core/model/mark.ts";
import { publish } from "../../core/model/new-job.ts";
import type { Note } from "../../core/model/patch/look.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { type CommitPoint, commitPoints } from "../../core/pipeline/commits.ts";
import { checkPatch, checkPull, noted, notesOnPatch, refusable } from "../../core/pipeline/patch.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { BESIDE } from "../../core/report/gate-check.ts";
import { runUrl } from "../../core/report/link.ts";
import { isForbidden, isStatus } from "../github/github.ts";
import type { Plane } from "../plane.ts";
import { stateFact } from "../tasks/state.ts";
import { stopPipeline } from "../tasks/stop.ts";
import { madeOf } from "./made.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

/** False if the pass ends here because the latest pipeline's work could not be committed as judged. */
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

interface Refused {
  readonly record: PipelineRecord;
  readonly reason: string;
}

/** Stops the pipeline: it builds on what is not on the branch, and its gate would approve that. */
const hold = async (publishing: Publishing, refused: Refused): Promise<boolean> => {
  const { plane, view } = publishing;
  const { record, reason } = refused;
  const stop = { by: "Kin", reason, source: `refused:${record.id}` };
  if (record.state !== "finished") await stopPipeline(view.task, { plane, ...stop, pipeline: record.id });
  if (!isGoing(view.task)) return true;
  const task = await plane.store.task(view.task.id);
  // Its end changed the task's state; only a person who returned the work since has decided how it continues.
  const isAnswered = view.returns.some(row => row.actor !== null && row.pipeline_id === record.id);
  if (task !== null && isGoing(task) && !isAnswered) await blockFor(publishing, refused);
  return false;
};

const isGoing = ({ status }: Pick<TaskRecord, "status">): boolean =>
  status === "running" || status === "review";

/**
 * Blocks the task, unless a later pipeline or the issues that it was handed to go on without this commit, or it is
 * over.
 */
const blockFor = async (publishing: Publishing, { record, reason }: Refused): Promise<void> => {
  const { plane, view } = publishing;
  const isPassedBy = record.outcome === "superseded" || !isLatest(publishing, record);
  const fact = { kind: "blocked", cause: "patch_refused", reason } as const;
  const blocked = isPassedBy ? null : await stateFact(view.task, fact, { plane });
  if (blocked === null) plane.log(`${record.id}: ${reason}`);
};

interface Point {
  readonly pipeline: Pipeline;
  readonly record: PipelineRecord;
  readonly point: CommitPoint;
}

/** Each point is a difference, so after a refused one none can be committed. Returns why it was refused, or null. */
const publishCommit = async (
  publishing: Publishing,
  { pipeline, record, point, refused }: Point & { readonly refused: string | null },
): Promise<string | null> => {
  const { plane, github, view } = publishing;
  const known = await madeOf(point, plane);
  if (known !== null) return known.refused ?? refused;
  const done = (made: Partial<Made>): Promise<boolean> =>
    plane.store.markOnce(marks.commit(point.key), {
      now: plane.clock.now(),
      result: { beside: false, notes: [], ...made },
    });
  const name = pipeline.opening.branch.name;
  const current = refused === null ? await github.branch(name) : null;
  const parent = current?.sha ?? pipeline.opening.base.sha;
  const placed = { pipeline, record, point, parent, head: current?.sha ?? null };
  let made = refused === null ? await madeBefore(publishing, placed) : null;
  if (made === null) {
    const problem = refused ?? (await problemOf(publishing, placed));
    if (problem !== null) {
      // Before its record, because the next pipeline waits for that and then looks at the task.
      if (refused === null) await blockFor(publishing, { record, reason: problem });
      await done({ refused: problem });
      return problem;
    }
    const message = commitMessage({ pipeline, step: point.step, view, run: runUrl(record, view) });
    const { sha } = await github.createCommit({ parent, message, changes: point.changes });
    made = { sha, beside: await isBeside(publishing, placed) };
    // Before anybody can see the commit: only this record proves that Kin made it, whatever the commit says of itself.
    await noteMaking(publishing, { point, made }); // guard: commits-are-recorded-first
    await moveTo(publishing, { name, sha, exists: current !== null });
  }
  await stateFact(view.task, { kind: "committed", sha: made.sha }, { plane });
  await done({ ...made, notes: [...(await notesUpTo(publishing, placed))] });
  if (made.beside)
    await postOnce({ plane, github, issue: view.task.issue, mark: marks.beside(point.key), body: BESIDE });
  await plane.store.askAgain([publish(view.task.id)]);
  return null;
};

interface Placed extends Point {
  /** The branch's head; null if there is no branch. */
  readonly head: string | null;
  readonly parent: string;
}

/** Every commit made for a point: more than one if somebody else moved the branch first. */
const makings = async ({ key }: CommitPoint, plane: Plane): Promise<readonly Making[]> => {
  const found: Making[] = [];
  for (;;) {
    const made = await plane.store.marked(marks.making(key, found.length + 1));
    if (made === null) return found;
    found.push(made.result);
  }
};

const noteMaking = async (
  { plane }: Publishing,
  { point, made }: { readonly point: CommitPoint; readonly made: Making },
): Promise<void> => {
  const n = (await makings(point, plane)).length + 1;
  await plane.store.markOnce(marks.making(point.key, n), { now: plane.clock.now(), result: made });
};

/**
 * Finds a commit from before a crash that came between the branch and its record. A commit's id is the hash of its
 * files, parents and message, so a commit that Kin did not make has none of these ids, whatever author and trailer it
 * claims.
 */
const madeBefore = async ({ github, plane }: Publishing, { point, head }: Placed): Promise<Making | null> => {
  if (head === null) return null;
  for (const made of await makings(point, plane)) if (await github.contains(head, made.sha)) return made; // guard: own-commits-by-their-name
  return null;
};

/** Whether this commit, or an earlier one of the pipeline, is not based on what the pipeline worked on. */
const isBeside = async ({ plane }: Publishing, { pipeline, point, parent }: Placed): Promise<boolean> => {
  const { branch, base } = pipeline.opening;
  let worked = { sha: branch.head ?? base.sha, beside: false };
  for (const before of commitPoints(pipeline)) {
    if (before.key === point.key) break;
    const made = await madeOf(before, plane);
    if (made?.sha !== undefined) worked = { sha: made.sha, beside: made.beside };
  }
  return worked.beside || parent !== worked.sha; // guard: beside-what-was-judged
};

const problemOf = async (publishing: Publishing, placed: Placed): Promise<string | null> => {
  const { pipeline, point, parent } = placed;
  const touched = point.changes.map(({ path }) => path);
  const rules = {
    protected: pipeline.opening.config.paths.protected,
    before: await contentsAt(publishing, { paths: refusable(point.changes), ref: parent }),
    files: await publishing.github.files(parent, touched),
  };
  return (
    checkPatch(point.changes, rules) ??
    (await pullProblem(publishing, placed)) ?? // guard: limits-of-a-pull-request
    (await overlap(publishing, placed))
  );
};

/** Checks Kin's own work, as far as it makes the branch differ from the base; people answer for what they pushed. */
const pullProblem = async (
  publishing: Publishing,
  { pipeline, point, head }: Placed,
): Promise<string | null> => {
  if (head === null) return null;
  const differs = await publishing.github.changedFiles(pipeline.opening.base.sha, head);
  if (differs === null) return UNLISTED; // guard: pull-in-part
  const there = new Set(differs);
  const before = upTo(publishing, point).map(({ changes }) => changes.filter(({ path }) => there.has(path)));
  return checkPull(combineChanges([...before, point.changes]));
};

const UNLISTED =
  "Kin did not commit the patch: its branch differs from the base in more files than GitHub lists. A person has to look at it.";

/** Includes the point itself. */
const upTo = ({ view }: Publishing, { key }: CommitPoint): readonly CommitPoint[] => {
  const points = view.pipelines.flatMap(({ pipeline }) => commitPoints(pipeline));
  return points.slice(0, points.findIndex(point => point.key === key) + 1);
};

/** Notes on everything that Kin's pipelines changed up to this commit, against the base of the last of them. */
const notesUpTo = async (publishing: Publishing, { pipeline, point }: Placed): Promise<readonly Note[]> => {
  const changes = combineChanges(upTo(publishing, point).map(one => one.changes));
  const paths = noted(changes);
  const before = await contentsAt(publishing, { paths, ref: pipeline.opening.base.sha });
  return notesOnPatch(changes, before);
};

const contentsAt = async (
  { github }: Publishing,
  { paths, ref }: { readonly paths: readonly string[]; readonly ref: string },
): Promise<ReadonlyMap<string, string>> => {
  const contents = new Map<string, string>();
  for (const path of paths) {
    const content = await github.file(path, ref);
    if (content !== null) contents.set(path, content);
  }
  return contents;
};

/** Other people's commits on the branch are adopted; only if they touched the same files must a person decide. */
const overlap = async (
  { plane, github, view }: Publishing,
  { pipeline, point, head }: Placed,
): Promise<string | null> => {
  // What the pipeline worked on: what it was opened with, or its own last commit.
  let worked = pipeline.opening.branch.head ?? view.task.head_sha;
  for (const before of commitPoints(pipeline)) worked = (await madeOf(before, plane))?.sha ?? worked;
  const known = worked ?? pipeline.opening.base.sha;
  if (head === null || head === known) return null;
  // guard: nothing-was-dropped
  if (worked !== null && !(await github.contains(head, worked)))
    return `Somebody forced \`${pipeline.opening.branch.name}\` to a commit that is without \`${worked.slice(0, 7)}\`, on which Kin worked. Kin put nothing on top of it. Use \`/kin rerun\` to work on what is there now.`;
  const theirs = await github.changedFiles(known, head);
  const pushed = `Somebody pushed to \`${pipeline.opening.branch.name}\` while Kin worked, and`;
  const then = "Kin did not overwrite it. Use `/kin rerun` to work on what is there now.";
  if (theirs === null) return `${pushed} changed more files than GitHub lists. ${then}`; // guard: overlap-in-part
  const others = new Set(theirs.filter(path => point.changes.some(change => change.path === path)));
  if (others.size === 0) return null;
  const names = [...others]
    .slice(0, 5)
    .map(path => `\`${path}\``)
    .join(", ");
  return `${pushed} both changed ${names}. ${then}`;
};

const moveTo = async (
  { github }: Publishing,
  { name, sha, exists }: { readonly name: string; readonly sha: string; readonly exists: boolean },
): Promise<void> => {
  try {
    await (exists ? github.moveBranch(name, sha) : github.createBranch(name, sha));
  } catch (error) {
    // Somebody was faster: start again from what is there. What a ruleset forbids would be forbidden again.
    // guard: looks-again-where-somebody-was-faster
    if (isStatus(error, 422) && !isForbidden(error)) throw Object.assign(error as Error, { retryable: true });
    throw error;
  }
};
