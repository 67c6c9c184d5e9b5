// A new pipeline because a person asked for one: `/kin rerun [from <step>]`, or a manual dispatch.

import type { PipelineRecord } from "../../core/model/record.ts";
import { type Keeping, keepBefore } from "../../core/pipeline/kept.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { GitHub } from "../github/port.ts";
import { isWaiting, type Waiting } from "../jobs/done.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { noteAsker } from "./askers.ts";
import { mayStillAsk } from "./authority.ts";
import { freeze } from "./freeze.ts";
import { hasStarted, type Order, refuse } from "./order.ts";
import { readConfig, startPipeline } from "./start.ts";
import { stateFact } from "./state.ts";
import { stopPipeline } from "./stop.ts";

export interface Rerun extends Order {
  readonly from: number | null;
  readonly dry_run?: boolean;
  readonly run_id?: string;
}

/** Null if it started; otherwise why not, which is also said on the issue unless it is a dry run or only waits. */
export const rerun = async (order: Rerun): Promise<Refusal | Waiting | null> => {
  if (await hasStarted(order)) return null;
  const why = await start(order);
  if (why !== null && !isWaiting(why) && !order.dry_run) await refuse(order, why);
  return why;
};

const start = async (order: Rerun): Promise<Refusal | Waiting | null> => {
  const { plane, github, project, task, by, at, from, last, dry_run = false, run_id } = order;
  const pipelines = await plane.store.pipelines(task.id);
  const open = pipelines.find(pipeline => pipeline.state !== "finished");
  const meant = open?.id ?? (last?.open ? last.id : null);
  // A plan that waits for approval gives way to another one.
  if (meant !== null && (dry_run || !(await isHeld(meant, plane)))) return { kind: "already_running" };
  // Before the issue is read: this answers the present label, not one added meanwhile.
  const labeled = (await github.labelChanges(task.issue, TRIGGER_LABEL)).at(-1);
  const issue = await github.issue(task.issue);
  if (issue?.state !== "open")
    return { kind: "failed", message: "The issue is not open.", hint: "Reopen the issue first." };
  const kept = from === null || from === 0 ? null : await keptOf(pipelines, { from, plane });
  if (kept !== null && kept.kind !== "kept") return kept;
  // As for the label: what counts is what was there when a trusted person asked.
  if (await wasEdited(task.issue, { since: at, github })) return EDITED; // guard: rerun-is-of-what-stood-there
  const config = await readConfig(github, project);
  const snapshot = await freeze({ issue, repository: project, asked_by: by, at, github, config, plane });
  if (open !== undefined) {
    const stop = { by: by.login, reason: "Another plan was asked for.", source: `held:${order.source}` };
    await stopPipeline(task, { plane, ...stop, pipeline: open.id });
  }
  if (!dry_run) await noteAsker(task, { by, plane }); // guard: asks-for-another-pipeline
  // If the first asker may no longer ask, whoever asks now takes their place, also when the run claims.
  const isReplaced = !dry_run && !(await mayStillAsk(task, { github, config, plane })).allowed;
  if (isReplaced)
    await stateFact(task, { kind: "asker_replaced", asked_by: by.login, asked_by_id: by.id }, { plane });
  // Before it starts, so that a running task always has the label. Kin puts it on itself, which starts nothing.
  if (
    !dry_run &&
    task.task_type === "standard" &&
    !issue.labels.some(label => label.toLowerCase() === TRIGGER_LABEL)
  )
    await github.setLabels(task.issue, { add: [TRIGGER_LABEL], remove: [] });
  return startPipeline({
    plane,
    github,
    project,
    task,
    snapshot,
    kept: kept?.kept ?? null,
    dry_run,
    ...(labeled?.on ? { trigger_id: labeled.id } : {}),
    ...(run_id === undefined ? {} : { run_id }),
  });
};

/** Includes the second in which it was asked for, because nobody can tell which came first. */
export const wasEdited = async (
  issue: number,
  { since, github }: { readonly since: string; readonly github: GitHub },
): Promise<boolean> => ((await github.lastEdited(issue)) ?? "") >= since;

export const EDITED: Refusal = {
  kind: "failed",
  message: "The issue was edited after it was asked for.",
  hint: "Read it again, then ask again.",
};

export const isHeld = async (pipeline: string, plane: Plane): Promise<boolean> => {
  const record = await plane.store.pipeline(pipeline);
  return record !== null && (await plane.folds.at(record, record.seq)).held;
};

interface From {
  readonly from: number;
  readonly plane: Plane;
}

/**
 * Step numbers come from the status comment, which shows no dry runs; a dry run's plan is used only if there is no
 * other.
 */
const keptOf = async (
  pipelines: readonly PipelineRecord[],
  { from, plane }: From,
): Promise<Keeping | null> => {
  const folded = await Promise.all(pipelines.map(record => plane.folds.at(record, record.seq)));
  const last = folded.findLast(({ opening }) => !opening.dry_run) ?? folded.at(-1);
  return last === undefined ? null : keepBefore(last, from);
};
