// How many effects a story had, counted by their receivers: the embedded GitHub's log of writes, the scripted model's
// log of requests, the store's own log of commits, and the journals.

import { readFileSync } from "node:fs";
import { createClient, type Transaction } from "@libsql/client";
import type { Store } from "../../app/store/port.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import { APP_SLUG, type World } from "../../local/world.ts";

export interface Received {
  readonly app: { readonly github: number; readonly commits: number };
  readonly action: {
    readonly model: number;
    readonly claims: number;
    readonly appends: number;
    readonly releases: number;
    readonly github: number;
  };
}

/** Keeps a reader open, so that no commit leaves the write-ahead log. */
export const holdLog = async (database: string): Promise<{ readonly release: () => void }> => {
  const client = createClient({ url: `file:${database}`, concurrency: 1 });
  const reader: Transaction = await client.transaction("read");
  await reader.execute("SELECT COUNT(*) FROM jobs");
  return {
    release: () => {
      reader.close();
      client.close();
    },
  };
};

export const receivedBy = async (world: World, store: Store): Promise<Received> => {
  const { writes } = world.github;
  const journals = await journalsOf(store);
  const claims = journals.flat().filter(event => event.data.kind === "claimed").length;
  const [held] = await store.query("SELECT COUNT(*) AS n FROM pipelines WHERE lease_hash IS NOT NULL");
  const [migrations] = await store.query("SELECT COUNT(*) AS n FROM schema_migrations");
  return {
    app: {
      github: writes.filter(write => write.app === APP_SLUG).length,
      // The migrations and their table come before the App counts.
      commits: commitsIn(`${world.database}-wal`) - Number(migrations?.n ?? 0) - 1,
    },
    action: {
      model: world.modelRequests?.().length ?? 0,
      claims,
      appends: journals.reduce((sum, journal) => sum + batchesOf(journal), 0),
      releases: claims - Number(held?.n ?? 0),
      github: writes.filter(write => write.actor === "github-actions[bot]").length,
    },
  };
};

export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);

const journalsOf = async (store: Store): Promise<readonly (readonly JournalEvent[])[]> => {
  const tasks = await store.tasks({ limit: 50 });
  const records = (await Promise.all(tasks.map(task => store.pipelines(task.id)))).flat();
  return Promise.all(records.map(record => store.journal(record.id)));
};

/** Events of one append have the same time. The control plane itself writes `opened` and `claimed`. */
const batchesOf = (journal: readonly JournalEvent[]): number =>
  new Set(
    journal.filter(({ data }) => data.kind !== "opened" && data.kind !== "claimed").map(event => event.at),
  ).size;

const HEADER = 32;
const FRAME_HEADER = 24;

/** A frame whose header has the database's size ends a commit; frames with other salts belong to an older log. */
const commitsIn = (file: string): number => {
  const log = readFileSync(file);
  const page = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER; at + FRAME_HEADER + page <= log.length; at += FRAME_HEADER + page) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
};
