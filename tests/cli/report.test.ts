// `kin report` on a real store: what it prints is what stands in it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../core/adapters/libsql/database.ts";
import { createStore } from "../../core/adapters/libsql/store.ts";
import { aReturn, aStarted, NOON } from "../store/kit.ts";
import { kin } from "./kin.ts";

let directory = "";
let env: Record<string, string> = {};
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "kin-report-"));
  env = { KIN_DATABASE_URL: `file:${join(directory, "kin.db")}` };
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("an empty store says of each table that there is nothing yet", async () => {
  const { code, out } = await kin(["report"], env);
  expect(code).toBe(0);
  expect(out).toContain("Costs\n  No task yet.");
  expect(out).toContain("Returns\n  No work came back yet.");
});

test("returns, patterns and costs are tables; as JSON they are numbers", async () => {
  const store = createStore(await openDatabase({ url: env.KIN_DATABASE_URL ?? "" }));
  const { task, id } = await aStarted(store);
  await store.updatePipeline(id, { usd: 1.5 });
  for (const attempt of [1, 2])
    await store.recordReturn(
      aReturn(task, { source: `gate:${id}:2:${attempt}`, returned_by: "tester", pipeline_id: id }),
      NOON,
    );
  store.close();
  const { out } = await kin(["report"], env);
  expect(out).toMatch(/^ {2}Returns {9,}\$0\.75$/m);
  expect(out).toMatch(/missing_context +tester +2$/m);
  expect(out).toMatch(/^ {2}rejected +2 +0 +0 %$/m);
  const { out: json } = await kin(["report", "--json"], env);
  expect(JSON.parse(json)).toMatchObject({
    costs: { tasks: 1, usd: 1.5, usd_per_return: 0.75, usd_per_accepted: null },
    patterns: [{ category: "missing_context", count: 2 }],
    verdicts: { gate_rejections: 2, gate_approvals: 0 },
  });
});
