// Merging, where the config says `merge: auto` and the task completes by itself or a person approved this head. The order
// is GitHub's: ready, look again, merge what is clean, leave to auto-merge what waits, bring up to date what is behind.
import { isStatus } from "../../core/adapters/github.ts";
import { explain } from "../../core/model/error.ts";
import { completesByItself } from "../../core/pipeline/completion.ts";
import type { GitHubPull, GitHubReview, MergeSettings } from "../../core/ports.ts";
import { safe } from "../../core/report/safe.ts";
import { may } from "../intake/authority.ts";
import { isCiSettled } from "./ci.ts";
import { isJudged } from "./commits.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

const LOOK_MS = 20_000;
const SOON_MS = 5_000;

/** Answers when to look again. */
export const publishMerge = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task, project } = view;
  if (!mayBeWanted(publishing) || task.pr_number === null || !isCiSettled(publishing)) return null;
  const pull = await github.pull(task.pr_number);
  if (pull?.state !== "open" || pull.draft) return null;
  // Whoever may write may propose the branch to another one: that is not what anybody asked for.
  if (pull.base.ref !== project.default_branch) return null; // guard: merges-into-the-default-branch
  if (pull.head.sha !== task.head_sha) return adopt(publishing, pull);
  if (!(await completesItself(publishing)) && !(await isApproved(publishing, pull))) return null;
  if (await isRejected(publishing, pull)) return null;
  const settings = await github.mergeSettings();
  // People may have taken the task back while this pass went on.
  if ((await plane.store.task(task.id))?.status !== "review") return null;
  const now = plane.clock.now();
  switch (pull.mergeable_state) {
    case "clean":
    case "has_hooks":
      return merge(publishing, { pull, settings });
    case "unstable":
      // Checks that nobody requires are red or under way; with `ci: wait` they were looked at.
      return merge(publishing, { pull, settings });
    case "blocked":
      return enable(publishing, { pull, settings });
    case "behind":
      await once(publishing, `update:${pull.head.sha}`, () =>
        github.updatePullBranch(pull.number, pull.head.sha),
      );
      return now + SOON_MS;
    case "unknown":
      return now + SOON_MS;
    default:
      // `dirty` is the pull request's own step to say.
      return null;
  }
};

const mayBeWanted = ({ view: { task, pipelines } }: Publishing): boolean => {
  const pipeline = pipelines.at(-1)?.pipeline;
  return (
    task.status === "review" &&
    pipeline?.outcome?.kind === "passed" &&
    pipeline.opening.config.merge === "auto" &&
    (completesByItself(pipeline) || task.approval !== null)
  );
};

/** Nobody is asked, where all that stands on the head was before the gate. */
const completesItself = async ({ plane, view }: Publishing): Promise<boolean> => {
  const pipeline = view.pipelines.at(-1)?.pipeline;
  return pipeline !== undefined && completesByItself(pipeline) && (await isJudged(pipeline, plane)); // guard: completes-what-was-judged
};

/** By somebody who may still approve at this moment, and did not take it back. */
const isApproved = async (
  { plane, github, view: { task } }: Publishing,
  pull: GitHubPull,
): Promise<boolean> => {
  const { approval } = task;
  if (approval === null || approval.sha !== task.head_sha) return false; // guard: approval-of-this-head
  const [, id] = /^review:(\d+)$/.exec(approval.source) ?? [];
  const state = async () => {
    const review = id === undefined ? null : await github.review(pull.number, Number(id));
    return review?.state === "DISMISSED" ? ("dismissed" as const) : ("as_said" as const);
  };
  const by = { id: approval.by_id, login: approval.by, type: "User" };
  return (await may("approve", { by, github, plane, state })).allowed; // guard: approval-is-asked-again
};

/** The standing rejection of a person with write access holds, whether or not GitHub enforces it. */
const isRejected = async ({ plane, github }: Publishing, pull: GitHubPull): Promise<boolean> => {
  const last = new Map<number, GitHubReview>();
  for (const review of await github.reviews(pull.number))
    if (["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state))
      last.set(review.user.id, review);
  for (const { user: by, state } of last.values()) {
    if (state !== "CHANGES_REQUESTED") continue;
    const answer = await may("hold_merge", { by, github, plane });
    // Who cannot be told from somebody who may holds it as well.
    if (answer.allowed || answer.reason === "unknown") return true; // guard: rejection-holds
  }
  return false;
};

/**
 * The base brought into the branch by Kin's own hand is no new work: what was approved stays approved. Kin's own is what
 * GitHub made and signed for it as a merge of this very head with what stands on the base.
 */
const adopt = async (
  { plane, github, view: { task, project } }: Publishing,
  pull: GitHubPull,
): Promise<number | null> => {
  const { sha } = pull.head;
  const { parents, author_id, by_github } = await github.commit(sha);
  const [own, merged, ...others] = parents;
  if (!by_github || author_id !== plane.app.bot_id) return null; // guard: adopts-what-github-signed
  // guard: adopts-a-merge-of-the-head
  if (task.head_sha === null || own !== task.head_sha || merged === undefined || others.length > 0)
    return null;
  const base = await github.branch(project.default_branch);
  if (base === null || !(await github.contains(base.sha, merged))) return null; // guard: adopts-what-the-base-has
  const approval = task.approval?.sha === task.head_sha ? { ...task.approval, sha } : task.approval;
  await plane.store.updateTask(task.id, { head_sha: sha, approval }, plane.clock.now());
  return plane.clock.now();
};

interface Merging {
  readonly pull: GitHubPull;
  readonly settings: MergeSettings;
}

const merge = async (publishing: Publishing, { pull, settings }: Merging): Promise<number | null> => {
  const { github, plane } = publishing;
  const [method = "merge"] = settings.methods;
  try {
    await github.mergePull(pull.number, { sha: pull.head.sha, method });
    return null;
  } catch (error) {
    if (isStatus(error, 409)) return plane.clock.now() + SOON_MS;
    if (!isStatus(error, 405)) throw error; // guard: merge-queues
    // A merge queue takes it by auto-merge only.
    return enable(publishing, { pull, settings });
  }
};

/** Where auto-merge is off, Kin looks again and merges when it is clean. */
const enable = async (publishing: Publishing, { pull, settings }: Merging): Promise<number | null> => {
  const { github, plane } = publishing;
  const [method = "merge"] = settings.methods;
  if (!settings.auto_merge) return plane.clock.now() + LOOK_MS;
  await once(publishing, `auto_merge:${pull.head.sha}`, () => github.enableAutoMerge(pull, { method })).catch(
    async error => {
      if (error.retryable) throw error;
      await ask(publishing, explain(error));
    },
  );
  return null;
};

const once = async ({ plane }: Publishing, key: string, write: () => Promise<void>): Promise<void> => {
  if ((await plane.store.job(key)) !== null) return;
  await write();
  await plane.store.useOnce(key, { kind: "merge", now: plane.clock.now() });
};

const ask = ({ plane, github, view }: Publishing, reason: string): Promise<void> =>
  postOnce({
    plane,
    github,
    issue: view.task.issue,
    key: `merge_refused:${view.task.id}:${view.task.head_sha}`,
    body: `Kin could not merge #${view.task.pr_number} by itself: ${safe(reason, { limit: 2000, block: true })}`,
  });
