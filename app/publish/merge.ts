// Merging, if the config says `merge: auto` and the task completes by itself or a person approved this head. The order
// is GitHub's: mark as ready, look again, merge what is clean, leave what waits to auto-merge, update what is behind.
// Auto-merge is withdrawn as soon as Kin would not merge by itself any more.

import { explain, KinError } from "../../core/model/error.ts";
import { marks } from "../../core/model/keys.ts";
import type { Mark, Posted } from "../../core/model/mark.ts";
import { reviewIn } from "../../core/model/sources.ts";
import { completesByItself } from "../../core/pipeline/plan/completion.ts";
import { waitsForChecks } from "../../core/report/headline.ts";
import { mentions, waitingFor } from "../../core/report/mention.ts";
import { codeOf } from "../../core/report/term.ts";
import { safe } from "../../core/text/safe.ts";
import { isStatus } from "../github/github.ts";
import type { GitHubPull, GitHubReview, MergeSettings } from "../github/port.ts";
import { may } from "../tasks/authority.ts";
import { foundOver } from "../tasks/over.ts";
import { stateFact } from "../tasks/state.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

const LOOK_MS = 20_000;
const SOON_MS = 5_000;
/** GitHub does not report that somebody lost a permission. */
const WATCH_MS = 60_000;

/** Returns when to look again. */
export const publishMerge = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task } = view;
  if (!mayBeWanted(publishing) || task.pr_number === null || waitsForChecks(view)) return null;
  const pull = await github.pull(task.pr_number);
  if (pull === null || !isOffered(publishing, pull)) return null;
  if (pull.head.sha !== task.head_sha) return adopt(publishing, pull);
  const settings = await github.mergeSettings();
  if (!(await isAllowed(publishing, pull))) return null;
  const now = plane.clock.now();
  switch (pull.mergeable_state) {
    case "clean":
    case "has_hooks":
    // Only checks that nobody requires are red or running; `ci: wait` has looked at them already.
    case "unstable":
      return merge(publishing, { pull, settings });
    case "blocked":
      await tellOfHold(publishing, pull);
      return enable(publishing, { pull, settings });
    case "behind":
      await once(publishing, marks.updated(pull.head.sha), () =>
        github.updatePullBranch(pull.number, pull.head.sha),
      );
      return now + SOON_MS;
    case "unknown":
      return now + SOON_MS;
    default:
      // The publication of the pull request reports `dirty`.
      return null;
  }
};

/**
 * GitHub carries out an auto-merge in Kin's name even if its reasons are gone. So these are checked again in each pass,
 * and from time to time because some changes are not reported. Auto-merge that a person switched on is theirs. Returns
 * when to look again.
 */
export const takeBackAutoMerge = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task, pipelines } = view;
  const merges = pipelines.some(({ pipeline }) => pipeline.opening.config.merge === "auto");
  if (task.pr_number === null || !merges) return null;
  const pull = await github.pull(task.pr_number);
  if (pull === null || !isLeft(publishing, pull)) return null;
  if (await isWanted(publishing, pull)) return plane.clock.now() + WATCH_MS; // guard: auto-merge-is-watched
  try {
    await github.disableAutoMerge(pull);
    const off = marks.autoMergeOff(task.id, await countTakenBack(publishing));
    await plane.store.markOnce(off, { now: plane.clock.now() });
    return null;
  } catch (error) {
    // Somebody was faster, or it is merged.
    const now = await github.pull(pull.number);
    if (now === null || !isLeft(publishing, now)) return null;
    if (!(error instanceof KinError) || error.retryable) throw error;
    const text = `Kin could not take its auto-merge of #${pull.number} back; switch it off there: ${because(error)}`;
    const mark = marks.autoMergeKept({ task_id: task.id, sha: pull.head.sha });
    await say(publishing, { mark, text });
    return plane.clock.now() + WATCH_MS;
  }
};

