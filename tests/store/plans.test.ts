// No frequent query reads a whole table, and none sorts what an index has in order.

import { expect, test } from "vitest";
import { openDatabase } from "../../app/store/database.ts";
import type { Store } from "../../app/store/port.ts";
import { createStore } from "../../app/store/store.ts";
import { marks } from "../../core/model/keys.ts";
import { aKey, anOpening } from "../build.ts";
import { openPipeline, recordReturn, saveTask } from "./facts.ts";
import { aJob, aNewTask, anAppend, aProject, aReturn, HASH, NOON, numbered, takeLease } from "./kit.ts";

interface Asked {
  readonly sql: string;
  readonly args: readonly unknown[];
}

/** The statements that the store really sends, and their plans. */
const plansOf = async (use: (store: Store) => Promise<unknown>): Promise<readonly string[]> => {
  const database = await openDatabase({ url: ":memory:" });
  const asked: Asked[] = [];
  const store = createStore({
    ...database,
    all: (sql, args = []) => {
      asked.push({ sql, args });
      return database.all(sql, args);
    },
    first: (sql, args = []) => {
      asked.push({ sql, args });
      return database.first(sql, args);
    },
    write: statements => {
      for (const statement of statements)
        asked.push(typeof statement === "string" ? { sql: statement, args: [] } : (statement as Asked));
      return database.write(statements);
    },
  });
  await use(store).catch(() => {});
  const plans = await Promise.all(
    asked.map(({ sql, args }) => database.all(`EXPLAIN QUERY PLAN ${sql}`, args as string[])),
  );
  store.close();
  return plans.flat().map(row => String(row.detail));
};

const TASK = { id: 1, seq: 1 };
const OPENING = { task_id: 1, opening: anOpening(), jobs: [aJob("a")], at: NOON };
const WHOLE = anAppend(TASK, "p1", {
  lease: HASH,
  means: { returned: [numbered(aReturn(TASK))], patch: { status: "done" } },
  jobs: OPENING.jobs,
});

const QUERIES: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  takeJob: store => store.takeJob(1, { lease_ms: 1 }),
  "takeJob but for some": store => store.takeJob(1, { lease_ms: 1, except: [1] }),
  nextDue: store => store.nextDue(),
  "nextDue but for some": store => store.nextDue({ except: [1] }),
  freeJobs: store => store.freeJobs(),
  askAgain: store => store.askAgain(OPENING.jobs),
  job: store => store.job(aKey("a")),
  marked: store => store.marked(marks.token("a")),
  saveTask: store => store.saveProject(aProject(), NOON).then(() => saveTask(store, aNewTask(), NOON)),
  "findTask by issue": store => store.findTask({ project_id: 1, issue: 1 }),
  "findTask by pr_number": store => store.findTask({ project_id: 1, pr_number: 1 }),
  "findTask by head_sha": store => store.findTask({ project_id: 1, head_sha: "a" }),
  tasks: store => store.tasks({ limit: 5 }),
  listTasks: store => store.listTasks({ limit: 5 }),
  "listTasks of a page, by all that they are looked for by": store =>
    store.listTasks({
      text: "a",
      repository: "octocat/hello",
      status: "done",
      after: { updated_at: "2026", id: 1 },
      limit: 5,
    }),
  carriedOn: store => store.carriedOn(1),
  countTasks: store => store.countTasks({}),
  acceptedPulls: store => store.acceptedPulls(5),
  spent: async store => {
    await store.saveProject(aProject(), NOON);
    await store.spent(await saveTask(store, aNewTask(), NOON), NOON);
  },
  past: store => store.past(1),
  "listTasks of an issue": store => store.listTasks({ issue: 1, limit: 5 }),
  openPipeline: store => openPipeline(store, OPENING),
  pipelines: store => store.pipelines(1),
  openPipelines: store => store.openPipelines(),
  journal: store => store.journal("p1"),
  "journal from a place on": store => store.journal("p1", 5),
  "append by a run": store => store.append(WHOLE),
  "append by the control plane": store => store.append({ ...WHOLE, lease: null }),
  lease: store => takeLease(store, "p1"),
  extendLeases: store => store.extendLeases({ until: 1 }),
  returns: store => store.returns(1, 20),
  "rejections of a task": store => store.rejections({ task_id: 1, limit: 20 }),
  recordReturn: store => recordReturn(store, aReturn(TASK), NOON),
  messages: store => store.messages("p1"),
  "steps of a pipeline": store => store.query("SELECT * FROM steps WHERE pipeline_id = 'p1'"),
  "runs of a pipeline": store => store.query("SELECT * FROM runs WHERE pipeline_id = 'p1'"),
  "log of a pipeline": store =>
    store.query("SELECT * FROM pipeline_log WHERE pipeline_id = 'p1' ORDER BY seq"),
};

/**
 * Intended scans: of an index that contains only what is open, of who has anything open, of one row, or up to a limit.
 */
const MEANT =
  /^SCAN (jobs USING INDEX idx_jobs_due|pipelines USING INDEX idx_pipelines_open|tasks USING INDEX idx_tasks_listed|t(asks)? USING COVERING INDEX idx_tasks_listed|t USING INDEX idx_tasks_listed|served USING COVERING INDEX idx_served_nth|asking|found|latest|(planned|waited|said) VIRTUAL TABLE INDEX 1:|\(subquery-\d+\)|CONSTANT ROW|steps)$/;

/** A task has few rejections, which come from two tables; a hundred issues have few pipelines. */
const SORTED: ReadonlySet<string> = new Set(["rejections of a task", "past"]);

test.for(Object.keys(QUERIES))("%s uses indexes.", async name => {
  const plan = await plansOf(QUERIES[name] as (store: Store) => Promise<unknown>);
  expect(plan).not.toEqual([]);
  expect(plan.filter(line => line.startsWith("SCAN") && !MEANT.test(line))).toEqual([]);
  if (!SORTED.has(name)) expect(plan.filter(line => line.includes("ORDER BY"))).toEqual([]);
});

test.for(["issue", "pr_number", "head_sha"])(
  "A task is looked up by its %s, not among all of its project.",
  async column => {
    const plan = await plansOf(QUERIES[`findTask by ${column}`] as (store: Store) => Promise<unknown>);
    expect(plan.join()).toContain(`(project_id=? AND ${column}=?)`);
  },
);

test("Deleting a project finds all that hangs on it by index.", async () => {
  const database = await openDatabase({ url: ":memory:" });
  const references = await database.all(`
    SELECT t.name AS "table", f."from" AS "column" FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`);
  expect(references.length).toBeGreaterThan(5);
  for (const { table, column } of references) {
    const plan = await database.all(`EXPLAIN QUERY PLAN SELECT 1 FROM ${table} WHERE ${column} = 1`);
    expect(plan.map(row => row.detail).join(), `${table}.${column}`).toMatch(
      /^SEARCH .* USING (COVERING )?INDEX/,
    );
  }
  database.close();
});
