// What a pipeline begins from: the latest returns of its task, and the prompt that shows most of them. Measured in a
// small store and a large one, read alternately, against the limit: the same rows by bare SQLite. The store holds no
// decisions yet, so none are read.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../app/store/database.ts";
import type { Store } from "../app/store/port.ts";
import { createStore } from "../app/store/store.ts";
import { openConversation } from "../core/agents/context.ts";
import { roleOf } from "../core/agents/roster.ts";
import { ReturnRecord } from "../core/model/return.ts";
import { loadRoster } from "../host/roster.ts";
import { aPipeline } from "../tests/build.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";

/** For each task. */
const RETURNS = 20;
const ROUNDS = 1_500;
const WARM_UP = 500;
/** Offset in rounds, so that no variant profits from pages that another has just read. */
const HALF = 500;

export const context = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const small = await fill(join(dir, "small.db"), { tasks: 50, at_work: 50 });
  const large = await fill(join(dir, "large.db"), { tasks: 50_000, at_work: 1_000 });
  const bare = new DatabaseSync(large.file, { readOnly: true }).prepare(
    "SELECT * FROM task_returns WHERE task_id = ? ORDER BY return_number DESC LIMIT ?",
  );
  const assemble = assembly();
  const ways: Readonly<Record<string, (n: number) => unknown>> = {
    small: n => small.store.returns(small.atWork(n), RETURNS),
    large: n => large.store.returns(large.atWork(n), RETURNS),
    bare: n => bare.all(large.atWork(n), RETURNS),
    atRest: n => large.store.returns(large.atRest(n), RETURNS),
    smallContext: n => assemble(small.store, small.atWork(n + HALF)),
    largeContext: n => assemble(large.store, large.atWork(n + HALF)),
  };
  const took = await inTurn(ways);
  for (const { store } of [small, large]) store.close();
  rmSync(dir, { recursive: true, force: true });
  const [growth, contextGrowth] = [
    took("large") / took("small"),
    took("largeContext") / took("smallContext"),
  ];
  return [
    {
      what: `last ${RETURNS} returns of a task at 10⁶ rows`,
      found: `${took("large").toFixed(0)} µs (bare SQLite ${took("bare").toFixed(0)} µs; long at rest ${took("atRest").toFixed(0)} µs)`,
      goal: "≤ 150 µs",
      ok: took("large") <= 150,
    },
    { what: "the same, 10⁶ rows against 10³", found: growth.toFixed(2), goal: "≤ 1.5", ok: growth <= 1.5 },
    {
      what: `context of ${RETURNS} returns (read, first prompt of pm) at 10⁶ rows`,
      found: `${took("largeContext").toFixed(0)} µs`,
      goal: "≤ 400 µs",
      ok: took("largeContext") <= 400,
    },
    {
      what: "the same, 10⁶ rows against 10³",
      found: contextGrowth.toFixed(2),
      goal: "≤ 1.5",
      ok: contextGrowth <= 1.5,
    },
  ];
};

/** Measures each variant once per round, so that all share the noise; returns medians, in microseconds. */
const inTurn = async (
  ways: Readonly<Record<string, (n: number) => unknown>>,
): Promise<(way: string) => number> => {
  const times = new Map<string, number[]>(Object.keys(ways).map(way => [way, []]));
  for (let n = 0; n < ROUNDS; n++) {
    for (const [way, work] of Object.entries(ways)) {
      const begun = performance.now();
      await work(n);
      if (n >= WARM_UP) times.get(way)?.push((performance.now() - begun) * 1000);
    }
  }
  return way => median(times.get(way) ?? []);
};

interface Filled {
  readonly file: string;
  readonly store: Store;
  /** One of the tasks worked on last, whose rows are interleaved; and one of all tasks. */
  readonly atWork: (n: number) => number;
  readonly atRest: (n: number) => number;
}

/** Creates this many tasks with their returns; `at_work` of them at a time came back in turn. */
const fill = async (
  file: string,
  { tasks, at_work }: { readonly tasks: number; readonly at_work: number },
): Promise<Filled> => {
  const database = await openDatabase({ url: `file:${file}` });
  const store = createStore(database);
  const project = { id: 1, owner: "o", name: "n", owner_id: 1, default_branch: "main", installation_id: 1 };
  await store.saveProject(project, Date.now());
  const counted = (to: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${to - 1})`;
  const group = at_work * RETURNS;
  await database.write([
    `${counted(tasks)} INSERT INTO tasks (id, project_id, issue, title, created_at, updated_at)
     SELECT 1 + i, 1, 1 + i, 't', '2026-01-01', '2026-01-01' FROM n`,
    `${counted(tasks * RETURNS)} INSERT INTO task_returns (task_id, return_number, reason_category, reason_text, returned_by, returned_at, source)
     SELECT 1 + i / ${group} * ${at_work} + i % ${at_work}, 1 + i % ${group} / ${at_work}, 'missing_context',
       'The reason of a return, as long as one usually is.', 'tester', '2026-01-01T00:00:00.000Z', 'gate:' || i FROM n`,
  ]);
  // Large steps, so that neighbours' rows are not on the page just read; every task is requested once before any
  // repeats.
  return {
    file,
    store,
    atWork: n => tasks - ((n * 619) % at_work),
    atRest: n => 1 + ((n * 7_919) % tasks),
  };
};

/** Reads as `startPipeline` does, and shows as much as the role with the most context sees. */
const assembly = (): ((store: Store, task: number) => Promise<unknown>) => {
  const { roster, preamble } = loadRoster(join(import.meta.dirname, ".."));
  const pm = roleOf(roster, "pm");
  const role = { ...pm, context_rules: { ...pm.context_rules, returns: RETURNS } };
  const pipeline = aPipeline();
  const [step] = pipeline.steps;
  if (step === undefined) throw new Error("a pipeline has a planner");
  return async (store, task) => {
    const latest = (await store.returns(task, RETURNS)).map(row => ReturnRecord.parse(row));
    if (latest.length !== RETURNS) throw new Error(`task ${task} has ${latest.length} returns`);
    const opening = { ...pipeline.opening, returns: { count: RETURNS, latest } };
    return openConversation({
      pipeline: { ...pipeline, opening },
      step,
      attempt: 1,
      role,
      roster,
      preamble,
      delimiter: "0".repeat(24),
    });
  };
};
