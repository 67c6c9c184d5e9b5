// The status comment: one per task, edited in place. Changes of state at once, progress at most every 20 s.

import { keys } from "../../core/model/keys.ts";
import { stateLine } from "../../core/report/headline.ts";
import { statusComment } from "../../core/report/status-comment.ts";
import { orNull } from "../github/github.ts";
import { firstOf } from "./first-of.ts";
import { markerOf, withMarker } from "./marker.ts";
import type { Publishing } from "./publishing.ts";

const GAP_MS = 20_000;

export const publishComment = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { task } = view;
  const body = withMarker(statusComment(view), { plane, key: keys.status(task) });
  const hash = plane.sha256(body);
  const last = task.published.comment;
  if (last?.hash === hash) return null;
  const now = plane.clock.now();
  const state = `${stateOf(view)}/${plane.sha256(reasonsOf(view)).slice(0, 8)}`;
  if (last !== undefined && last.state === state && now < last.at + GAP_MS) return last.at + GAP_MS;
  const id = task.comment_id ?? (await find(publishing)); // guard: status-is-looked-for
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

/** Look before writing: a crash may have come between the comment and its record. */
const find = async ({ plane, github, view }: Publishing): Promise<number | null> => {
  const { marker } = markerOf({ plane, key: keys.status(view.task) });
  const posted = await firstOf(
    github.issueComments(view.task.issue),
    comment => comment.user.id === plane.app.bot_id && comment.body.includes(marker), // guard: status-of-its-own
  );
  return posted?.id ?? null;
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
