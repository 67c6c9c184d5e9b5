// Brings what the pipelines wrote onto Kin's branch, one commit behind each gate. Never forces.
import { isStatus } from "../../core/adapters/github.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { type CommitPoint, commitPoints } from "../../core/pipeline/commits.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import { checkPatch } from "../../core/pipeline/patch.ts";
import { commitMessage } from "../../core/report/commit-message.ts";
import { block } from "../intake/start.ts";
import type { Publishing } from "./publishing.ts";

export const publishCommits = async (publishing: Publishing): Promise<void> => {
  for (const { pipeline } of publishing.view.pipelines) {
    for (const point of commitPoints(pipeline)) {
      if (!(await publishCommit(publishing, { pipeline, point }))) return;
    }
  }
};

const publishCommit = async (
  publishing: Publishing,
  { pipeline, point }: { readonly pipeline: Pipeline; readonly point: CommitPoint },
): Promise<boolean> => {
  const { plane, github, view } = publishing;
  const key = `commit:${point.key}`;
  if ((await plane.store.job(key)) !== null) return true;
  const name = pipeline.opening.branch.name;
  const current = await github.branch(name);
  const parent = current?.sha ?? pipeline.opening.base.sha;
  const message = commitMessage({ pipeline, step: point.step, view });
  const made = await madeBefore(publishing, { pipeline, point, head: current?.sha ?? null });
  let sha = made;
  if (sha === null) {
    const problem =
      checkPatch(point.changes, pipeline.opening.config.paths.protected) ??
      (await overlap(publishing, { pipeline, point, head: current?.sha ?? null }));
    if (problem !== null) {
      await block({ plane, task: view.task }, problem);
      await plane.store.useOnce(key, {
        kind: "commit",
        now: plane.clock.now(),
        result: { refused: problem },
      });
      return false;
    }
    sha = (await github.createCommit({ parent, message, changes: point.changes })).sha;
    await moveTo(publishing, { name, sha, exists: current !== null });
  }
  await plane.store.updateTask(view.task.id, { head_sha: sha }, plane.clock.now());
  await plane.store.useOnce(key, { kind: "commit", now: plane.clock.now(), result: { sha } });
  await plane.store.askAgain([publish(view.task.id)]);
  return true;
};

interface Placed {
  readonly pipeline: Pipeline;
  readonly point: CommitPoint;
  readonly head: string | null;
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

/** Others' commits on the branch are adopted; only where they touched the same files does a person have to decide. */
const overlap = async (
  { github, view }: Publishing,
  { pipeline, point, head }: Placed,
): Promise<string | null> => {
  const known = view.task.head_sha ?? pipeline.opening.branch.head;
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
