// Looks at a store without changing it: which migrations it has, and which it lacks.
import { existsSync } from "node:fs";
import { createClient } from "@libsql/client";
import { fileOf } from "../app/store/database.ts";
import { faultOf } from "../app/store/fault.ts";
import { migrations } from "../app/store/migrate.ts";

export interface StoreAddress {
  readonly url: string;
  readonly token?: string | undefined;
}

export interface StoreState {
  readonly applied: readonly string[];
  readonly missing: readonly string[];
  /** Applied by a later Kin. */
  readonly unknown: readonly string[];
}

const ANSWER_MS = 10_000;

/** A store that does not exist yet lacks everything. If a store does not respond, throws what `faultOf` makes of it. */
export const readStoreState = async (address: StoreAddress): Promise<StoreState> => {
  const applied = await appliedTo(address);
  const known = migrations().map(({ name }) => name);
  return {
    applied: applied.filter(name => known.includes(name)),
    missing: known.filter(name => !applied.includes(name)),
    unknown: applied.filter(name => !known.includes(name)),
  };
};

const appliedTo = async ({ url, token }: StoreAddress): Promise<readonly string[]> => {
  const file = fileOf(url);
  if (file !== null && !existsSync(file)) return [];
  try {
    const client = createClient({
      url,
      ...(token === undefined ? {} : { authToken: token }),
      ...(file === null
        ? { fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(ANSWER_MS) }) }
        : { timeout: 1_000, concurrency: 1 }),
    });
    try {
      const ledger = await client.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'");
      if (ledger.rows.length === 0) return [];
      const { rows } = await client.execute("SELECT name FROM schema_migrations ORDER BY name");
      return rows.map(row => String(row.name));
    } finally {
      client.close();
    }
  } catch (error) {
    throw faultOf(error, url);
  }
};
