// When a world has come to rest: the task waits for a person, and there is nothing left to do.
import type { Store } from "../../app/store/port.ts";
import type { World } from "../../local/world.ts";
import type { Supervised } from "./supervise.ts";

export interface Resting {
  readonly world: World;
  readonly store: Store;
  readonly app: Supervised;
  readonly issue: number;
  readonly patience_ms: number;
}

const LOOK_MS = 100;
const LOOKS = 3;

/** Returns what never came to rest. */
export const comeToRest = async (resting: Resting): Promise<readonly string[]> => {
  const until = performance.now() + resting.patience_ms;
  let open: readonly string[] = [];
  for (let still = 0; still < LOOKS; ) {
    if (performance.now() > until)
      return [`no rest within ${resting.patience_ms / 1000} s: ${open.join("; ")}`];
    open = await openOf(resting);
    const failure = resting.app.failure();
    if (failure !== null) return [failure];
    still = open.length === 0 ? still + 1 : 0;
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  return [];
};

const WORKING = "('event', 'publish', 'next', 'hand_over', 'say', 'show', 'redeliver', 'missed', 'look')";

const openOf = async ({ world, store, app, issue }: Resting): Promise<readonly string[]> => {
  if (!app.up()) return ["the App is down"];
  await world.github.idle();
  const task = (await store.tasks({ limit: 50 })).find(task => task.issue === issue);
  const jobs = await store.query(
    `SELECT key, due_at - CAST(unixepoch('subsec') * 1000 AS INTEGER) AS wait, error FROM jobs
      WHERE done_at IS NULL AND kind IN ${WORKING} AND (kind NOT IN ('redeliver', 'missed') OR due_at = 0)`,
  );
  const lost = [...Map.groupBy(world.github.deliveries, delivery => delivery.guid).values()]
    .filter(tries => !tries.some(delivery => delivery.statusCode >= 200 && delivery.statusCode < 300))
    .map(([delivery]) => `the delivery ${delivery?.event}.${delivery?.action} is lost`);
  return [
    ...(task === undefined ? ["there is no task"] : []),
    ...(task?.status === "running" ? ["the task is running"] : []),
    ...jobs.map(
      job =>
        `the job ${job.key} is ${Number(job.wait) > 0 ? `due in ${job.wait} ms` : "due"}${job.error === null ? "" : ` after ${job.error}`}`,
    ),
    ...lost,
  ];
};
