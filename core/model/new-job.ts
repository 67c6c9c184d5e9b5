// Every job that is asked for is made here.
import type { Job, JobOf } from "./job.ts";
import type { Key } from "./key.ts";
import { keys } from "./keys.ts";
import type { ProjectRecord } from "./record.ts";
import type { Signal } from "./signal.ts";

interface Asked {
  readonly key: Key;
  /** Milliseconds since the epoch; absent: now. */
  readonly due_at?: number;
  /** Order within its installation: first what people wait for, last what anybody at all may cause. Absent: `usual`. */
  readonly rank?: "first" | "usual" | "last";
}

type Kind = Exclude<Job["kind"], "unreadable">;
type Data<K extends Kind> = JobOf<K>["data"];
export type NewJob = { readonly [K in Kind]: Asked & { readonly kind: K; readonly data: Data<K> } }[Kind];

export const event = (key: Key, data: Signal): NewJob => ({ key, kind: "event", data });

export const publish = (task_id: number): NewJob => ({
  key: keys.publish(task_id),
  kind: "publish",
  data: { task_id },
});

export const next = (key: Key, data: Data<"next">): NewJob => ({ key, kind: "next", data });

export const dispatch = (data: Data<"dispatch">): NewJob => ({
  key: keys.dispatch(data.pipeline, data.number),
  kind: "dispatch",
  data,
});

export const watch = (data: Data<"watch">, due_at: number): NewJob => ({
  key: keys.watch(data.pipeline, data.dispatches),
  kind: "watch",
  data,
  due_at,
});

export const handOver = (key: Key, data: Data<"hand_over">): NewJob => ({ key, kind: "hand_over", data });

export const leaveBehind = (data: Data<"leave_behind">): NewJob => ({
  key: keys.leaveBehind(data.task_id, data.pull),
  kind: "leave_behind",
  data,
});

export const say = (key: Key, data: Data<"say">): NewJob => ({ key, kind: "say", data });

export const show = (key: Key, data: Data<"show">): NewJob => ({ key, kind: "show", data, rank: "first" });

export const gate = (data: Data<"gate">): NewJob => ({
  key: keys.gate(data.repository.id, data),
  kind: "gate",
  data,
  ...("pull" in data ? { rank: "last" } : {}), // guard: outsiders-come-last
});

export const repository = (data: Data<"repository">): NewJob => ({
  key: keys.repository(data.repository.id),
  kind: "repository",
  data,
});

export const look = (data: ProjectRecord): NewJob => ({ key: keys.look(data.id), kind: "look", data });

/** Jobs that recur by the clock. */
export const ROUNDS = ["sweep", "redeliver", "missed"] as const;
export type Round = (typeof ROUNDS)[number];

export const round = (kind: Round): NewJob => ({
  key: keys.round(kind),
  kind,
  data: {},
  rank: "first",
});
