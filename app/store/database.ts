// A libSQL database: opened, migrated, and written to in one queue per process. Holds what the client cannot be
// trusted with: one connection in file mode, and a new connection behind a lock (a local one is poisoned by
// `SQLITE_BUSY`: it keeps its old snapshot, and every later transaction on it fails).
import { type Client, createClient, type ResultSet } from "@libsql/client";
import PQueue from "p-queue";
import { faultOf, isBusy, isClosed, isStorage } from "./fault.ts";
import { migrate } from "./migrate.ts";
import type { Database, Row } from "./sql.ts";

export interface DatabaseOptions {
  /** `file:…`, `:memory:`, `http(s)://…`, `ws(s)://…` or `libsql://…` */
  readonly url: string;
  readonly token?: string | undefined;
  /** FULL survives a power cut, NORMAL a kill. */
  readonly synchronous?: "NORMAL" | "FULL" | undefined;
  /** How long another process may hold a file before a call fails with `store_busy`. */
  readonly busy_ms?: number | undefined;
  /** How long a server may take for one answer before a call fails with `store_unreachable`. */
  readonly answer_ms?: number | undefined;
}

/** The native wait for a lock blocks the event loop, so it is short; the long one is a timer. */
const NATIVE_WAIT_MS = 20;
const BUSY_MS = 15_000;
const ANSWER_MS = 20_000;
const LONGEST_PAUSE_MS = 100;
/** Holds what a thousand tasks at work come back to; with SQLite's own 2,000 their returns take a quarter longer. */
const CACHE_KIB = 16_000;
/** A checkpoint syncs the disk on the event loop, so it comes seldom. In pages: a log of 32 MiB. */
const CHECKPOINT_PAGES = 8_000;

export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const connection = connect(options);
  const writes = new PQueue({ concurrency: 1 });
  const all: Database["all"] = (sql, args = []) =>
    connection.use(async client => toRows(await client.execute({ sql, args: [...args] })));
  const database: Database = {
    all,
    first: async (sql, args) => (await all(sql, args))[0] ?? null,
    write: statements =>
      writes.add(() =>
        connection.use(async client => (await client.batch([...statements], "write")).map(toRows)),
      ),
    close: connection.close,
  };
  try {
    if (isFile(options.url)) await all("PRAGMA journal_mode=WAL");
    await migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

interface Connection {
  /** Does the work, again and again while somebody else holds the database. Throws what `faultOf` makes of it. */
  readonly use: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

const connect = (options: DatabaseOptions): Connection => {
  const { url, busy_ms = BUSY_MS } = options;
  let closed = false;
  const client = open(options);
  const renew = async (): Promise<void> => {
    if (!closed && isFile(url)) await Promise.all([client.reconnect(), prepare(client, options)]);
  };
  if (isLocal(url)) void prepare(client, options);

  const use: Connection["use"] = async work => {
    const until = performance.now() + busy_ms;
    for (let tries = 1; ; tries++) {
      try {
        return await work(client);
      } catch (error) {
        if (isStorage(error)) await renew();
        const again = isBusy(error) || (isClosed(error) && !closed);
        if (!again || performance.now() >= until) throw faultOf(error, url);
        await new Promise(resolve => setTimeout(resolve, Math.min(10 * tries, LONGEST_PAUSE_MS)));
      }
    }
  };
  return {
    use,
    close: () => {
      closed = true;
      client.close();
    },
  };
};

const open = ({ url, token, answer_ms = ANSWER_MS }: DatabaseOptions): Client => {
  try {
    return createClient({
      url,
      ...(token === undefined ? {} : { authToken: token }),
      ...(isLocal(url)
        ? { timeout: NATIVE_WAIT_MS, concurrency: 1 }
        : { fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(answer_ms) }) }),
    });
  } catch (error) {
    throw faultOf(error, url);
  }
};

/** All asked for at once: the connection serves in order, so that nothing comes in between. */
const prepare = async (client: Client, { synchronous = "NORMAL" }: DatabaseOptions): Promise<void> => {
  const settings = [
    `synchronous=${synchronous}`,
    `cache_size=-${CACHE_KIB}`,
    `wal_autocheckpoint=${CHECKPOINT_PAGES}`,
    "foreign_keys=ON",
  ];
  await Promise.allSettled(settings.map(setting => client.execute(`PRAGMA ${setting}`)));
};

/** The file of a local store; null for a server. */
export const fileOf = (url: string): string | null => /^file:(?:\/\/)?([^?]+)/.exec(url)?.[1] ?? null;

const isLocal = (url: string): boolean => !/^(https?|libsql|wss?):/.test(url);
const isFile = (url: string): boolean => isLocal(url) && !url.includes(":memory:");

const toRows = (result: ResultSet): readonly Row[] =>
  result.rows.map(row => Object.fromEntries(result.columns.map((column, i) => [column, row[i] ?? null])));
