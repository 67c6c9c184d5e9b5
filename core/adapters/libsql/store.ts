// The store over a libSQL database. All SQL of the running system is here and in the migrations; every value
// goes in as a parameter.
import type { InStatement, InValue } from "@libsql/client";
import { EventData, type JournalEvent } from "../../model/event.ts";
import { JobRecord, PipelineRecord, ProjectRecord, ReturnRow, TaskRecord } from "../../model/record.ts";
import type { Append, NewJob, NewReturn, Store } from "../../ports.ts";
import type { Database, Row } from "./database.ts";

export const createStore = (database: Database): Store => ({
  ...jobs(database),
  ...projects(database),
  ...tasks(database),
  ...pipelines(database),
  ...leases(database),
  ...returns(database),
  query: sql => database.all(sql),
  close: database.close,
});

// ---------------------------------------------------------------- jobs

const jobs = (db: Database) => ({
  ask: async (list: readonly NewJob[]) => {
    if (list.length > 0) await db.write(list.map(askFor));
  },
  askAgain: async (list: readonly NewJob[]) => {
    if (list.length > 0) await db.write(list.map(job => askForAgain(job)));
  },
  takeJob: async (now: number, { lease_ms }: { readonly lease_ms: number }) => {
    const [rows] = await db.write([
      {
        sql: `UPDATE jobs SET lease = ?, attempts = attempts + 1
               WHERE key = (SELECT key FROM jobs WHERE done_at IS NULL AND due_at <= ? AND (lease IS NULL OR lease < ?)
                             ORDER BY due_at, key LIMIT 1)
           RETURNING *`,
        args: [now + lease_ms, now, now],
      },
    ]);
    return parseFirst(rows, JobRecord);
  },
  finishJob: async (job: JobRecord, { now, result }: { readonly now: number; readonly result?: unknown }) => {
    await db.write([
      {
        sql: `UPDATE jobs SET lease = NULL, error = NULL, done_at = CASE WHEN revision = ? THEN ? END,
                     result = ?, attempts = 0 WHERE key = ?`,
        args: [job.revision, now, result === undefined ? null : JSON.stringify(result), job.key],
      },
    ]);
  },
  retryJob: async (
    job: JobRecord,
    { due_at, error }: { readonly due_at: number; readonly error: string },
  ) => {
    await db.write([
      {
        sql: "UPDATE jobs SET lease = NULL, due_at = ?, error = ? WHERE key = ?",
        args: [due_at, error, job.key],
      },
    ]);
  },
  job: async (key: string) => parseOne(await db.first("SELECT * FROM jobs WHERE key = ?", [key]), JobRecord),
  nextDue: async () => {
    const row = await db.first(
      "SELECT MIN(MAX(due_at, COALESCE(lease, 0))) AS due FROM jobs WHERE done_at IS NULL",
    );
    return (row?.due ?? null) as number | null;
  },
  useOnce: async (
    key: string,
    { kind, now, result }: { readonly kind: string; readonly now: number; readonly result?: unknown },
  ) => {
    const [rows] = await db.write([
      {
        sql: "INSERT INTO jobs (key, kind, done_at, result) VALUES (?, ?, ?, ?) ON CONFLICT(key) DO NOTHING RETURNING key",
        args: [key, kind, now, result === undefined ? null : JSON.stringify(result)],
      },
    ]);
    return (rows?.length ?? 0) > 0;
  },
  pace: async (key: string, { now, gap_ms }: { readonly now: number; readonly gap_ms: number }) => {
    const [rows] = await db.write([
      {
        sql: `INSERT INTO jobs (key, kind, due_at, done_at) VALUES (?, 'pace', ?, 0)
              ON CONFLICT(key) DO UPDATE SET due_at = MAX(due_at + ?, excluded.due_at) RETURNING due_at`,
        args: [`pace:${key}`, now, gap_ms],
      },
    ]);
    return Number(rows?.[0]?.due_at ?? now);
  },
});

