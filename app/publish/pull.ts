// A task's one pull request: opened as a draft with the first commit, ready when the gate has passed. If a person
// changes its title, text or draft state, that stays.

import { explain } from "../../core/model/error.ts";
import type { Published } from "../../core/model/record.ts";
import { waitsForChecks } from "../../core/report/headline.ts";
import { pullBody, pullTitle } from "../../core/report/pull-body.ts";
import { isStatus, orNull } from "../github/github.ts";
import type { GitHubPull } from "../github/port.ts";
import { cancel } from "../tasks/cancel.ts";
import { stateFact } from "../tasks/state.ts";
import { notesOf } from "./made.ts";
import { ownPart, withOwnPart } from "./own-part.ts";
import { note, type Publishing } from "./publishing.ts";

const MERGEABLE_LOOK_MS = 5_000;
const GAP_MS = 20_000;
/** How long GitHub may still report the state before Kin's own change. */
const LAG_MS = 60_000;
/**
 * How many of Kin's texts are kept: this one and the one before, which GitHub may still report; more if passes died
 * after a write.
 */
const OWN = { kept: 2, most: 20 };

export const publishPull = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task } = view;
  if (task.head_sha === null || task.branch === null) return null;
  const isOver = task.status === "cancelled" || task.status === "done";
  if (isOver && task.pr_number === null) return null;
  const title = pullTitle(view);
  const body = pullBody(view, await notesOf(view, plane));
  if (isOver) return tellTheEnd(publishing, { title, body });
  const pull = await open(publishing, { title, body });
  if (pull === null) return null;
  const hash = plane.sha256(`${title}\n${body}`);
  const draft = task.status !== "review" || waitsForChecks(view);
  const last = task.published.pull;
  const now = plane.clock.now();
  // The status comment shows progress; this text follows at leisure, and at once if its first lines change.
  const state = `${task.status}/${task.status_reason}/${view.pipelines.length}`;
  const part = ownPart(body, plane);
  const stale = last === undefined ? ownPart(pull.body, plane).hash !== part.hash : last.hash !== hash;
  const isSoon = last !== undefined && last.state === state && now < last.at + GAP_MS;
  if (stale && task.status === "running" && isSoon) return last.at + GAP_MS;
  const own = [...(last?.own ?? []), { title, body: part }].slice(-OWN.most);
  const keep = async (pull: NonNullable<Published["pull"]>): Promise<void> => {
    if (task.pr_number === number) return note(publishing, { pull });
    const published = { published: { ...task.published, pull } };
    await stateFact(task, { kind: "pull_opened", number }, { plane, published });
  };
  const { number } = pull;
  if (stale) {
    // Before the write, so that if the pass dies right after it, Kin's own text is not taken for a person's.
    if (last !== undefined) await keep({ ...last, own }); // guard: own-before-it-is-written
    await github.updatePull(number, {
      title: last?.own?.some(one => one.title === pull.title) === false ? pull.title : title, // guard: titles-of-people
      body: last?.own === undefined ? body : withOwnPart(pull.body, { own: last.own, is: body, plane }),
    });
  }
  // Kin changes the draft state only when its own wish changes; any other difference is somebody else's doing.
  const isHeld = pull.draft && (last?.held === true || (last?.draft === false && !draft)); // guard: drafts-of-people
  if (isHeld && last?.held !== true && now < last.at + LAG_MS) return last.at + LAG_MS;
  if (!isHeld && last?.draft !== draft && pull.draft !== draft) await github.setDraft(pull, draft);
  const isAsBefore =
    last?.hash === hash && last.draft === draft && last.state === state && (last.held ?? false) === isHeld;
  if (!isAsBefore || task.pr_number !== number)
    await keep({
      hash,
      draft,
      at: now,
      state,
      own: stale || last === undefined ? own.slice(-OWN.kept) : last.own,
      held: isHeld,
    });
  return draft || isHeld ? null : checkMergeable(publishing, number);
};

/**
 * Merged, closed, or left open by people who took the task back: the first lines say so. If GitHub refuses, the text
 * stays.
 */
const tellTheEnd = async (
  publishing: Publishing,
  { title, body }: { readonly title: string; readonly body: string },
): Promise<null> => {
  const { plane, github, view } = publishing;
  const { task } = view;
  const hash = plane.sha256(`${title}\n${body}`);
  const last = task.published.pull;
  if (task.pr_number === null || last === undefined || last.hash === hash) return null;
  const pull = await github.pull(task.pr_number);
  const own = [...(last.own ?? []), { title, body: ownPart(body, plane) }].slice(-OWN.kept);
  await note(publishing, { pull: { ...last, own } });
  const text = pull === null ? null : withOwnPart(pull.body, { own: last.own ?? [], is: body, plane });
  if (pull !== null && text !== null && text !== pull.body)
    await orNull(github.updatePull(pull.number, { body: text }), [403, 404, 410, 422]);
  await note(publishing, { pull: { ...last, own, hash, at: plane.clock.now() } });
  return null;
};

/**
 * GitHub computes this after each change and says `unknown` until then. Only a person can resolve a conflict with the
 * base.
 */
const checkMergeable = async (
  { plane, github, view }: Publishing,
  number: number,
): Promise<number | null> => {
  const { task, project } = view;
  const pull = await github.pull(number);
  if (pull?.mergeable_state === "unknown") return plane.clock.now() + MERGEABLE_LOOK_MS;
  if (pull?.mergeable_state !== "dirty") return null;
  const reason = `The pull request #${number} has a conflict with \`${project.default_branch}\`, which moved while Kin worked. Merge \`${project.default_branch}\` into \`${task.branch}\` and resolve it there, then use \`/kin rerun\`.`;
  await stateFact(task, { kind: "blocked", cause: "conflict", reason }, { plane });
  return null;
};

const open = async (
  publishing: Publishing,
  text: { readonly title: string; readonly body: string },
): Promise<GitHubPull | null> => {
  const { plane, github, view } = publishing;
  const { task, project } = view;
  // A pull request that somebody else opened is theirs.
  const by = { author: plane.app.bot_id, base: project.default_branch };
  const found =
    task.pr_number === null
      ? await github.pullOfBranch(task.branch as string, by)
      : await github.pull(task.pr_number);
  if (found?.state === "open") return found;
  if (found !== null && task.pr_number !== null) {
    const reason = `The pull request #${found.number} was closed without merging.`;
    if (!found.merged) await cancel(task, { plane, by: "somebody", reason });
    return null;
  }
  const wanted = { head: task.branch as string, base: project.default_branch, ...text };
  return github.createPull(wanted).catch(async error => {
    if (!isStatus(error, 422)) throw error;
    // A person has to fix it, once the work is done.
    if (task.status === "review")
      await stateFact(
        task,
        {
          kind: "blocked",
          cause: "pull_refused",
          reason: `${explain(error)}\nWhere somebody else opened a pull request of \`${wanted.head}\`, close that, then use \`/kin rerun\`.`,
        },
        { plane },
      );
    return null;
  });
};
