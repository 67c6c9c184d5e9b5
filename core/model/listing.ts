// Tasks as somebody who looks for one sees them: a line each, a page at a time.
import * as z from "zod";
import { PipelineRecord, TaskRecord, type TaskStatus } from "./record.ts";

const { id, issue, title, url, status, status_reason, asked_by, pr_number, return_count, updated_at } =
  TaskRecord.shape;

/** A task that carries another one on: the follow-up of an escalation, or a part that it waits for. */
export const CarryingTask = z.object({
  ...{ id, issue, title, url, status },
  /** Of all its pipelines, US dollars. */
  usd: z.number(),
});
export type CarryingTask = z.infer<typeof CarryingTask>;

/** As the store tells them, a list in JSON; by issue. */
export const CarriedOn = z.string().transform(text =>
  z
    .array(CarryingTask)
    .parse(JSON.parse(text))
    .toSorted((a, b) => a.issue - b.issue),
);

export const ListedTask = z.object({
  ...{ id, issue, title, url, status, status_reason, asked_by, pr_number, return_count, updated_at },
  owner: z.string(),
  name: z.string(),
  pipelines: z.number(),
  /** Of all its pipelines, US dollars. */
  usd: z.number(),
  /** Of its latest pipeline; null where there is none yet. */
  state: PipelineRecord.shape.state.nullable(),
  /** Whose attempt began last, while a run is at work. */
  role: z.string().nullable(),
  /** By which other tasks, by issue. */
  carried_on: CarriedOn,
});
export type ListedTask = z.infer<typeof ListedTask>;

/** Of what fits besides, so many of the latest are searched for a text. */
export const MOST_SEARCHED = 2_000;

export interface TaskFilter {
  /** Part of the title or of `owner/name#issue`, in any letter case. */
  readonly text?: string | undefined;
  /** `owner/name` */
  readonly repository?: string | undefined;
  readonly issue?: number | undefined;
  readonly status?: TaskStatus | undefined;
  /** Only those after this one: where the last page ended. */
  readonly after?: Pick<ListedTask, "updated_at" | "id"> | undefined;
  readonly limit: number;
}

/** By state, whatever state was asked for; a state that no task is in is absent. */
export type TaskCounts = Readonly<Partial<Record<TaskStatus, number>>>;

/** A pull request that was merged, or accepted otherwise, with all that its task cost. */
export const AcceptedPull = ListedTask.pick({
  id: true,
  owner: true,
  name: true,
  title: true,
  usd: true,
}).extend({
  pr_number: z.number(),
});
export type AcceptedPull = z.infer<typeof AcceptedPull>;
