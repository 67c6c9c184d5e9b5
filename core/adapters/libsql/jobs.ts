// Jobs: inbox, outbox, keys that are used once, and paces. `lease` is also the token of whoever took the job:
// a worker whose lease ran out and was taken over can no longer finish or put off what the other one does.
import type { InStatement } from "@libsql/client";
import { JobRecord, TakenJob } from "../../model/record.ts";
import type { NewJob, Store } from "../../ports.ts";
import { ALWAYS, didAny, type Guard, parseOne, taskPatch } from "./rows.ts";
import type { Database } from "./sql.ts";

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
  | "useOnce"
  | "pace"
  | "freeJobs"
>;

export const jobs = (db: Database): Jobs => ({
  ask: async list => {
    if (list.length > 0) await db.write(list.map(askFor));
  },
  askAgain: async (list, change) => {
    const changed = change === undefined ? [] : [taskPatch(change.task_id, change.task, { at: change.at })];
    const statements = [...changed, ...list.map(job => askForAgain(job))];
    if (statements.length > 0) await db.write(statements);
  },
  takeJob: async (now, { lease_ms, except = [] }) => {
    const others = othersThan(except);
    const [rows] = await db.write([
      { sql: take(others.sql), args: [now + lease_ms, now, now, ...others.args] },
    ]);
    return parseOne(rows?.[0], TakenJob);
  },
  finishJob: async (job, { now, result, again = null }) => {
    const args = [job.revision, again, now, toJson(result), job.key, job.lease];
    await db.write([{ sql: FINISH, args }]);
  },
  retryJob: async (job, { due_at, error }) => {
    await db.write([
      {
        sql: "UPDATE jobs SET lease = NULL, due_at = ?, error = ? WHERE key = ? AND lease IS ?",
        args: [due_at, error, job.key, job.lease],
      },
    ]);
  },
  renewJob: async (job, lease) => {
    const [rows] = await db.write([
      {
        sql: "UPDATE jobs SET lease = ? WHERE key = ? AND lease IS ? RETURNING key",
        args: [lease, job.key, job.lease],
      },
    ]);
    return didAny(rows);
  },
  job: async key => parseOne(await db.first("SELECT * FROM jobs WHERE key = ?", [key]), JobRecord),
  nextDue: async ({ except = [] } = {}) => {
    const others = othersThan(except);
    const row = await db.first(`${NEXT_DUE} AND ${others.sql}`, others.args);
    return (row?.due ?? null) as number | null;
  },
  useOnce: async (key, { kind, now, result }) => {
    const [rows] = await db.write([
      {
        sql: "INSERT INTO jobs (key, kind, done_at, result) VALUES (?, ?, ?, ?) ON CONFLICT(key) DO NOTHING RETURNING key",
        args: [key, kind, now, toJson(result)],
      },
    ]);
    return didAny(rows);
  },
  pace: async (key, { now, gap_ms }) => {
    const [rows] = await db.write([
      {
        sql: `INSERT INTO jobs (key, kind, due_at, done_at) VALUES (?, 'pace', ?, 0)
              ON CONFLICT(key) DO UPDATE SET due_at = MAX(due_at + ?, excluded.due_at) RETURNING due_at`,
        args: [`pace:${key}`, now, gap_ms],
      },
    ]);
    return Number(rows?.[0]?.due_at ?? now);
  },
  freeJobs: async () => {
    await db.write(["UPDATE jobs SET lease = NULL WHERE lease IS NOT NULL AND done_at IS NULL"]);
  },
});

/** Due again, and asked for once more where it is being worked on; only under the guard. */
export const askForAgain = (job: NewJob, guard: Guard = ALWAYS): InStatement => ({
  sql: `INSERT INTO jobs (key, kind, data, due_at) SELECT ?, ?, ?, ? WHERE ${guard.sql}
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, revision = revision + 1, error = NULL,
          due_at = CASE WHEN done_at IS NULL THEN MIN(due_at, excluded.due_at) ELSE excluded.due_at END, done_at = NULL`,
  args: [...valuesOf(job), ...guard.args],
});

const askFor = (job: NewJob): InStatement => ({
  sql: "INSERT INTO jobs (key, kind, data, due_at) VALUES (?, ?, ?, ?) ON CONFLICT(key) DO NOTHING",
  args: valuesOf(job),
});

/** A job without `due_at` is due before all that have one: 0 is now by every clock. */
const valuesOf = (job: NewJob): [string, string, string, number] => [
  job.key,
  job.kind,
  JSON.stringify(job.data ?? {}),
  job.due_at ?? 0,
];

/** Of the repository that the data names, be it by itself, by a task or by a pipeline. */
const PROJECT = `COALESCE(json_extract(data, '$.repository.id'),
  (SELECT project_id FROM tasks WHERE tasks.id = json_extract(data, '$.task_id')),
  (SELECT project_id FROM pipelines JOIN tasks ON tasks.id = task_id WHERE pipelines.id = json_extract(data, '$.pipeline')),
  CASE kind WHEN 'look' THEN json_extract(data, '$.id') END)`;
const INSTALLATION = `(SELECT installation_id FROM projects WHERE projects.id = ${PROJECT})`;

const othersThan = (except: readonly number[]): Guard =>
  except.length === 0
    ? ALWAYS
    : { sql: `COALESCE(${INSTALLATION} NOT IN (${except.map(() => "?").join()}), TRUE)`, args: except };

/** The longest due first; those due at the same time in the order in which they were first asked for. */
const take = (others: string) => `UPDATE jobs SET lease = ?, attempts = attempts + 1
   WHERE key = (SELECT key FROM jobs WHERE done_at IS NULL AND due_at <= ? AND (lease IS NULL OR lease < ?) AND ${others}
                 ORDER BY due_at, rowid LIMIT 1)
RETURNING *, ${INSTALLATION} AS installation_id`;

/** Whoever asked meanwhile is not put off by the time at which the work itself wanted to look again. */
const FINISH = `UPDATE jobs SET lease = NULL, error = NULL, attempts = 0,
       done_at = CASE WHEN revision = ?1 AND ?2 IS NULL THEN ?3 END,
       due_at = CASE WHEN revision = ?1 THEN COALESCE(?2, due_at) ELSE due_at END,
       result = ?4 WHERE key = ?5 AND lease IS ?6`;

const NEXT_DUE = "SELECT MIN(MAX(due_at, COALESCE(lease, 0))) AS due FROM jobs WHERE done_at IS NULL";

const toJson = (result: unknown): string | null => (result === undefined ? null : JSON.stringify(result));
