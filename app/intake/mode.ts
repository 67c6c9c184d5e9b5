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

/** GitHub's record of the label decides, not the event: the latest change that counts, once. */
export const onModeLabel = async ({ signal, plane, project, github }: Incoming): Promise<void> => {
  if (signal.issue === null || signal.label === null) return;
  const task = await plane.store.findTask({ project_id: project.id, issue: signal.issue });
  const last = task === null ? null : await lastThatCounts(signal.issue, signal.label, { github, plane });
  if (task === null || last === null || (await plane.store.job(heard(last))) !== null) return;
  if (signal.label.toLowerCase() === HOLD_LABEL) await change(task, { hold: last.on ? 1 : 0 }, plane);
  else await setMode(task, last.on ? "auto_complete" : null, plane);
  await plane.store.useOnce(heard(last), { kind: "heard", now: plane.clock.now() });
};

const heard = ({ id }: LabelChange): string => `heard:label:${id}`;

interface Asking {
  readonly github: GitHub;
  readonly plane: Plane;
}

/** By somebody who may: whoever may not puts nothing on, and takes nothing off that another one put there. */
const lastThatCounts = async (number: number, label: string, asking: Asking): Promise<LabelChange | null> => {
  const answers = new Map<number, Promise<boolean>>();
  for (const change of (await asking.github.labelChanges(number, label)).toReversed()) {
    const { actor: by } = change;
    const counts = answers.get(by.id) ?? may("set_mode", { by, ...asking }).then(({ allowed }) => allowed); // guard: mode-label-is-asked
    answers.set(by.id, counts);
    if (await counts) return change;
  }
  return null;
};

/** What people who may put on an issue before it became a task. */
export const modeAtStart = async (
  { number, labels }: { readonly number: number; readonly labels: readonly string[] },
  asking: Asking,
): Promise<Pick<TaskRecord, "execution_mode" | "hold">> => {
  const isOn = async (name: string): Promise<boolean> => {
    const last = await lastThatCounts(number, name, asking);
    if (last?.on !== true) return false;
    await asking.plane.store.useOnce(heard(last), { kind: "heard", now: asking.plane.clock.now() });
    return true;
  };
  // What asks for less care stands there for all to see; what asks for more holds although others took it off.
  const isAuto = labels.some(label => label.toLowerCase() === AUTO_LABEL) && (await isOn(AUTO_LABEL));
  return { execution_mode: isAuto ? "auto_complete" : null, hold: (await isOn(HOLD_LABEL)) ? 1 : 0 };
};

const change = (
  task: TaskRecord,
  patch: Partial<Pick<TaskRecord, "execution_mode" | "hold">>,
  plane: Plane,
): Promise<void> =>
  plane.store.askAgain([publish(task.id)], { task_id: task.id, task: patch, at: plane.clock.now() });
