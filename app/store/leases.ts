// Leases: which run may write a pipeline's journal, and until when. Each is one compare-and-set statement.
import type { Store } from "./port.ts";
import { didAny, run } from "./rows.ts";
import type { Database } from "./sql.ts";

export const leases = (db: Database): Pick<Store, "lease" | "renew" | "release" | "extendLeases"> => ({
  lease: async (id, { hash, until, deadline, now, run_id, run_attempt }) => {
    const args = [hash, until, deadline, run_id, run_attempt, id, now];
    return didAny(await run(db, { sql: LEASE, args }));
  },
  renew: async (id, { hash, until, now }) =>
    didAny(await run(db, { sql: RENEW, args: [until, id, hash, now, now] })),
  release: async (id, hash) => {
    await run(db, { sql: RELEASE, args: [id, hash] });
  },
  extendLeases: async ({ until }) => {
    await run(db, { sql: EXTEND, args: [until] });
  },
});

const LEASE = `UPDATE pipelines SET lease_hash = ?, lease_until = ?, lease_deadline = ?, run_id = ?, run_attempt = ?, state = 'running'
  WHERE id = ? AND state <> 'finished' AND (lease_until IS NULL OR lease_until < ?) RETURNING id`;
const RENEW =
  "UPDATE pipelines SET lease_until = ? WHERE id = ? AND lease_hash = ? AND lease_until >= ? AND lease_deadline >= ? RETURNING id";
const RELEASE = "UPDATE pipelines SET lease_hash = NULL, lease_until = NULL WHERE id = ? AND lease_hash = ?";

/** `state <> 'finished'` is repeated so that the index of open pipelines is used. */
const EXTEND = `UPDATE pipelines SET lease_until = MAX(lease_until, ?)
  WHERE lease_until IS NOT NULL AND state = 'running' AND state <> 'finished'`;