const askFor = (job: NewJob): InStatement => ({
  sql: "INSERT INTO jobs (key, kind, data, due_at) VALUES (?, ?, ?, ?) ON CONFLICT(key) DO NOTHING",
  args: [job.key, job.kind, JSON.stringify(job.data ?? {}), job.due_at ?? 0],
});

const askForAgain = (job: NewJob, guard: Guard = ALWAYS): InStatement => ({
  sql: `INSERT INTO jobs (key, kind, data, due_at) SELECT ?, ?, ?, ? WHERE ${guard.sql}
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, revision = revision + 1, error = NULL,
          due_at = CASE WHEN done_at IS NULL THEN MIN(due_at, excluded.due_at) ELSE excluded.due_at END, done_at = NULL`,
  args: [job.key, job.kind, JSON.stringify(job.data ?? {}), job.due_at ?? 0, ...guard.args],
});

// ---------------------------------------------------------------- projects and tasks

const projects = (db: Database) => ({
  saveProject: async (p: ProjectRecord, at: number) => {
    await db.write([
      {
        sql: `INSERT INTO projects (id, owner, name, owner_id, default_branch, installation_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT(id) DO UPDATE SET owner = excluded.owner, name = excluded.name, owner_id = excluded.owner_id,
                default_branch = excluded.default_branch, installation_id = excluded.installation_id`,
        args: [p.id, p.owner, p.name, p.owner_id, p.default_branch, p.installation_id, iso(at)],
      },
    ]);
  },
  project: async (id: number) =>
    parseOne(await db.first("SELECT * FROM projects WHERE id = ?", [id]), ProjectRecord),
  projects: async () =>
    (await db.all("SELECT * FROM projects ORDER BY id")).map(row => ProjectRecord.parse(row)),
});

const tasks = (db: Database) => ({
  saveTask: async (t: Parameters<Store["saveTask"]>[0], at: number) => {
    const [rows] = await db.write([
      {
        sql: `INSERT INTO tasks (project_id, issue, title, url, asked_by, asked_by_id, trigger_id, created_at, updated_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT(project_id, issue) DO UPDATE SET title = excluded.title, url = excluded.url, asked_by = excluded.asked_by,
                asked_by_id = excluded.asked_by_id, trigger_id = COALESCE(excluded.trigger_id, trigger_id), updated_at = excluded.updated_at
              RETURNING *`,
        args: [
          t.project_id,
          t.issue,
          t.title,
          t.url,
          t.asked_by,
          t.asked_by_id,
          t.trigger_id,
          iso(at),
          iso(at),
        ],
      },
    ]);
    return TaskRecord.parse(rows?.[0]);
  },
  task: async (id: number) => parseOne(await db.first("SELECT * FROM tasks WHERE id = ?", [id]), TaskRecord),
  findTask: async (by: Parameters<Store["findTask"]>[0]) => {
    const [column, value] =
      by.issue !== undefined
        ? ["issue", by.issue]
        : by.pr_number !== undefined
          ? ["pr_number", by.pr_number]
          : ["branch", by.branch ?? ""];
    return parseOne(
      await db.first(`SELECT * FROM tasks WHERE project_id = ? AND ${column} = ?`, [by.project_id, value]),
      TaskRecord,
    );
  },
  tasks: async ({ limit }: { readonly limit: number }) =>
    (await db.all("SELECT * FROM tasks ORDER BY updated_at DESC, id DESC LIMIT ?", [limit])).map(row =>
      TaskRecord.parse(row),
    ),
  updateTask: async (id: number, patch: Partial<TaskRecord>, at: number) => {
    await db.write([taskPatch(id, patch, { at })]);
  },
  spent: async (task: TaskRecord, now: number) => {
    const row = await db.first(
      `SELECT (SELECT COALESCE(SUM(usd), 0) FROM pipelines WHERE task_id = ?) AS task_usd,
              (SELECT COALESCE(SUM(p.usd), 0) FROM pipelines p JOIN tasks t ON t.id = p.task_id
                WHERE t.project_id = ? AND p.created_at >= ?) AS day_usd`,
      [task.id, task.project_id, `${iso(now).slice(0, 10)}T00:00:00.000Z`],
    );
    return { task_usd: Number(row?.task_usd ?? 0), day_usd: Number(row?.day_usd ?? 0) };
  },
});

