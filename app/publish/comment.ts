// The status comment: one per task, edited in place. Changes of state at once, progress at most every 20 s.

import { keys } from "../../core/model/keys.ts";
import { stateLine } from "../../core/report/headline.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { orNull } from "../github/github.ts";
import { findMarked, withMarker } from "./marker.ts";
import type { Publishing } from "./publishing.ts";

const GAP_MS = 20_000;

export const publishComment = async ({ plane, github, view }: Publishing): Promise<number | null> => {
  const { task } = view;
  const marked = { plane, key: keys.status(task) };
  const body = withMarker(statusComment(view), marked);
  const hash = plane.sha256(body);
  const last = task.published.comment;
  if (last?.hash === hash) return null;
  const now = plane.clock.now();
  const state = `${stateOf(view)}/${plane.sha256(reasonsOf(view)).slice(0, 8)}`;
  if (last !== undefined && last.state === state && now < last.at + GAP_MS) return last.at + GAP_MS;
  // A crash may have come between the comment and its record.
  const find = async () =>
    (await findMarked(github.issueComments(task.issue), { ...marked, author: plane.app.bot_id }))?.id ?? null;
  const id = task.comment_id ?? (await find()); // guard: status-is-looked-for
  // If somebody deleted it, a new one is posted.
  const kept = id === null ? null : await orNull(github.updateComment(id, body).then(() => id));
  const comment_id = kept ?? (await github.createComment(task.issue, body)).id;
  await plane.store.notePublished(
    task.id,
    { comment_id, published: { ...task.published, comment: { hash, at: now, state } } },
    now,
  );
  return null;
};

/** Why it is in this state, and who approved it, so that people see the effect of what they just did. */
const reasonsOf = ({ task }: Publishing["view"]): string =>
  `${task.status_reason}\n${task.approval?.sha ?? ""}`;

/** A new state or a finished step shows at once: people wait for it. */
const stateOf = (view: Publishing["view"]): string => {
  const { task, pipelines } = view;
  const { pipeline } = pipelines.at(-1) ?? {};
  const done = pipeline?.steps.filter(step => step.answer !== null).length ?? 0;
  const line = task.status === "running" ? "" : stateLine(view);
  const carried = view.carried_on.map(({ issue, status }) => `${issue} ${status}`).join();
  return `${task.status}/${line}/${task.waits_for?.join() ?? ""}/${carried}/${view.left.join()}/${pipelines.length}/${pipeline?.plan === null ? "" : "planned"}/${done}/${pipeline?.outcome?.kind ?? ""}`;
};
