// GitHub may deliver everything twice, soon or late: what was heard is asked for again under new keys, and the store and
// GitHub's record of writes are looked at for what that adds.
import { randomUUID } from "node:crypto";
import type { Store } from "../../core/ports.ts";
import type { World } from "../../local/world.ts";

export interface Added {
  /** What Kin, or a job of its workflow, wrote to GitHub. */
  readonly writes: readonly string[];
  /** Rows that are new or changed, but for the moments at which a task was looked at. */
  readonly rows: readonly string[];
}

export const NOTHING: Added = { writes: [], rows: [] };

export interface Delivering {
  readonly world: World;
  readonly store: Store;
  readonly quiet: () => Promise<void>;
  /** The repository's id. */
  readonly project: number;
}

export const deliverAgain = async ({ world, store, quiet, project }: Delivering): Promise<Added> => {
  const events = await store.query(
    `SELECT key, data FROM jobs WHERE kind = 'event' AND key NOT LIKE 'again:%' AND json_extract(data, '$.repository.id') = ${project} ORDER BY rowid`,
  );
  const before = new Set(await rowsOf(store));
  const writes = world.github.writes.length;
  const round = randomUUID();
  await store.ask(
    events.map(({ key, data }) => ({
      key: `again:${round}:${key}`,
      kind: "event",
      data: JSON.parse(String(data)),
    })),
  );
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
