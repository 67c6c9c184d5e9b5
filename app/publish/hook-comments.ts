// The comments that a project's `hooks` ask for, each once. The runner runs the commands of hooks.
import type { Hook } from "../../core/model/config.ts";
import { marks } from "../../core/model/keys.ts";
import { pointsOf } from "../../core/pipeline/hooks.ts";
import type { TaskView } from "../../core/report/view.ts";
import { COMMENT_LIMIT, safe } from "../../core/text/safe.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

/** For every pipeline, because the next one may have begun before this publication reached the previous one. */
export const publishHookComments = async ({ plane, github, view }: Publishing): Promise<void> => {
  for (const place of view.pipelines.keys())
    for (const [index, hook] of hooksOf(view, place).entries()) {
      if (hook.comment === undefined) continue;
      const body = safe(hook.comment, { limit: COMMENT_LIMIT, block: true });
      for (const point of reached(hook, { view, place }))
        await postOnce({ plane, github, issue: view.task.issue, mark: marks.hook(point, index), body });
    }
};

const hooksOf = ({ pipelines }: TaskView, place: number): readonly Hook[] =>
  pipelines[place]?.pipeline.opening.config.hooks ?? [];

interface Place {
  readonly view: TaskView;
  /** The pipeline's index, from 0. */
  readonly place: number;
}

/** What was reached, in words that never repeat. */
const reached = ({ on }: Hook, { view: { task, returns, pipelines }, place }: Place): readonly string[] => {
  const at = pipelines[place];
  if (at === undefined) return [];
  const { id } = at.record;
  if (on === "task_done")
    return task.status === "done" && place === pipelines.length - 1 ? [`${id}:done`] : [];
  const points = pointsOf(at.pipeline).filter(([event]) => event === on);
  const people = returns.filter(row => row.pipeline_id === id && row.actor !== null);
  return [
    ...points.map(([event, step]) => `${id}:${event}:${step}`),
    ...(on === "returned" ? people.map(row => row.source) : []),
  ];
};
