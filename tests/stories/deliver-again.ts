// GitHub may deliver everything twice, soon or late, under the same GUID or another: everything delivered for a
// repository is sent again, signed, with new GUIDs, and the store and GitHub's record of writes show what that adds.
import { randomUUID } from "node:crypto";
import type { Store } from "../../app/store/port.ts";
import type { World } from "../../local/world.ts";

export interface Added {
  /** What Kin, or a job of its workflow, wrote to GitHub. */
  readonly writes: readonly string[];
  /** Rows that are new or changed, apart from the times at which a task was examined. */
  readonly rows: readonly string[];
}

export const NOTHING: Added = { writes: [], rows: [] };

export interface Delivering {
  readonly world: World;
  readonly store: Store;
  readonly quiet: () => Promise<void>;
  readonly project: number;
}

export const deliverAgain = async ({ world, store, quiet, project }: Delivering): Promise<Added> => {
  const deliveries = world.github.deliveries.filter(delivery => delivery.repositoryId === project);
  const before = new Set(await rowsOf(store));
  const writes = world.github.writes.length;
  for (const { requestHeaders, payload } of deliveries) {
    const { status } = await fetch(`${world.appUrl}/api/github/webhooks`, {
      method: "POST",
      headers: { ...requestHeaders, "x-github-delivery": randomUUID() },
      body: JSON.stringify(payload),
    });
    if (status !== 200) throw new Error(`A delivery that came again was answered with ${status}.`);
  }
  await quiet();
  return {
    writes: world.github.writes
      .slice(writes)
      .filter(({ app, actor }) => app === "kin" || actor === "github-actions[bot]")
      .map(({ method, path }) => `${method} ${path}`),
    rows: (await rowsOf(store)).filter(row => !before.has(row)),
  };
};

const TABLES: Readonly<Record<string, string>> = {
  projects: "SELECT * FROM projects",
  tasks: "SELECT * FROM tasks",
  pipelines: "SELECT * FROM pipelines",
  events: "SELECT pipeline_id, seq FROM events",
  task_returns: "SELECT * FROM task_returns",
  messages: "SELECT * FROM messages",
  decisions: "SELECT * FROM decisions",
  modules: "SELECT * FROM modules",
  jobs: "SELECT key FROM jobs WHERE kind <> 'event'",
};

const rowsOf = async (store: Store): Promise<readonly string[]> => {
  const tables = await Promise.all(
    Object.entries(TABLES).map(async ([table, sql]) =>
      (await store.query(sql)).map(({ updated_at: _, ...row }) => `${table} ${JSON.stringify(row)}`),
    ),
  );
  return tables.flat();
};
