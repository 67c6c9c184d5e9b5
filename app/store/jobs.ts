// Jobs: inbox and outbox, and in the same table marks and paces. `lease` is also the token of whoever took the job: a
// worker whose lease ran out and was taken over can no longer finish or postpone the job. Installations take turns:
// `served` records when each had its last one.
import type { InStatement } from "@libsql/client";
import * as z from "zod";
import { Job } from "../../core/model/job.ts";
import { jsonIn } from "../../core/model/json.ts";
import type { NewJob } from "../../core/model/new-job.ts";
import type { Store } from "./port.ts";
import { ALWAYS, didAny, type Guard, parseOne, run } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

type Jobs = Pick<
  Store,
  | "ask"
  | "askAgain"
  | "takeJob"
  | "finishJob"
  | "retryJob"
  | "renewJob"
  | "job"
  | "nextDue"
  | "markOnce"
  | "marked"
  | "pace"
  | "freeJobs"
>;

export const jobs = (db: Database): Jobs => ({
  ask: async list => {
    if (list.length > 0) await db.write(list.map(askFor));
  },
  askAgain: async list => {
    if (list.length > 0) await db.write(list.map(job => askForAgain(job)));
  },
  takeJob: async (now, { lease_ms, except = [] }) => {
    const [, rows] = await db.write([
      { sql: serve(placesFor(except, 2)), args: [now, ...except] },
      { sql: take(placesFor(except, 3)), args: [now, now + lease_ms, ...except] },
    ]);
    return jobIn(rows?.[0]);
  },
  finishJob: async (job, { now, left, failed, again = null }) => {
    const result = failed === undefined ? left : { failed };
    const args = [job.revision, again, now, toJson(result), job.key, job.lease];
    await run(db, { sql: FINISH, args });
  },
  retryJob: async (job, { due_at, error }) => {
    await run(db, { sql: RETRY, args: [due_at, error, job.key, job.lease] });
  },
  renewJob: async (job, lease) => didAny(await run(db, { sql: RENEW, args: [lease, job.key, job.lease] })),
  job: async key => jobIn(await db.first("SELECT * FROM jobs WHERE key = ?", [key])),
  nextDue: async ({ except = [] } = {}) => {
    const row = await db.first(`${NEXT_DUE} AND installation_id NOT IN (${placesFor(except, 1)})`, except);
    return (row?.due ?? null) as number | null;
  },
  markOnce: async ({ key, kind }, { now, result }) =>
    didAny(await run(db, { sql: MARK, args: [key, kind, now, toJson(result)] })),
  marked: async ({ key, result }) =>
    parseOne(await db.first(MARKED, [key]), z.object({ at: z.number(), result: column(result) })),
  pace: async (key, { now, gap_ms }) => {
    const [row] = await run(db, { sql: PACE, args: [`pace:${key}`, now, gap_ms] });
    return Number(row?.due_at ?? now);
  },
  freeJobs: async () => {
    await run(db, "UPDATE jobs SET lease = NULL WHERE lease IS NOT NULL AND done_at IS NULL");
  },
});

const RETRY = "UPDATE jobs SET lease = NULL, due_at = ?, error = ? WHERE key = ? AND lease IS ?";
const RENEW = "UPDATE jobs SET lease = ? WHERE key = ? AND lease IS ? RETURNING key";
const MARK =
  "INSERT INTO jobs (key, kind, done_at, result) VALUES (?, ?, ?, ?) ON CONFLICT(key) DO NOTHING RETURNING key";
const MARKED = "SELECT key, COALESCE(done_at, 0) AS at, result FROM jobs WHERE key = ?";
const PACE = `INSERT INTO jobs (key, kind, due_at, done_at) VALUES (?, 'pace', ?, 0)
  ON CONFLICT(key) DO UPDATE SET due_at = MAX(due_at + ?, excluded.due_at) RETURNING due_at`;

/** Due again, and once more if it is being worked on now; only under the guard. */
export const askForAgain = (job: NewJob, guard: Guard = ALWAYS): InStatement => ({
  sql: `${INSERT} WHERE ${guard.sql}
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, revision = revision + 1, error = NULL,
          installation_id = excluded.installation_id,
          rank = CASE WHEN done_at IS NULL THEN MIN(rank, excluded.rank) ELSE excluded.rank END,
          due_at = CASE WHEN done_at IS NULL THEN MIN(due_at, excluded.due_at) ELSE excluded.due_at END, done_at = NULL`,
  args: [...valuesOf(job), ...guard.args],
});

const askFor = (job: NewJob): InStatement => ({
  sql: `${INSERT} WHERE TRUE ON CONFLICT(key) DO NOTHING`,
  args: valuesOf(job),
});

