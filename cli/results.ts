// Tells in `kin start` how a task stands whenever it comes to rest: the first time, and again after a rejection, a rerun, a
// stop, a merge.
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../app/store/port.ts";
import type { TaskRecord } from "../core/model/record.ts";
import type { World } from "../local/world.ts";
import { closing } from "./start-text.ts";

const LOOK_MS = 300;
const MOST_TASKS = 50;
const RESTING: ReadonlySet<TaskRecord["status"]> = new Set([
  "review",
  "needs_info",
  "blocked",
  "done",
  "cancelled",
]);

export interface Results {
  readonly tell: (task: TaskRecord, signal: AbortSignal) => Promise<void>;
  /** Tells each new result until the signal is aborted. */
  readonly follow: (signal: AbortSignal) => Promise<void>;
}

interface Telling {
  readonly world: World;
  readonly store: Store;
  readonly project: string;
  readonly dataDir: string;
  readonly once: boolean;
  readonly say: (line: string) => void;
}

/** Tasks that already rest count as told. */
export const createResults = async ({ say, ...telling }: Telling): Promise<Results> => {
  const { world, store } = telling;
  const told = new Map<number, string>();
  for (const task of await store.tasks({ limit: MOST_TASKS })) told.set(task.id, await stateOf(store, task));

  const tell: Results["tell"] = async (task, signal) => {
    // A world that is to end does not wait for what is still under way in it.
    await Promise.race([settled(world, store), aborted(signal)]);
    const fresh = (await store.task(task.id)) ?? task;
    told.set(task.id, await stateOf(store, fresh));
    say(await closing({ ...telling, task: fresh }));
  };
  return {
    tell,
    follow: async signal => {
      while (!signal.aborted) {
        for (const task of await store.tasks({ limit: MOST_TASKS }))
          if (told.get(task.id) !== (await stateOf(store, task)) && (await isResting(store, task)))
            await tell(task, signal);
        await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
};

const stateOf = async (store: Store, { id, status, status_reason, head_sha }: TaskRecord): Promise<string> =>
  JSON.stringify([status, status_reason, head_sha, (await store.pipelines(id)).length]);

/** It waits for a person, or is over; a task that waits for a follow-up goes on by itself. */
export const isResting = async (store: Store, task: TaskRecord): Promise<boolean> =>
  RESTING.has(task.status) &&
  (task.waits_for ?? []).length === 0 &&
  !(task.status === "blocked" && (await store.pipelines(task.id)).at(-1)?.outcome === "superseded");

/** The state is reached, but what it means for GitHub may still be on its way. */
const settled = async (world: World, store: Store): Promise<void> => {
  for (let quiet = 0; quiet < 3; ) {
    await world.github.idle();
    const [row] = await store.query(
      "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind IN ('event', 'publish', 'next', 'say', 'show') AND due_at <= unixepoch() * 1000",
    );
    quiet = row?.n === 0 ? quiet + 1 : 0;
    await sleep(150);
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
