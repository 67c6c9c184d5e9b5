// How fast a large store responds: `node tests/store/speed.ts [--rows 1000000]`. Prints one line per query: median and
// 99th percentile in microseconds, through the store itself, including zod.
import { parseArgs } from "node:util";
import type { Store } from "../../app/store/port.ts";
import { recordReturn } from "./facts.ts";
import {
  aJob,
  anAppend,
  aReturn,
  aStarted,
  NOON,
  openStore,
  removeTemporary,
  rowOf,
  temporary,
} from "./kit.ts";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const url = `file:${temporary()}/kin.db`;
const { store, database } = await openStore({ url });
const { task, id } = await aStarted(store);
const jobs = Array.from({ length: 20 }, (_, n) => aJob(`pending ${n}`, { due_at: NOON + n }));
await store.ask(jobs);

const counted = (to: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`;
const begun = performance.now();
await database.write([
  `INSERT INTO tasks (project_id, issue, title, created_at, updated_at) ${counted(1_000)}
   SELECT 1, 1000 + i, 'Filler', '2026-01-01', '2026-01-01' FROM n`,
  `INSERT INTO task_returns (task_id, return_number, reason_category, reason_text, returned_at, source) ${counted(rows)}
   SELECT ${task.id} + 1 + i % 1000, 1 + i / 1000, 'missing_context', 'Which month is it that the bill is for?', '2026-01-01', 'fill:' || i FROM n`,
  `INSERT INTO jobs (key, kind, data, due_at, done_at) ${counted(rows)}
   SELECT 'event:' || i, 'event', '{"delivery":"00000000-0000-0000-0000-000000000000"}', i, i FROM n`,
  `INSERT INTO pipelines (id, task_id, number, state, usd, created_at, completed_at) ${counted(rows / 10)}
   SELECT 'fill-' || i, ${task.id} + 1 + i % 1000, 1 + i / 1000, 'finished', 0.5, '2026-01-01', '2026-01-01' FROM n`,
]);
for (let n = 1; n <= 40; n++) await recordReturn(store, aReturn(task, { source: `review:${n}` }), NOON);
console.log(
  `${rows} returns and ${rows} done jobs, ${rows / 10} pipelines, filled in ${Math.round((performance.now() - begun) / 1000)} s`,
);

const measure = async (name: string, work: (n: number) => Promise<unknown>, times = 2_000): Promise<void> => {
  const taken: number[] = [];
  for (let n = -200; n < times; n++) {
    const from = performance.now();
    await work(n);
    if (n >= 0) taken.push((performance.now() - from) * 1_000);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number) => Math.round(taken[Math.floor(taken.length * share)] ?? 0);
  console.log(
    `${name.padEnd(28)} median ${String(at(0.5)).padStart(5)} us   p99 ${String(at(0.99)).padStart(5)} us`,
  );
};

await measure("returns, the latest 20", () => store.returns(task.id, 20));
await measure("takeJob, none is due", () => store.takeJob(NOON - 1, { lease_ms: 1 }));
await measure("takeJob and finishJob", n => takeAndFinish(store, NOON + 100 + n), 500);
await measure("nextDue", () => store.nextDue());
await measure("openPipelines", () => store.openPipelines());
await measure("findTask by head_sha", () => store.findTask({ project_id: 1, head_sha: "none" }));
await measure("spent", () => store.spent(task, NOON));
await measure("recordReturn", n => recordReturn(store, aReturn(task, { source: `more:${n}` }), NOON), 500);
await measure(
  "append",
  async () => store.append(anAppend(task, id, { after: (await rowOf(store, id)).seq })),
  500,
);
await measure("journal, 700 events", () => store.journal(id), 50);
await measure(
  "steps of a pipeline",
  () => store.query(`SELECT * FROM steps WHERE pipeline_id = '${id}'`),
  100,
);
store.close();
removeTemporary();

async function takeAndFinish(store: Store, now: number): Promise<void> {
  const job = await store.takeJob(now, { lease_ms: 1 });
  if (job === null) return;
  await store.finishJob(job, { now });
  await store.askAgain([aJob(job.key, { due_at: NOON })]);
}
