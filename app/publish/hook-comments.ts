// The comments that a project's `hooks` ask for, each once. The commands of hooks run on the runner.
import type { Hook, HookEvent } from "../../core/model/config.ts";
import { pointsOf } from "../../core/pipeline/hooks.ts";
import { COMMENT_LIMIT, safe } from "../../core/report/safe.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

export const publishHookComments = async (publishing: Publishing): Promise<void> => {
  const { plane, github, view } = publishing;
  const last = view.pipelines.at(-1);
  if (last === undefined || last.pipeline.opening.dry_run) return;
  for (const [index, hook] of last.pipeline.opening.config.hooks.entries()) {
    if (hook.comment === undefined) continue;
    const body = safe(hook.comment, { limit: COMMENT_LIMIT, block: true });
    for (const point of reached(hook, publishing))
      await postOnce({ plane, github, issue: view.task.issue, key: `hook:${point}:${index}`, body });
  }
};

/** What was reached, in words that are never the same for two of them. */
const reached = ({ on }: Hook, { view: { task, returns, pipelines } }: Publishing): readonly string[] => {
  const last = pipelines.at(-1);
  if (last === undefined) return [];
  const by = (found: readonly (readonly [HookEvent, number])[]) =>
    found.filter(([event]) => event === on).map(([event, step]) => `${last.record.id}:${event}:${step}`);
  if (on === "task_done") return task.status === "done" ? [`${last.record.id}:done`] : [];
  const people = returns.filter(row => row.pipeline_id === last.record.id && row.actor !== null);
  return [...by(pointsOf(last.pipeline)), ...(on === "returned" ? people.map(row => row.source) : [])];
};
