// A libSQL database: opened, migrated, and written to through one queue per process. Guards against two faults of the
// client: in file mode everything uses one connection, and after `SQLITE_BUSY` a local connection is replaced, because
// it would keep its old snapshot and every later transaction on it would fail.
import { type Client, createClient, type ResultSet } from "@libsql/client";
import PQueue from "p-queue";
import { faultOf, isBusy, isClosed, isStorage } from "./fault.ts";
import { migrate } from "./migrate.ts";
import type { Database, Row } from "./sql.ts";

export interface DatabaseOptions {
  /** `file:…`, `:memory:`, `http(s)://…`, `ws(s)://…` or `libsql://…` */
  readonly url: string;
  readonly token?: string | undefined;
  /** FULL survives a power cut, NORMAL a killed process. */
  readonly synchronous?: "NORMAL" | "FULL" | undefined;
  /** How long another process may lock a file before a call fails with `store_busy`. */
  readonly busy_ms?: number | undefined;
  /** How long a server may take for one response before a call fails with `store_unreachable`. */
  readonly answer_ms?: number | undefined;
}

/** The native wait for a lock blocks the event loop, so it is short; longer waits use a timer. */
const NATIVE_WAIT_MS = 20;
const BUSY_MS = 15_000;
const ANSWER_MS = 20_000;
const LONGEST_PAUSE_MS = 100;
/** Enough for what a thousand active tasks return to; with SQLite's default of 2,000 that takes a quarter longer. */
const CACHE_KIB = 16_000;
/** A checkpoint syncs the disk on the event loop, so it is rare. In pages: a log of 32 MiB. */
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
  /** Does the work, retrying while somebody else has the database locked. Throws what `faultOf` makes of the error. */
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

/** All requested at once: the connection serves them in order, so that nothing comes in between. */
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