const taskPatch = (
  id: number,
  patch: Partial<TaskRecord>,
  { at, guard = ALWAYS }: { readonly at: number; readonly guard?: Guard },
): InStatement => patchOf("tasks", TASK_COLUMNS, { id, patch: { ...patch, updated_at: iso(at) }, guard });

// ---------------------------------------------------------------- pipelines and journals

const pipelines = (db: Database) => ({
  openPipeline: async ({ task_id, opening, task, jobs: list, at }: Parameters<Store["openPipeline"]>[0]) => {
    const id = opening.pipeline;
    const data: EventData = { kind: "opened", opening };
    const [rows] = await db.write([
      {
        sql: `INSERT INTO pipelines (id, task_id, number, pipeline_type, seq, created_at) VALUES (?, ?, ?, ?, 1, ?)
              ON CONFLICT DO NOTHING RETURNING id`,
        args: [id, task_id, opening.number, opening.type, iso(at)],
      },
      {
        sql: "INSERT INTO events (pipeline_id, seq, kind, data, at) VALUES (?, 1, 'opened', ?, ?) ON CONFLICT DO NOTHING",
        args: [id, JSON.stringify(data), iso(at)],
      },
      taskPatch(task_id, task, { at }),
      ...list.map(job => askForAgain(job)),
    ]);
    return (rows?.length ?? 0) > 0;
  },
  pipeline: async (id: string) =>
    parseOne(await db.first("SELECT * FROM pipelines WHERE id = ?", [id]), PipelineRecord),
  pipelines: async (task_id: number) =>
    (await db.all("SELECT * FROM pipelines WHERE task_id = ? ORDER BY number", [task_id])).map(row =>
      PipelineRecord.parse(row),
    ),
  openPipelines: async () =>
    (await db.all("SELECT * FROM pipelines WHERE state <> 'finished' ORDER BY created_at, id")).map(row =>
      PipelineRecord.parse(row),
    ),
  updatePipeline: async (id: string, patch: Partial<PipelineRecord>) => {
    await db.write([patchOf("pipelines", PIPELINE_COLUMNS, { id, patch })]);
  },
  journal: async (id: string) =>
    (await db.all("SELECT seq, at, data FROM events WHERE pipeline_id = ? ORDER BY seq", [id])).map(toEvent),
  append: async (append: Append) => {
    const { pipeline, after, events, at } = append;
    const last = after + events.length;
    const guard = guardOf(append);
    const journal = events.map((data, i): JournalEvent => ({ seq: after + 1 + i, at: iso(at), data }));
    const [first] = await db.write([
      ...journal.map(event => insertEvent(append, event)),
      ...(append.returned === null ? [] : returnStatements(append.returned, at, guard)),
      ...(Object.keys(append.task).length === 0
        ? []
        : [taskPatch(append.task_id, append.task, { at, guard })]),
      ...append.jobs.map(job => askForAgain(job, guard)),
      patchOf("pipelines", PIPELINE_COLUMNS, { id: pipeline, patch: { ...append.row, seq: last }, guard }),
    ]);
    if (events.length === 0 || (first?.length ?? 0) > 0) return journal;
    return sentBefore(db, append, journal);
  },
});

/** A condition under which a statement of a batch does anything. */
interface Guard {
  readonly sql: string;
  readonly args: readonly InValue[];
}

const ALWAYS: Guard = { sql: "TRUE", args: [] };

