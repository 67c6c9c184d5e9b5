// A new pipeline because a person asked for one: `/kin rerun [from <step>]`, or a dispatch by hand.

import type { Pipeline } from "../../core/model/pipeline.ts";
import type { Opening } from "../../core/model/task.ts";
import { fold } from "../../core/pipeline/apply.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import { freeze } from "./freeze.ts";
import { type Order, refuse } from "./order.ts";
import { readConfig, startPipeline } from "./start.ts";

export interface Rerun extends Order {
  readonly from: number | null;
  readonly dry_run?: boolean;
  readonly run_id?: string;
}

/** Null when it started; else why not, which is said on the issue too. */
export const rerun = async (order: Rerun): Promise<Refusal | null> => {
  const { incoming, task, by, from, dry_run, run_id } = order;
  const { plane, github, project } = incoming;
  const no = async (why: Refusal): Promise<Refusal> => {
    await refuse(order, why);
    return why;
  };
  const last = (await plane.store.pipelines(task.id)).at(-1);
  if (last !== undefined && last.state !== "finished") return no({ kind: "already_running" });
  const issue = await github.issue(task.issue);
  if (issue === null || issue.state !== "open")
    return no({ kind: "failed", message: "The issue is not open.", hint: "Reopen it first." });
  const kept =
    from === null || from === 0 || last === undefined
      ? null
      : keep(fold(await plane.store.journal(last.id)), from);
  if (kept !== null && "kind" in kept) return no(kept);
  const config = await readConfig(github, project);
  const at = new Date(plane.clock.now()).toISOString();
  const snapshot = await freeze({
    issue,
    repository: project,
    asked_by: { ...by, type: "User" },
    at,
    github,
    config,
    plane,
  });
  await startPipeline({
    plane,
    github,
    project,
    task,
    snapshot,
    kept,
    dry_run: dry_run ?? false,
    ...(run_id === undefined ? {} : { run_id }),
  });
  return null;
};

/** The plan and the answers before `from`, or why that cannot be. */
const keep = (pipeline: Pipeline, from: number): NonNullable<Opening["kept"]> | Refusal => {
  const { plan, steps } = pipeline;
  if (plan === null || from > plan.steps.length)
    return { kind: "no_such_step", asked: String(from), last: plan?.steps.length ?? 0 };
  const before = steps.slice(1, from);
  const open = before.find(step => step.answer === null);
  if (open !== undefined) {
    const message = `Step ${open.number} (${open.role}) has no answer yet.`;
    return { kind: "failed", message, hint: `Run from step ${open.number} or an earlier one.` };
  }
  return { plan, answers: before.map(step => ({ step: step.number, answer: { ...step.answer } })) };
};
