// How a task completes and whether its plans wait: `/kin mode`, and the labels `kin:auto` and `kin:hold`, which count
// as commands from whoever put them on or took them off.

import type { FactOf } from "../../core/model/fact.ts";
import { marks } from "../../core/model/keys.ts";
import type { GitHubUser, LabelChange } from "../github/port.ts";
import type { Incoming } from "../intake/incoming.ts";
import type { Plane } from "../plane.ts";
import { may } from "./authority.ts";
import { stateFact } from "./state.ts";

export const AUTO_LABEL = "kin:auto";
export const HOLD_LABEL = "kin:hold";

/** GitHub's record of the label decides, not the event: applies its present meaning, once for each change. */
export const onModeLabel = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, project } = incoming;
  if (signal.issue === null || signal.label === null) return;
  const task = await plane.store.findTask({ project_id: project.id, issue: signal.issue });
  if (task === null) return;
  const { last, ...mode } = await modeOf(signal.label, { ...incoming, issue: signal.issue });
  if (await isNews(last, plane)) await stateFact(task, { kind: "mode_set", ...mode }, { plane });
  await hear(last, plane);
};

const modeOf = async (label: string, { issue, ...asking }: Asking & { readonly issue: number }) => {
  if (label.toLowerCase() === HOLD_LABEL) {
    const { last, on } = await holds(issue, asking);
    return { last, hold: on };
  }
  const last = await lastAuto(issue, asking);
  return { last, execution_mode: last?.on ? ("auto_complete" as const) : null };
};

type Last = LabelChange | null;

const isNews = async (last: Last, plane: Plane): Promise<boolean> =>
  last !== null && (await plane.store.marked(marks.heardLabel(last.id))) === null;

const hear = async (last: Last, plane: Plane): Promise<void> => {
  if (last !== null) await plane.store.markOnce(marks.heardLabel(last.id), { now: plane.clock.now() });
};

type Asking = Pick<Incoming, "github" | "plane">;

/**
 * `kin:auto` asks for less care: the latest valid change counts. Putting it on is valid only by somebody who may now;
 * taking it off is valid by anybody, if the label counted.
 */
const lastAuto = async (number: number, asking: Asking): Promise<Last> => {
  const mayNow = asked(asking);
  let last: Last = null;
  for (const change of await asking.github.labelChanges(number, AUTO_LABEL)) {
    const isOff = !change.on && last?.on === true;
    if (isOff || (await mayNow(change.actor))) last = change; // guard: auto-that-stands
  }
  return last;
};

/**
 * `kin:hold` asks for more care, so it counts while it is there: nobody can tell later whether whoever put it on was
 * allowed to. Taking it off counts only by somebody who may, or by whoever put it on.
 */
const holds = async (
  number: number,
  asking: Asking,
): Promise<{ readonly last: Last; readonly on: boolean }> => {
  const mayNow = asked(asking);
  const changes = await asking.github.labelChanges(number, HOLD_LABEL);
  const hands = new Set<number>();
  for (const { actor, on } of changes) {
    if (on) hands.add(actor.id);
    else if (await mayNow(actor)) hands.clear();
    else hands.delete(actor.id); // guard: hold-that-stands
  }
  return { last: changes.at(-1) ?? null, on: hands.size > 0 };
};

const asked = (asking: Asking): ((by: GitHubUser) => Promise<boolean>) => {
  const answers = new Map<number, Promise<boolean>>();
  return by => {
    const answer = answers.get(by.id) ?? may("set_mode", { by, ...asking }).then(({ allowed }) => allowed); // guard: mode-label-is-asked
    answers.set(by.id, answer);
    return answer;
  };
};

/** What people put on an issue before it became a task. */
export const modeAtStart = async (
  { number, labels }: { readonly number: number; readonly labels: readonly string[] },
  asking: Asking,
): Promise<FactOf<"mode_set">> => {
  const auto = await lastAuto(number, asking);
  const hold = await holds(number, asking);
  await hear(auto, asking.plane);
  await hear(hold.last, asking.plane);
  const isThere = (name: string) => labels.some(label => label.toLowerCase() === name);
  return {
    kind: "mode_set",
    execution_mode: isThere(AUTO_LABEL) && auto?.on ? "auto_complete" : null,
    // A record that is truncated or lags behind names nobody.
    hold: hold.on || isThere(HOLD_LABEL),
    at_start: true,
  };
};
