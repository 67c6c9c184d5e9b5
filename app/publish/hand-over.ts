// Hands a task over to other issues: opens them, and the task waits for them. An escalation's own task and pipeline are
// written here directly: no event starts them.
import { explain, KinError } from "../../core/model/error.ts";
import type { Handover } from "../../core/model/handover.ts";
import type { JobOf } from "../../core/model/job.ts";
import { marks } from "../../core/model/keys.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { escalationBrief } from "../../core/pipeline/escalation.ts";
import { childIssue, escalationIssue } from "../../core/report/opened-issue.ts";
import { type Done, isWaiting, type Waiting } from "../jobs/done.ts";
import { type Plane, TRIGGER_LABEL } from "../plane.ts";
import { begin } from "../tasks/begin.ts";
import { requireOpen } from "../tasks/over.ts";
import { startPipeline } from "../tasks/start.ts";
import { stateFact } from "../tasks/state.ts";
import { openIssue } from "./open-issue.ts";
import type { Publishing } from "./publishing.ts";
import { loadView } from "./view.ts";

interface HandingOver extends Publishing {
  readonly pipeline: Pipeline;
}

/** Every part is repeatable, so that it resumes after a crash. */
export const handOver = async (
  { task_id, pipeline: id, handover: asked }: JobOf<"hand_over">["data"],
  plane: Plane,
): Promise<Done> => {
  const view = await loadView(task_id, plane);
  const pipeline = view?.pipelines.find(({ record }) => record.id === id)?.pipeline;
  const handover = asked ?? pipeline?.outcome?.handover;
  if (view == null || pipeline === undefined || handover == null) return {};
  // People resumed it meanwhile: their pipeline counts.
  if (view.pipelines.at(-1)?.record.id !== id || view.task.status !== "blocked") return {};
  const github = await plane.github(view.project);
  const notOpen = await requireOpen(view.task, { plane, github, project: view.project }); // guard: handed-over-while-open
  if (notOpen !== null) return notOpen;
  const handing = { plane, github, view, pipeline };
  const numbers = await opened(handover, handing).catch(error => {
    if (!(error instanceof KinError) || error.retryable) throw error;
    return explain(error);
  });
  // The task could be handed to nobody: it goes on without, and says so.
  if (typeof numbers === "string") {
    const number = (await plane.store.pipeline(id))?.number ?? 0;
    await stateFact(view.task, { kind: "handover_failed", pipeline: id, number, reason: numbers }, { plane });
    return {};
  }
  if (isWaiting(numbers)) return numbers;
  if (numbers === null) return { again: plane.clock.now() };
  await stateFact(view.task, { kind: "carried_on", by: numbers }, { plane });
  return {};
};

/** Null if more remain to be opened. */
const opened = async (handover: Handover, handing: HandingOver): Promise<number[] | Waiting | null> =>
  handover.kind === "escalation" ? escalate(handover, handing) : openChildren(handover, handing);

const escalate = async (
  handover: Extract<Handover, { kind: "escalation" }>,
  { plane, github, view, pipeline }: HandingOver,
): Promise<number[] | Waiting> => {
  const mark = marks.escalation(pipeline.opening.pipeline);
  const issue = escalationIssue(handover, view);
  const { number } = await openIssue({ plane, github, mark, parent: view.task.issue, ...issue });
  await github.setLabels(view.task.issue, { add: [`kin:${handover.head}`], remove: [] });
  const opened = await github.issue(number);
  const task = await begin(
    {
      project_id: view.project.id,
      issue: number,
      title: issue.title,
      url: opened?.html_url ?? "",
      asked_by: view.task.asked_by,
      asked_by_id: view.task.asked_by_id,
      trigger_id: null,
      task_type: "escalation",
      parent_task_id: view.task.id,
    },
    plane,
  );
  if ((await plane.store.pipelines(task.id)).length > 0) return [number]; // guard: handed-over-once
  const { category } = view.task;
  await stateFact(task, { kind: "briefed", brief: escalationBrief(handover), category }, { plane });
  const waiting = await startPipeline({
    plane,
    github,
    project: view.project,
    task,
    snapshot: { ...pipeline.opening.task, issue: number, url: opened?.html_url ?? "", title: issue.title },
    head: handover.head,
    parent: pipeline.opening.pipeline,
  });
  return waiting ?? [number];
};

/**
 * In order, because a later one may name an earlier one. One at a time, so that other due work gets its turn. Null if
 * there are more.
 */
const openChildren = async (
  { tasks }: Extract<Handover, { kind: "children" }>,
  { plane, github, view, pipeline }: HandingOver,
): Promise<number[] | null> => {
  const numbers: number[] = [];
  const starts = pipeline.opening.config.trigger.follow_ups;
  for (const [index, child] of tasks.entries()) {
    const issue = childIssue(child, { view, numbers });
    const labels = [...issue.labels, ...(starts ? [TRIGGER_LABEL] : [])];
    const mark = marks.child(pipeline.opening.pipeline, index + 1);
    const { number, isNew } = await openIssue({
      ...{ plane, github, mark, parent: view.task.issue },
      ...{ ...issue, labels },
    });
    numbers.push(number);
    if (isNew && index < tasks.length - 1) return null; // guard: one-part-at-a-time
  }
  return numbers;
};