/** Seq and lease are the caller's. */
const guardOf = ({ pipeline, after, lease, at }: Append): Guard =>
  lease === null
    ? {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND (lease_until IS NULL OR lease_until < ?))",
        args: [pipeline, after, at],
      }
    : {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND lease_hash = ? AND lease_until >= ?)",
        args: [pipeline, after, lease, at],
      };

const insertEvent = (append: Append, event: JournalEvent): InStatement => {
  const guard = guardOf(append);
  return {
    sql: `INSERT INTO events (pipeline_id, seq, kind, data, at) SELECT ?, ?, ?, ?, ? WHERE ${guard.sql} RETURNING seq`,
    args: [append.pipeline, event.seq, event.data.kind, JSON.stringify(event.data), event.at, ...guard.args],
  };
};

/** The answer to an append was lost and it came again: the same events stand there already. */
const sentBefore = async (
  db: Database,
  { pipeline, after, lease }: Append,
  journal: readonly JournalEvent[],
) => {
  const row = await db.first("SELECT lease_hash FROM pipelines WHERE id = ?", [pipeline]);
  if (lease !== null && row?.lease_hash !== lease) return null;
  const rows = await db.all(
    "SELECT seq, at, data FROM events WHERE pipeline_id = ? AND seq > ? AND seq <= ? ORDER BY seq",
    [pipeline, after, after + journal.length],
  );
  const same =
    rows.length === journal.length &&
    rows.every((stored, i) => stored.data === JSON.stringify(journal[i]?.data));
  return same ? rows.map(toEvent) : null;
};

const toEvent = (row: Row): JournalEvent => ({
  seq: Number(row.seq),
  at: String(row.at),
  data: EventData.parse(JSON.parse(String(row.data))),
});

// ---------------------------------------------------------------- leases

const leases = (db: Database) => ({
  lease: async (id: string, o: Parameters<Store["lease"]>[1]) => {
    const [rows] = await db.write([
      {
        sql: `UPDATE pipelines SET lease_hash = ?, lease_until = ?, lease_deadline = ?, run_id = ?, run_attempt = ?, state = 'running'
               WHERE id = ? AND state <> 'finished' AND (lease_until IS NULL OR lease_until < ?) RETURNING id`,
        args: [o.hash, o.until, o.deadline, o.run_id, o.run_attempt, id, o.now],
      },
    ]);
    return (rows?.length ?? 0) > 0;
  },
  renew: async (
    id: string,
    { hash, until, now }: { readonly hash: string; readonly until: number; readonly now: number },
  ) => {
    const [rows] = await db.write([
      {
        sql: "UPDATE pipelines SET lease_until = ? WHERE id = ? AND lease_hash = ? AND lease_until >= ? AND lease_deadline >= ? RETURNING id",
        args: [until, id, hash, now, now],
      },
    ]);
    return (rows?.length ?? 0) > 0;
  },
  release: async (id: string, hash: string) => {
    await db.write([
      {
        sql: "UPDATE pipelines SET lease_hash = NULL, lease_until = NULL WHERE id = ? AND lease_hash = ?",
        args: [id, hash],
      },
    ]);
  },
  extendLeases: async ({ until }: { readonly until: number }) => {
    await db.write([
      {
        sql: "UPDATE pipelines SET lease_until = MAX(lease_until, ?) WHERE lease_until IS NOT NULL AND state = 'running'",
        args: [until],
      },
    ]);
  },
  freeJobs: async () => {
    await db.write(["UPDATE jobs SET lease = NULL WHERE lease IS NOT NULL"]);
  },
});

// ---------------------------------------------------------------- returns and messages

