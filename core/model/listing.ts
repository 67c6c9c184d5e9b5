// Tasks as they are listed: a line each, a page at a time.
import * as z from "zod";
import { PipelineRecord, TaskRecord, type TaskStatus } from "./record.ts";

const { id, issue, title, url, status, status_reason, asked_by, pr_number, return_count, updated_at } =
  TaskRecord.shape;

/** A task that carries another one on: the follow-up of an escalation, or a part that it waits for. */
export const CarryingTask = z.object({
  ...{ id, issue, title, url, status },
  /** Of all its pipelines, in US dollars. */
  usd: z.number(),
});
export type CarryingTask = z.infer<typeof CarryingTask>;

/** The store gives a list in JSON; sorted by issue here. */
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
  /** Of all its pipelines, in US dollars. */
  usd: z.number(),
  /** Of its latest pipeline; null if there is none yet. */
  state: PipelineRecord.shape.state.nullable(),
  /** Whose attempt began last, while a run is at work. */
  role: z.string().nullable(),
  /** The tasks that carry it on, by issue. */
  carried_on: CarriedOn,
});
export type ListedTask = z.infer<typeof ListedTask>;

/** A text is looked for in this many of the latest tasks that match the rest of the filter. */
export const MOST_SEARCHED = 2_000;

export interface TaskFilter {
  /** Part of the title or of `owner/name#issue`, in any letter case. */
  readonly text?: string | undefined;
  /** `owner/name` */
  readonly repository?: string | undefined;
  readonly issue?: number | undefined;
  readonly status?: TaskStatus | undefined;
  /** Only those after this one, with which the last page ended. */
  readonly after?: Pick<ListedTask, "updated_at" | "id"> | undefined;
  readonly limit: number;
}

/** Counts of all states, whichever one the filter asks for; a state without tasks is absent. */
export type TaskCounts = Readonly<Partial<Record<TaskStatus, number>>>;

/** A pull request that was merged or otherwise accepted, with the full cost of its task. */
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