/** A job without `due_at` comes before all that have one: by every clock, 0 is past. */
const valuesOf = (job: NewJob): [string, string, string, number, number] => [
  job.key,
  job.kind,
  JSON.stringify(job.data),
  job.due_at ?? 0,
  RANKS[job.rank ?? "usual"],
];

const RANKS = { first: 0, usual: 1, last: 2 } as const satisfies Record<NonNullable<NewJob["rank"]>, number>;

/** The repository that the data names, directly or through a task or pipeline. */
const PROJECT = `COALESCE(json_extract(data, '$.repository.id'),
  (SELECT project_id FROM tasks WHERE tasks.id = json_extract(data, '$.task_id')),
  (SELECT project_id FROM pipelines JOIN tasks ON tasks.id = task_id WHERE pipelines.id = json_extract(data, '$.pipeline')))`;

/**
 * The installation that the data names, directly or through its repository; otherwise 0, which takes turns like any
 * other.
 */
const INSTALLATION = `COALESCE(json_extract(data, '$.installation'), json_extract(data, '$.installation_id'),
  (SELECT installation_id FROM projects WHERE projects.id = ${PROJECT}), 0)`;

const INSERT = `INSERT INTO jobs (key, kind, data, due_at, rank, installation_id)
  SELECT key, kind, data, due_at, rank, ${INSTALLATION}
    FROM (SELECT ? AS key, ? AS kind, ? AS data, ? AS due_at, ? AS rank)`;

const placesFor = (list: readonly number[], first: number): string =>
  list.map((_, at) => `?${first + at}`).join();

const CAN_BE_TAKEN = "done_at IS NULL AND due_at <= ?1 AND (lease IS NULL OR lease < ?1)";

/** Those with anything to do, each found in one index step however much it has to do. */
const ASKING = `WITH RECURSIVE asking(id) AS (
    SELECT MIN(installation_id) FROM jobs WHERE done_at IS NULL
     UNION ALL
    SELECT (SELECT MIN(installation_id) FROM jobs WHERE done_at IS NULL AND installation_id > asking.id)
      FROM asking WHERE asking.id IS NOT NULL)`;

/** Of the installations that have a job to take, the one whose last turn is longest ago. */
// guard: installations-take-turns
const serve = (except: string) => `INSERT INTO served (installation_id, nth)
  SELECT id, (SELECT COALESCE(MAX(nth), 0) + 1 FROM served) FROM (
    ${ASKING}
    SELECT asking.id AS id, MIN(COALESCE((SELECT nth FROM served WHERE served.installation_id = asking.id), 0))
      FROM asking
     WHERE asking.id NOT IN (${except})
       AND EXISTS (SELECT 1 FROM jobs WHERE installation_id = asking.id AND rank IN (0, 1, 2) AND ${CAN_BE_TAKEN}))
   WHERE id IS NOT NULL
      ON CONFLICT(installation_id) DO UPDATE SET nth = excluded.nth`;

/** Within a rank the longest due; those due at the same time in the order in which they were first requested. */
const firstOf = (rank: number, except: string) => `(SELECT key FROM jobs
   WHERE installation_id = (SELECT installation_id FROM served ORDER BY nth DESC LIMIT 1)
     AND installation_id NOT IN (${except}) AND rank = ${rank} AND ${CAN_BE_TAKEN} ORDER BY due_at, rowid LIMIT 1)`;

/** From the installation that has the turn. If nobody got it, the last one has nothing to take, or is excepted. */
const take = (except: string) => `UPDATE jobs SET lease = ?2, attempts = attempts + 1
   WHERE key = COALESCE(${Object.values(RANKS)
     .map(rank => firstOf(rank, except))
     .join()})
RETURNING *`;

/** If somebody asked again meanwhile, the work's own wish to look again later does not delay that. */
const FINISH = `UPDATE jobs SET lease = NULL, error = NULL, attempts = 0,
       done_at = CASE WHEN revision = ?1 AND ?2 IS NULL THEN ?3 END,
       due_at = CASE WHEN revision = ?1 THEN COALESCE(?2, due_at) ELSE due_at END,
       result = ?4 WHERE key = ?5 AND lease IS ?6`;

const NEXT_DUE = "SELECT MIN(MAX(due_at, COALESCE(lease, 0))) AS due FROM jobs WHERE done_at IS NULL";

const toJson = (result: unknown): string | null => (result === undefined ? null : JSON.stringify(result));

const jobIn = (row: Row | null | undefined): Job | null =>
  parseOne(row && { ...row, left: row.result ?? null }, Job);

/** An empty column means null. */
const column = <R>(result: z.ZodType<R>) =>
  z
    .string()
    .nullable()
    .transform(text => (text === null ? null : jsonIn(text)))
    .pipe(result);
