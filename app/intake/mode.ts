// How a task completes and whether its plans wait: `/kin mode`, and the labels `kin:auto` and `kin:hold`, which count as
// commands of whoever put them there or took them off.
import type { CompletionMode } from "../../core/model/config.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import type { GitHub, LabelChange } from "../../core/ports.ts";
import type { Plane } from "../plane.ts";
import { may } from "./authority.ts";
import type { Incoming } from "./incoming.ts";

export const AUTO_LABEL = "kin:auto";
export const HOLD_LABEL = "kin:hold";

export const setMode = (task: TaskRecord, mode: CompletionMode | null, plane: Plane): Promise<void> =>
  change(task, { execution_mode: mode }, plane);

/** GitHub's record of the label decides, not the event: the latest change counts, once, by whoever made it. */
export const onModeLabel = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.issue === null || signal.label === null) return;
  const task = await plane.store.findTask({ project_id: project.id, issue: signal.issue });
  const last = task === null ? null : await github.lastLabelChange(signal.issue, signal.label);
  if (task === null || last === null) return;
  if (!(await may("set_mode", { by: last.actor, github, plane })).allowed) return; // guard: mode-label-is-asked
  if ((await plane.store.job(heard(last))) !== null) return;
  if (signal.label.toLowerCase() === HOLD_LABEL) await change(task, { hold: last.on ? 1 : 0 }, plane);
  else await setMode(task, last.on ? "auto_complete" : null, plane);
  await plane.store.useOnce(heard(last), { kind: "heard", now: plane.clock.now() });
};

const heard = ({ id }: LabelChange): string => `heard:label:${id}`;

/** What stands on an issue when it becomes a task, as far as people put it there who may. */
export const modeAtStart = async (
  { number, labels }: { readonly number: number; readonly labels: readonly string[] },
  { github, plane }: { readonly github: GitHub; readonly plane: Plane },
): Promise<Pick<TaskRecord, "execution_mode" | "hold">> => {
  const counts = async (name: string): Promise<boolean> => {
    if (!labels.some(label => label.toLowerCase() === name)) return false;
    const last = await github.lastLabelChange(number, name);
    if (last?.on !== true) return false;
    if (!(await may("set_mode", { by: last.actor, github, plane })).allowed) return false; // guard: mode-at-start-is-asked
    await plane.store.useOnce(heard(last), { kind: "heard", now: plane.clock.now() });
    return true;
  };
  return {
    execution_mode: (await counts(AUTO_LABEL)) ? "auto_complete" : null,
    hold: (await counts(HOLD_LABEL)) ? 1 : 0,
  };
};

const change = (
  task: TaskRecord,
  patch: Partial<Pick<TaskRecord, "execution_mode" | "hold">>,
  plane: Plane,
): Promise<void> =>
  plane.store.askAgain([publish(task.id)], { task_id: task.id, task: patch, at: plane.clock.now() });
