// A dry run plans and shows its plan in the run's summary, and has no other effect: its task stays as it was.
import type { TaskView } from "../../core/report/view.ts";
import type { Plane } from "../plane.ts";

export const isDryRun = async (pipeline: string, plane: Plane): Promise<boolean> => {
  const [opened] = await plane.store.journal(pipeline, 0, { until: 1 });
  return opened?.data.kind === "opened" && opened.data.opening.dry_run;
};

/** The task as if nobody had asked for a dry run. */
export const withoutDryRuns = (view: TaskView): TaskView => {
  const pipelines = view.pipelines.filter(({ pipeline }) => !pipeline.opening.dry_run);
  return { ...view, pipelines, queue: pipelines.at(-1) === view.pipelines.at(-1) ? view.queue : null };
};
