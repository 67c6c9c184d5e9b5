// How a database comes to its tables, and what every migration must keep to.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../app/store/database.ts";
import { migrate, migrations } from "../../app/store/migrate.ts";
import { createStore } from "../../app/store/store.ts";
import { stateFact } from "../../app/tasks/state.ts";
import { PipelineRecord, ProjectRecord, ReturnRow, TaskRecord } from "../../core/model/record.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { stepCostsOf } from "../../core/pipeline/estimate.ts";
import { unfolded } from "../../core/task/fold.ts";
import { aJournal, anOpening } from "../build.ts";
import { openPipeline, planeOf, recordReturn, setTask } from "./facts.ts";
import {
  anAppend,
  aReturn,
  aStarted,
  at,
  KINDS,
  type Kind,
  NOON,
  openStore,
  place,
  removeTemporary,
  temporary,
} from "./kit.ts";

afterAll(removeTemporary);

const TABLES = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
const NAMES = migrations().map(({ name }) => ({ name }));
const opened = async (kind: Kind) => {
  const { url, remove } = await place(kind);
  onTestFinished(remove);
  const database = await openDatabase({ url });
  onTestFinished(database.close);
  return { url, database };
};

/** Opens the store in a process of its own, at the given time, so that several come at once. */
const OPEN = `
  const [module, url, at] = process.argv.slice(1);
  const { openDatabase } = await import(module);
  while (Date.now() < Number(at)) {}
  const database = await openDatabase({ url });
  database.close();
`;
const openElsewhere = (url: string, at: number): Promise<number | null> => {
  const module = new URL("../../app/store/database.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", OPEN, module, url, `${at}`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise(resolve => child.once("exit", resolve));
};

for (const kind of KINDS) {
  describe(`In a store of the kind ${kind}`, () => {
    test("a fresh database gets every migration once, and a second look writes nothing.", async () => {
      const { database } = await opened(kind);
      const applied = () => database.all("SELECT name FROM schema_migrations ORDER BY name");
      expect(await applied()).toEqual(NAMES);
      const before = await database.all(TABLES);
      const write = () => Promise.reject(new Error("It writes."));
      await migrate({ ...database, write });
      expect([await applied(), await database.all(TABLES)]).toEqual([NAMES, before]);
    });

    test("a task has one pipeline, and one return, of a number, whoever writes it.", async () => {
      const { database } = await opened(kind);
      const at = "2026-10-07T09:00:00.000Z";
      const pipeline = (id: string, number: number) =>
        `INSERT INTO pipelines (id, task_id, number, pipeline_type, created_at) VALUES ('${id}', 1, ${number}, 'standard', '${at}')`;
      const returned = (source: string, number: number) =>
        `INSERT INTO task_returns (task_id, return_number, reason_category, returned_at, source) VALUES (1, ${number}, 'missing_context', '${at}', '${source}')`;
      await database.write([
        "INSERT INTO projects (id, owner, name, created_at) VALUES (1, 'o', 'n', '')",
        `INSERT INTO tasks (id, project_id, issue, title, url, asked_by, asked_by_id, created_at, updated_at) VALUES (1, 1, 1, 't', '', 'o', 1, '${at}', '${at}')`,
        pipeline("a", 1),
        pipeline("b", 2),
        returned("a", 1),
        returned("b", 2),
      ]);
      await expect(database.write([pipeline("c", 2)])).rejects.toThrow();
      await expect(database.write([returned("c", 2)])).rejects.toThrow();
      const [row] = await database.all(
        "SELECT (SELECT COUNT(*) FROM pipelines) AS pipelines, (SELECT COUNT(*) FROM task_returns) AS returns",
      );
      expect({ ...row }).toEqual({ pipelines: 2, returns: 2 });
    });

    test("a migration that fails leaves nothing behind, and is tried again.", async () => {
      const { database } = await opened(kind);
      await database.write(["DELETE FROM schema_migrations"]);
      const before = await database.all(TABLES);
      await expect(migrate(database)).rejects.toThrow(/already exists/);
      expect(await database.all(TABLES)).toEqual(before);
      expect(await database.all("SELECT name FROM schema_migrations")).toEqual([]);
    });
  });
}

test.for(KINDS.filter(kind => kind !== "memory"))(
  "Processes that open one fresh %s at once all find it whole.",
  async kind => {
    const { url, remove } =
      kind === "file"
        ? { url: `file:${join(temporary(), "kin.db")}`, remove: async () => {} }
        : await place(kind);
    onTestFinished(remove);
    const at = Date.now() + 700;
    const codes = await Promise.all(Array.from({ length: 3 }, () => openElsewhere(url, at)));
    expect(codes).toEqual([0, 0, 0]);
    const database = await openDatabase({ url });
    onTestFinished(database.close);
    expect(await database.all("SELECT name FROM schema_migrations ORDER BY name")).toEqual(NAMES);
    expect((await database.all(TABLES)).length).toBeGreaterThan(20);
  },
);

test("A file is kept in WAL, with foreign keys on and the durability that was asked for.", async () => {
  for (const [synchronous, level] of [
    ["NORMAL", 1],
    ["FULL", 2],
  ] as const) {
    const database = await openDatabase({ url: `file:${join(temporary(), "kin.db")}`, synchronous });
    onTestFinished(database.close);
    const pragma = async (name: string) => Object.values((await database.first(`PRAGMA ${name}`)) ?? {})[0];
    expect([await pragma("journal_mode"), await pragma("foreign_keys"), await pragma("synchronous")]).toEqual(
      ["wal", 1, level],
    );
  }
});

test("Migrations are numbered 001, 002, … and none is missing.", () => {
  expect(NAMES.map(({ name }) => name.slice(0, 4))).toEqual(
    NAMES.map((_, index) => `${String(index + 1).padStart(3, "0")}_`),
  );
});

const STATEMENTS = migrations().flatMap(({ name, statements }) => statements.map(sql => ({ name, sql })));

test("Each statement of a migration creates, or adds a column; nothing that holds anything is dropped, so that an App of before still runs.", () => {
  for (const { name, sql } of STATEMENTS) {
    expect(sql, name).toMatch(
      /^(CREATE (TABLE|(UNIQUE )?INDEX|VIEW) \w+|ALTER TABLE \w+ ADD COLUMN|DROP (VIEW|INDEX) \w+$|INSERT INTO|UPDATE )/,
    );
  }
});

test("Each column that is added to a table has a default, or may be null.", () => {
  for (const { name, sql } of STATEMENTS.filter(({ sql }) => /^ALTER TABLE/i.test(sql))) {
    expect(/\bDEFAULT\b/i.test(sql) || !/\bNOT NULL\b/i.test(sql), `${name}: ${sql}`).toBe(true);
  }
});

test("Each table has every column that its record reads.", async () => {
  const { database } = await opened("memory");
  const records = {
    projects: ProjectRecord,
    tasks: TaskRecord,
    pipelines: PipelineRecord,
    task_returns: ReturnRow,
  };
  for (const [table, record] of Object.entries(records)) {
    const columns = (await database.all(`PRAGMA table_info(${table})`)).map(column => column.name);
    expect(columns, table).toEqual(expect.arrayContaining(Object.keys(record.shape)));
  }
});

test("What the steps of pipelines cost that an older Kin finished is found in their journals, as it is told now.", async () => {
  const { database } = await opened("memory");
  const store = createStore(database);
  const { task } = await aStarted(store);
  const found = { severity: "high", issue: "A cent is lost." };
  const play = [
    { turns: [{ usd: 0.5 }], failed: "It gave up." },
    { turns: [{ usd: 0.25 }, {}], answer: { status: "done" } },
    { answer: { verdict: "changes_requested", reason: "No.", findings: [found] } },
    { turns: [{ usd: null }, {}], answer: { status: "done" } },
    { answer: { verdict: "approved", reason: "Yes.", findings: [] } },
    { answer: { status: "done", decisions: [] } },
  ];
  const told: unknown[] = [];
  for (const [index, scripted] of [false, true].entries()) {
    const opening = { pipeline: `old-${index}`, number: index + 2 };
    const config = { limits: { revisions: 1 }, learn: "propose" };
    const journal = aJournal({ opening, config, scripted, plan: ["debugger", "tester"], play });
    const pipeline = fold(journal);
    expect(pipeline.outcome?.kind).toBe("passed");
    await openPipeline(store, { task_id: task.id, opening: pipeline.opening, jobs: [], at: NOON });
    await store.append(
      anAppend(task, opening.pipeline, {
        events: journal.slice(1).map(({ data }) => data),
        row: { state: "finished", outcome: "passed", completed_at: new Date(NOON + index).toISOString() },
      }),
    );
    told.unshift(stepCostsOf(pipeline));
  }
  expect(await store.past(task.project_id)).toEqual([]);
  const [, backwards] = STATEMENTS.filter(({ name }) => name.startsWith("007_"));
  await database.write([backwards?.sql ?? ""]);
  const past = await store.past(task.project_id);
  expect(past.map(({ step_costs }) => step_costs)).toEqual(told);
  expect(past[0]?.step_costs?.steps.map(({ role, part, usd }) => [role, part, usd === null])).toEqual([
    ["pm", "plan", false],
    ["debugger", "plan", false],
    ["tester", "plan", false],
    ["debugger", "revision", true],
    ["tester", "revision", false],
    ["learner", "afterwards", false],
  ]);
});

test("a task of a Kin that kept no facts begins as it was found, with its returns", async () => {
  const { database, store } = await openStore({ url: ":memory:" });
  const { task, id } = await aStarted(store);
  const finding = { severity: "high" as const, file: "a.js", line: 3, issue: "Wrong.", fix: null };
  await recordReturn(store, aReturn(task, { pipeline_id: id, findings: [finding] }), NOON);
  await recordReturn(store, aReturn(task, { source: "review:2", actor: "octocat" }), NOON);
  const approval = { by: "octocat", by_id: 1, sha: "a1", at: at(NOON), source: "review:3" };
  const patch = {
    snapshot: anOpening().task,
    waits_for: [13],
    approval,
    smoke_test_result: { verdict: "passed" },
  };
  await setTask(store, task.id, { ...patch, status: "review", brief: "“Ünïcode” '; --" }, NOON + 5);
  await aStarted(store, { issue: 13 });
  await database.write([
    ...[
      "DROP TABLE task_events",
      "ALTER TABLE tasks DROP COLUMN seq",
      "ALTER TABLE tasks DROP COLUMN last_pipeline",
    ],
    // A row that is damaged stays the only one that is.
    "UPDATE tasks SET approval = '{' WHERE issue = 13",
  ]);
  const statements = STATEMENTS.filter(({ name }) => name.startsWith("012_"));
  await database.write(statements.map(({ sql }) => sql));
  const found = (await store.task(task.id)) as TaskRecord;
  const facts = await store.facts(task.id);
  expect(facts).toMatchObject([{ kind: "found", row: { ...patch, status: "review", last_pipeline: 1 } }]);
  expect(unfolded({ facts, task: found, returns: await store.returns(task.id, 9) })).toEqual([]);
  const next = await stateFact(task, { kind: "committed", sha: "b2" }, planeOf(store, NOON + 9));
  expect(next).toMatchObject({ seq: 2, head_sha: "b2" });
});