const returns = (db: Database) => ({
  recordReturn: async (row: NewReturn, at: number) => {
    const [rows] = await db.write(returnStatements(row, at));
    return parseFirst(rows, ReturnRow);
  },
  returns: async (task_id: number, limit: number) =>
    (
      await db.all(
        "SELECT * FROM (SELECT * FROM task_returns WHERE task_id = ? ORDER BY return_number DESC LIMIT ?) ORDER BY return_number",
        [task_id, limit],
      )
    ).map(row => ReturnRow.parse(row)),
  say: async (m: Parameters<Store["say"]>[0], at: number) => {
    await db.write([
      {
        sql: "INSERT INTO messages (pipeline_id, kind, said_by, text, source, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(source) DO NOTHING",
        args: [m.pipeline_id, m.kind, m.by, m.text, m.source, iso(at)],
      },
    ]);
  },
  messages: async (pipeline_id: string) =>
    (
      await db.all(
        `SELECT id, kind, said_by, text FROM messages m WHERE pipeline_id = ? AND NOT EXISTS
           (SELECT 1 FROM events e WHERE e.pipeline_id = m.pipeline_id AND e.kind = 'stop_asked' AND json_extract(e.data, '$.message') = m.id)
         ORDER BY id`,
        [pipeline_id],
      )
    ).map(row => ({
      id: Number(row.id),
      kind: "stop" as const,
      by: String(row.said_by),
      text: String(row.text),
    })),
});

/** One autocommit statement numbers the return; the count follows in the same batch (requirements D3, X9). */
const returnStatements = (row: NewReturn, at: number, guard: Guard = ALWAYS): readonly InStatement[] => [
  {
    sql: `INSERT INTO task_returns (task_id, return_number, reason_category, reason_text, returned_by, pipeline_id, returned_at, source, actor, pr_number, findings)
          SELECT ?, COALESCE((SELECT MAX(return_number) FROM task_returns WHERE task_id = ?), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?
           WHERE ${guard.sql}
          ON CONFLICT(source) DO NOTHING RETURNING *`,
    args: [
      row.task_id,
      row.task_id,
      row.reason_category,
      row.reason_text,
      row.returned_by,
      row.pipeline_id,
      iso(at),
      row.source,
      row.actor,
      row.pr_number,
      JSON.stringify(row.findings),
      ...guard.args,
    ],
  },
  {
    sql: "UPDATE tasks SET return_count = (SELECT COUNT(*) FROM task_returns WHERE task_id = ?) WHERE id = ?",
    args: [row.task_id, row.task_id],
  },
];

// ---------------------------------------------------------------- rows

const TASK_COLUMNS: ReadonlySet<string> = new Set(
  Object.keys(TaskRecord.shape).filter(column => column !== "id"),
);
const PIPELINE_COLUMNS: ReadonlySet<string> = new Set(
  Object.keys(PipelineRecord.shape).filter(column => column !== "id"),
);

const patchOf = (
  table: "tasks" | "pipelines",
  columns: ReadonlySet<string>,
  {
    id,
    patch,
    guard = ALWAYS,
  }: {
    readonly id: number | string;
    readonly patch: Readonly<Record<string, unknown>>;
    readonly guard?: Guard;
  },
): InStatement => {
  const entries = Object.entries(patch).filter(([column]) => columns.has(column));
  return {
    sql: `UPDATE ${table} SET ${entries.map(([column]) => `${column} = ?`).join(", ")} WHERE id = ? AND ${guard.sql}`,
    args: [...entries.map(([, value]) => toValue(value)), id, ...guard.args],
  };
};

const toValue = (value: unknown): InValue =>
  value !== null && typeof value === "object" ? JSON.stringify(value) : (value as InValue);

const parseOne = <T>(row: Row | null, schema: { parse: (value: unknown) => T }): T | null =>
  row === null ? null : schema.parse(row);
const parseFirst = <T>(
  rows: readonly Row[] | undefined,
  schema: { parse: (value: unknown) => T },
): T | null => parseOne(rows?.[0] ?? null, schema);

const iso = (at: number): string => new Date(at).toISOString();
