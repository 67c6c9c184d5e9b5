// Rows of tasks for tests, created by facts like all others.
import type { Store } from "../../app/store/port.ts";
import { stateFact } from "../../app/tasks/state.ts";
import type { TaskWrite } from "../../core/model/append.ts";
import type { Fact, FactOf, NewReturn } from "../../core/model/fact.ts";
import { type ReturnRow, type TaskRecord, TaskState } from "../../core/model/record.ts";
import type { Opening } from "../../core/model/task.ts";

export type NewTask = Omit<FactOf<"begun">, "kind" | "task_type" | "parent_task_id"> &
  Partial<Pick<FactOf<"begun">, "task_type" | "parent_task_id">>;

/** A task that begins, or is asked for again. */
export const saveTask = async (store: Store, asked: NewTask, at: number): Promise<TaskRecord> => {
  const { project_id, issue } = asked;
  const begun = { kind: "begun", task_type: "standard", parent_task_id: null, ...asked } as const;
  const made = await store.beginTask(begun, at);
  if (made !== null) return made;
  const before = (await store.findTask({ project_id, issue })) as TaskRecord;
  return (await stateFact(before, { ...asked, kind: "asked_again" }, planeOf(store, at))) ?? before;
};

/** Sets the task's row as if its facts had led to that. */
export const setTask = async (
  store: Store,
  id: number,
  { published, comment_id, ...patch }: Partial<TaskRecord>,
  at: number,
): Promise<void> => {
  const task = (await store.task(id)) as TaskRecord;
  const noted = {
    ...(published === undefined ? {} : { published }),
    ...(comment_id === undefined ? {} : { comment_id }),
  };
  const row = TaskState.parse({ ...task, ...patch });
  const fact: Fact = { kind: "found", row, returns: [] };
  await store.state({ ...aWrite(task, { facts: [fact], patch }), published: noted }, at);
};

export const aWrite = (
  { id, seq }: Pick<TaskRecord, "id" | "seq">,
  over: Partial<TaskWrite> & { readonly patch?: Partial<TaskState> } = {},
): TaskWrite => ({
  task_id: id,
  seq,
  facts: [{ kind: "plan_approved" }],
  patch: {},
  returned: [],
  jobs: [],
  ...over,
});

/** The row; null if the return was recorded before. */
export const recordReturn = async (
  store: Store,
  { task_id: id, ...made }: NewReturn & { readonly task_id: number },
  at: number,
): Promise<ReturnRow | null> =>
  (await stateFact({ id }, { kind: "returned", return: made }, planeOf(store, at))) === null
    ? null
    : store.returnOf(made.source);

/** A pipeline; its task stays as it is. */
export const openPipeline = async (
  store: Store,
  {
    task_id,
    jobs = [],
    patch = {},
    ...opening
  }: {
    readonly task_id: number;
    readonly opening: Opening;
    readonly run_id?: string;
    readonly jobs?: TaskWrite["jobs"];
    readonly patch?: Partial<TaskState>;
    readonly at: number;
    readonly parent?: { readonly pipeline_id: string; readonly department: string };
  },
): Promise<boolean> => {
  const task = (await store.task(task_id)) as TaskRecord;
  return store.openPipeline({ ...opening, task: aWrite(task, { jobs, patch }) });
};

export const planeOf = (store: Store, at: number) => ({
  plane: { store, clock: { now: () => at, sleep: async () => {} } },
});
