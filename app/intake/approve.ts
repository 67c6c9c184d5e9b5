// `/kin approve`, or an approving review: of a plan that waits, of work that a smoke test could not confirm, of the pull
// request's head, or of a result without one. Never by whoever asked for the work where somebody else could look at it.

import type { TaskRecord } from "../../core/model/record.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import { unconfirmed } from "../../core/report/headline.ts";
import { appendOwn } from "../journal.ts";
import { complete, isBareResult } from "./complete.ts";
import { type Order, refuse } from "./order.ts";
import { rerun } from "./rerun.ts";

/** `sha`: the commit that was looked at; null where a comment says it, which means the present head. */
export const approve = async (order: Order, sha: string | null = null): Promise<void> => {
  const { incoming, task, by, last } = order;
  const { plane } = incoming;
  const pipeline = last === null ? null : fold(await plane.store.journal(last.id));
  if (pipeline?.held && pipeline.outcome === null) {
    const events = [{ kind: "plan_approved" as const, by: by.login }];
    return appendOwn(plane, { pipeline: pipeline.opening.pipeline, task, events });
  }
  const step = unconfirmed(pipeline ?? undefined);
  if (step !== undefined && task.status === "needs_info") {
    await rerun({ ...order, from: step.number + 1 });
    return;
  }
  if (task.status !== "review") return refuse(order, { kind: "nothing_to_approve" });
  if (by.id === task.asked_by_id && (await incoming.github.hasOtherWriter(by.login)))
    return refuse(order, { kind: "own_work" });
  return isBareResult(task) && pipeline !== null && commitPoints(pipeline).length === 0
    ? complete(task, { plane, reason: `The result was approved by ${by.login}.` })
    : approveHead(order, sha);
};

/** Counts for this head and no later one, and never by whoever has commits in it. */
const approveHead = async (order: Order, sha: string | null): Promise<void> => {
  const { incoming, task, by } = order;
  const { plane, github } = incoming;
  const pull = task.pr_number === null ? null : await github.pull(task.pr_number);
  if (pull?.state !== "open") return refuse(order, { kind: "nothing_to_approve" });
  if (sha !== null && sha !== pull.head.sha) return;
  const commits = await github.compare(pull.base.ref, pull.head.sha);
  if (commits.some(({ author }) => author?.toLowerCase() === by.login.toLowerCase()))
    return refuse(order, { kind: "own_commits" });
  const at = new Date(plane.clock.now()).toISOString();
  await plane.store.askAgain([publish(task.id)], {
    task_id: task.id,
    task: { approval: { by: by.login, sha: pull.head.sha, at, source: order.source } },
    at: plane.clock.now(),
  });
};

/** A dismissed approval is none, but for a later one; a dismissed rejection stays counted as a return. */
export const takeBack = async (
  task: TaskRecord,
  { incoming, source }: Pick<Order, "incoming" | "source">,
): Promise<void> => {
  if (task.approval?.source !== source) return;
  await incoming.plane.store.askAgain([publish(task.id)], {
    task_id: task.id,
    task: { approval: null },
    at: incoming.plane.clock.now(),
  });
};
