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
  expect(out).toContain("Rejections\n  No work was rejected yet.");
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
  expect(out).toMatch(/missing_context +tester +2 +2 +0 +0$/m);
  expect(out).toMatch(/^ {2}rejected +2 +0 +0 %$/m);
  const { out: json } = await kin(["report", "--json"], env);
  expect(JSON.parse(json)).toMatchObject({
    costs: { tasks: 1, usd: 1.5, usd_per_return: 0.75, usd_per_accepted: null },
    patterns: [{ category: "missing_context", count: 2 }],
    verdicts: { gate_rejections: 2, gate_approvals: 0 },
  });
});

test("kin returns lists what was rejected, with what it found and what became of it; as JSON, too, and of one issue", async () => {
  const store = createStore(await openDatabase({ url: env.KIN_DATABASE_URL ?? "" }));
  const { task, id } = await aStarted(store, { issue: 14 });
  const finding = {
    severity: "high" as const,
    file: "src/a.js",
    line: 3,
    issue: "A cent is lost.",
    fix: "Keep it.",
  };
  const over = { source: "review:8", returned_by: "gh:octocat", actor: "octocat", pipeline_id: id };
  await store.recordReturn(aReturn(task, { ...over, reason_text: "Wrong.", findings: [finding] }), NOON);
  store.close();
  const { out } = await kin(["returns", "14"], env);
  expect(out).toBe(
    [
      "octocat/flats#14  2026-05-04 12:00  return 1 (open)  missing_context by gh:octocat",
      "  Wrong.",
      "  - high src/a.js:3: A cent is lost. Remedy: Keep it.\n",
    ].join("\n"),
  );
  expect((await kin(["returns"], env)).out).toMatch(
    /^octocat\/flats#12 .* return 1 .*[\s\S]* return 2 [\s\S]*#14 /,
  );
  const { out: json } = await kin(["returns", "#14", "--json"], env);
  expect(JSON.parse(json)).toMatchObject([
    { issue: 14, became: "returned", return_number: 1, findings: [finding] },
  ]);
  expect(await kin(["returns", "first"], env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('ISSUE is "first"'),
  });
});
