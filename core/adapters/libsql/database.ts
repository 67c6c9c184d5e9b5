// A libSQL database: opened, migrated, and written to in one queue per process. Holds what the client cannot
// be trusted with: one connection in file mode, and a new client after `SQLITE_BUSY` (a local client is
// poisoned by it: later transactions on it fail until it is rebuilt).
import { readdirSync, readFileSync } from "node:fs";
import { type Client, createClient, type InStatement, type InValue, type ResultSet } from "@libsql/client";
import PQueue from "p-queue";
import { KinError } from "../../model/error.ts";

export type Row = Readonly<Record<string, InValue>>;

export interface Database {
  readonly all: (sql: string, args?: readonly InValue[]) => Promise<readonly Row[]>;
  readonly first: (sql: string, args?: readonly InValue[]) => Promise<Row | null>;
  /** All of them or none, in one immediate transaction; the answer has the rows of each. */
  readonly write: (statements: readonly InStatement[]) => Promise<readonly (readonly Row[])[]>;
  readonly close: () => void;
}

export interface DatabaseOptions {
  /** `file:…`, `:memory:`, `http(s)://…` or `libsql://…` */
  readonly url: string;
  readonly token?: string | undefined;
  /** FULL survives a power cut, NORMAL a kill. */
  readonly synchronous?: "NORMAL" | "FULL" | undefined;
}

const BUSY_TRIES = 20;

export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const local = !/^(https?|libsql|wss?):/.test(options.url);
  const connect = (): Client =>
    createClient({
      url: options.url,
      ...(options.token === undefined ? {} : { authToken: options.token }),
      ...(local ? { timeout: 2_000, concurrency: 1 } : {}),
    });
  let client = connect();
  const writes = new PQueue({ concurrency: 1 });

  const prepare = async (): Promise<void> => {
    if (!local) return;
    if (!options.url.includes(":memory:")) await client.execute("PRAGMA journal_mode=WAL");
    await client.execute(`PRAGMA synchronous=${options.synchronous ?? "NORMAL"}`);
    await client.execute("PRAGMA foreign_keys=ON");
  };

  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!isBusy(error) || tries >= BUSY_TRIES) throw translated(error, options.url);
        if (local && !options.url.includes(":memory:")) {
          client.close();
          client = connect();
          await prepare().catch(() => {});
        }
        await new Promise(resolve => setTimeout(resolve, 20 * tries));
      }
    }
  };

  await writes.add(() => again(prepare));
  const all: Database["all"] = (sql, args = []) =>
    again(async () => toRows(await client.execute({ sql, args: [...args] })));
  const database: Database = {
    all,
    first: async (sql, args) => (await all(sql, args))[0] ?? null,
    write: statements =>
      writes.add(() =>
        again(async () => (await client.batch([...statements], "write")).map(toRows)),
      ) as Promise<readonly (readonly Row[])[]>,
    close: () => client.close(),
  };
  await migrate(database);
  return database;
};

/**
 * Applies what is missing, in order. Two processes may race: the row in `schema_migrations` is written in
 * the same transaction as the migration, so the loser fails as a whole and looks again.
 */
export const migrate = async (database: Database): Promise<void> => {
  await database.write([
    "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)",
  ]);
  for (const { name, statements } of migrations()) {
    const done = () => database.first("SELECT name FROM schema_migrations WHERE name = ?", [name]);
    if ((await done()) !== null) continue;
    const mark = { sql: "INSERT INTO schema_migrations VALUES (?, datetime('now'))", args: [name] };
    await database.write([mark, ...statements]).catch(async error => {
      if ((await done()) === null) throw error;
    });
  }
};

const MIGRATIONS = new URL("./migrations/", import.meta.url);

const migrations = () =>
  readdirSync(MIGRATIONS)
    .filter(name => name.endsWith(".sql"))
    .sort()
    .map(name => ({ name, statements: statementsOf(readFileSync(new URL(name, MIGRATIONS), "utf8")) }));

/** Migrations hold no semicolon inside a statement. */
const statementsOf = (sql: string): readonly string[] =>
  sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map(statement => statement.trim())
    .filter(statement => statement !== "");

const toRows = (result: ResultSet): readonly Row[] =>
  result.rows.map(row =>
    Object.fromEntries(result.columns.map((column, i) => [column, toPlain(row[i] ?? null)])),
  );

const toPlain = (value: InValue): InValue => (typeof value === "bigint" ? Number(value) : value);

const isBusy = (error: unknown): boolean =>
  /SQLITE_BUSY|database is locked|cannot commit transaction|TRANSACTION_TIMEOUT/i.test(
    `${(error as { code?: string }).code ?? ""} ${error instanceof Error ? error.message : ""}`,
  );

const translated = (error: unknown, url: string): unknown => {
  if (isBusy(error)) {
    return new KinError("The store is locked by another process.", {
      code: "store_busy",
      hint: "Another process holds a write transaction. Several App instances need a libSQL server, not one file.",
      retryable: true,
      cause: error,
    });
  }
  if (/fetch failed|ECONNREFUSED|SERVER_ERROR|ENOTFOUND/i.test(error instanceof Error ? error.message : "")) {
    return new KinError(`The store does not answer at ${url.replace(/\/\/[^@/]*@/, "//")}.`, {
      code: "store_unreachable",
      hint: "Check KIN_DATABASE_URL and KIN_DATABASE_TOKEN, and that the libSQL server is up.",
      retryable: true,
      cause: error,
    });
  }
  return error;
};