const isLeft = ({ plane }: Publishing, { state, auto_merge_by }: GitHubPull): boolean =>
  state === "open" && auto_merge_by?.id === plane.app.bot_id; // guard: auto-merge-of-its-own

/** Whether Kin would merge this head by itself if it were clean. */
const isWanted = async (publishing: Publishing, pull: GitHubPull): Promise<boolean> =>
  mayBeWanted(publishing) &&
  !waitsForChecks(publishing.view) &&
  isOffered(publishing, pull) &&
  (pull.head.sha === publishing.view.task.head_sha || (await isOwnUpdate(publishing, pull))) && // guard: auto-merge-of-this-head
  (await isAllowed(publishing, pull));

/** Anybody who may write may change the pull request's base, and nobody asked for a merge into that. */
const isOffered = ({ view: { project } }: Publishing, { state, draft, base }: GitHubPull): boolean =>
  state === "open" && !draft && base.ref === project.default_branch; // guard: merges-into-the-default-branch

const isAllowed = async (publishing: Publishing, pull: GitHubPull): Promise<boolean> => {
  const { plane, github, view } = publishing;
  if (!completesItself(publishing) && !(await isApproved(publishing, pull))) return false;
  if (await isRejected(publishing, pull)) return false;
  if (await foundOver(view.task, { plane, github, project: view.project })) return false; // guard: merges-for-an-open-issue
  // People may have taken the task back during this pass.
  return (await plane.store.task(view.task.id))?.status === "review";
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

/** No person is asked if the head contains only what the gate saw. */
const completesItself = ({ view }: Publishing): boolean => {
  const pipeline = view.pipelines.at(-1)?.pipeline;
  return pipeline !== undefined && completesByItself(pipeline) && !view.beside; // guard: completes-what-was-judged
};

/** By somebody who may still approve now, and did not take it back. */
const isApproved = async (
  { plane, github, view: { task } }: Publishing,
  pull: GitHubPull,
): Promise<boolean> => {
  const { approval } = task;
  if (approval === null || approval.sha !== task.head_sha) return false; // guard: approval-of-this-head
  const id = reviewIn(approval.source);
  const state = async () => {
    const review = id === null ? null : await github.review(pull.number, id);
    return review?.state === "DISMISSED" ? ("dismissed" as const) : ("as_said" as const);
  };
  const by = { id: approval.by_id, login: approval.by, type: "User" };
  return (await may("approve", { by, github, plane, state })).allowed; // guard: approval-is-asked-again
};

/** A standing rejection by a person with write access blocks the merge, whether or not GitHub enforces it. */
const isRejected = async ({ plane, github }: Publishing, pull: GitHubPull): Promise<boolean> => {
  const last = new Map<number, Pick<GitHubReview, "user" | "state">>();
  for await (const page of github.reviews(pull.number))
    for (const { user, state } of page)
      if (["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(state)) last.set(user.id, { user, state });
  for (const { user: by, state } of last.values()) {
    if (state !== "CHANGES_REQUESTED") continue;
    const answer = await may("hold_merge", { by, github, plane });
    // If it is unknown whether somebody may, their rejection counts.
    if (answer.allowed || answer.reason === "unknown") return true; // guard: rejection-holds
  }
  return false;
};

/** Merging the base into the branch is not new work if Kin did it: what was approved stays approved. */
const adopt = async (publishing: Publishing, pull: GitHubPull): Promise<number | null> => {
  if (!(await isOwnUpdate(publishing, pull))) return null;
  const { sha } = pull.head;
  const { plane, view } = publishing;
  await stateFact(view.task, { kind: "head_adopted", sha }, { plane });
  return plane.clock.now();
};

/** A merge of exactly the task's head with a commit on the base, made and signed by GitHub on Kin's behalf. */
const isOwnUpdate = async (
  { plane, github, view: { task, project } }: Publishing,
  { head }: GitHubPull,
): Promise<boolean> => {
  const { parents, author_id, by_github } = await github.commit(head.sha);
  const [own, merged, ...others] = parents;
  if (!by_github || author_id !== plane.app.bot_id) return false; // guard: adopts-what-github-signed
  // guard: adopts-a-merge-of-the-head
  if (task.head_sha === null || own !== task.head_sha || merged === undefined || others.length > 0)
    return false;
  const base = await github.branch(project.default_branch);
  return base !== null && (await github.contains(base.sha, merged)); // guard: adopts-what-the-base-has
};

/** Long enough for checks to begin and for auto-merge to act. */
const HELD_MS = 60_000;

/** If no check is running or red, GitHub waits for a person: for a review, or whatever else its rules require. */
const tellOfHold = async (publishing: Publishing, pull: GitHubPull): Promise<void> => {
  const { plane, github, view } = publishing;
  const since = Date.parse(view.pipelines.at(-1)?.record.completed_at ?? "");
  const mark = marks.mergeHeld({ task_id: view.task.id, sha: pull.head.sha });
  if (plane.clock.now() < since + HELD_MS || (await plane.store.marked(mark)) !== null) return;
  const checks = await github.foreignChecks(pull.head.sha, { app_id: plane.app.id });
  if (checks.some(({ state }) => state === "pending")) return;
  const red = checks.filter(({ state }) => state === "failed").map(({ name }) => codeOf(name));
  const why =
    red.length > 0
      ? `Red there: ${red.slice(0, 5).join(", ")}.`
      : "No check is under way there: a review is missing, or what else the rules of its branch ask of a person.";
  await say(publishing, { mark, text: `GitHub holds #${pull.number} back, which Kin would merge. ${why}` });
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
    // A merge queue only accepts auto-merge.
    return enable(publishing, { pull, settings });
  }
};

/** If auto-merge is off, Kin looks again and merges when the pull request is clean. */
const enable = async (publishing: Publishing, { pull, settings }: Merging): Promise<number | null> => {
  const { github, plane } = publishing;
  const [method = "merge"] = settings.methods;
  if (!settings.auto_merge) return plane.clock.now() + LOOK_MS;
  if (pull.auto_merge_by !== null) return null;
  const on = marks.autoMerge(pull.head.sha, await countTakenBack(publishing));
  if ((await plane.store.marked(on)) !== null) return null;
  try {
    await once(publishing, on, () => github.enableAutoMerge(pull, { method }));
    return plane.clock.now() + WATCH_MS;
  } catch (error) {
    if (!(error instanceof KinError) || error.retryable) throw error;
    const { task } = publishing.view;
    const text = `Kin could not merge #${task.pr_number} by itself: ${because(error)}`;
    const mark = marks.mergeRefused({ task_id: task.id, sha: task.head_sha });
    await say(publishing, { mark, text });
    return null;
  }
};

/** How often Kin withdrew it. It is switched on again only after that, not if a person switched it off. */
const countTakenBack = async ({ plane, view }: Publishing): Promise<number> => {
  let n = 0;
  while ((await plane.store.marked(marks.autoMergeOff(view.task.id, n))) !== null) n += 1;
  return n;
};

const once = async ({ plane }: Publishing, mark: Mark, write: () => Promise<void>): Promise<void> => {
  if ((await plane.store.marked(mark)) !== null) return;
  await write();
  await plane.store.markOnce(mark, { now: plane.clock.now() });
};

const because = (error: KinError): string => safe(explain(error), { limit: 2000, block: true });

/** Addressed to whoever the task waits for, because the merge is now theirs. */
const say = (
  { plane, github, view }: Publishing,
  { mark, text }: { readonly mark: Mark<Posted>; readonly text: string },
): Promise<void> => {
  const body = `${mentions([waitingFor(view)]) ?? ""} ${text}`.trim();
  return postOnce({ plane, github, issue: view.task.issue, mark, body });
};
