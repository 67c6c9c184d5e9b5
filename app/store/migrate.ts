// Brings a database to the present schema: numbered SQL files, each applied once.
import { readdirSync, readFileSync } from "node:fs";
import type { Database } from "./sql.ts";

/**
 * Applies what is missing, in order; writes nothing if nothing is missing. Processes may race: the row in
 * `schema_migrations` is written in the same transaction as the migration, so the loser fails as a whole and looks
 * again.
 */
export const migrate = async (database: Database): Promise<void> => {
  const applied = await appliedTo(database);
  for (const { name, statements } of migrations()) {
    if (applied.has(name)) continue;
    const mark = { sql: "INSERT INTO schema_migrations VALUES (?, datetime('now'))", args: [name] };
    await database.write([LEDGER, mark, ...statements]).catch(async error => {
      if (!(await appliedTo(database)).has(name)) throw error;
    });
  }
};

const LEDGER =
  "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)";

const appliedTo = async (database: Database): Promise<ReadonlySet<string>> => {
  const ledger = await database.first("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'");
  if (ledger === null) return new Set();
  return new Set((await database.all("SELECT name FROM schema_migrations")).map(row => String(row.name)));
};

const MIGRATIONS = new URL("./migrations/", import.meta.url);

/** Ordered by number. */
export const migrations = (): readonly { readonly name: string; readonly statements: readonly string[] }[] =>
  readdirSync(MIGRATIONS)
    .filter(name => name.endsWith(".sql"))
    .sort()
    .map(name => ({ name, statements: statementsOf(readFileSync(new URL(name, MIGRATIONS), "utf8")) }));

/** Migrations contain neither semicolons nor double hyphens inside strings. */
const statementsOf = (sql: string): readonly string[] =>
  sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map(statement => statement.trim())
    .filter(statement => statement !== "");
