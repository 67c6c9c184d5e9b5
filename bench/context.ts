// The latest returns of a task, when the store is small and when it is large.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import type { Figure } from "./main.ts";
import { median } from "./median.ts";

const SMALL = 1_000;
const LARGE = 1_000_000;
const READS = 300;

export const context = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const database = await openDatabase({ url: `file:${join(dir, "kin.db")}` });
  const store = createStore(database);
  const at = Date.now();
  await store.saveProject(
    { id: 1, owner: "o", name: "n", owner_id: 1, default_branch: "main", installation_id: 1 },
    at,
  );
  for (let issue = 1; issue <= 100; issue++) {
    await store.saveTask(
      { project_id: 1, issue, title: "t", url: "", asked_by: "octocat", asked_by_id: 1, trigger_id: null },
      at,
    );
  }
  const fill = (from: number, to: number) =>
    database.write([
      `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to - 1})
       INSERT INTO task_returns (task_id, return_number, reason_category, reason_text, returned_by, returned_at, source)
       SELECT 1 + i % 100, 1 + i / 100, 'missing_context', 'The reason of a return, as long as one usually is.', 'tester', '2026-01-01T00:00:00.000Z', 'gate:' || i FROM n`,
    ]);
  const read = async (): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < READS; n++) {
      const begun = performance.now();
      await store.returns(1 + (n % 100), 20);
      times.push(performance.now() - begun);
    }
    return median(times);
  };
  await fill(0, SMALL);
  const small = await read();
  await fill(SMALL, LARGE);
  const large = await read();
  store.close();
  rmSync(dir, { recursive: true, force: true });
  return [
    {
      what: "last 20 returns of a task at 10⁶ rows",
      found: `${(large * 1000).toFixed(0)} µs`,
      goal: "≤ 150 µs",
      ok: large <= 0.15,
    },
    {
      what: "the same, 10⁶ rows against 10³",
      found: (large / small).toFixed(2),
      goal: "≤ 1.5",
      ok: large / small <= 1.5,
    },
  ];
};
