// docs/store.md is accurate: it lists every table, view and column, and its queries run.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publish } from "../../core/model/new-job.ts";
import { EVERY_EVENT } from "./every-event.ts";
import { anAppend, aReturn, aStarted, NOON, numbered, type Opened, openStore, ROOT } from "./kit.ts";

const TEXT = readFileSync(join(ROOT, "docs/store.md"), "utf8");
const QUERIES = [...TEXT.matchAll(/^(.+)\n\n```sql\n([\s\S]*?)```/gm)].map(
  ([, title = "", sql = ""]) => [title, sql] as const,
);
const SECTIONS = new Map(
  TEXT.split(/^### /m)
    .slice(1)
    .map(section => [/^`(\w+)`/.exec(section)?.[1] ?? "", section]),
);
const columnsOf = (table: string): readonly string[] =>
  [...(SECTIONS.get(table) ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, column = ""]) => column);

let opened: Opened;
beforeAll(async () => {
  opened = await openStore({ url: ":memory:" });
  const { task, id } = await aStarted(opened.store);
  const findings = EVERY_EVENT.finished.return?.findings ?? [];
  const returned = [numbered(aReturn(task, { pipeline_id: id, findings }))];
  await opened.store.append(anAppend(task, id, { events: Object.values(EVERY_EVENT), means: { returned } }));
  await opened.store.ask([publish(1)]);
  const job = await opened.store.takeJob(NOON, { lease_ms: 1 });
  if (job !== null) await opened.store.retryJob(job, { due_at: NOON, error: "GitHub is down." });
});
afterAll(() => opened.store.close());

test("Every table and view is described, each column of it.", async () => {
  const rows = await opened.store.query(`
    SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m, pragma_table_info(m.name) c
     WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`);
  const found = Object.groupBy(rows, row => String(row.table));
  expect([...SECTIONS.keys()].sort()).toEqual(Object.keys(found).sort());
  for (const [table, columns = []] of Object.entries(found)) {
    expect([...columnsOf(table)].sort(), table).toEqual(columns.map(({ column }) => column).sort());
  }
});

describe("The query under", () => {
  test.for(QUERIES)("“%s” finds rows.", async ([, sql]) => {
    expect(await opened.store.query(sql)).not.toEqual([]);
  });
});

test("Every file that it names for what is JSON is there and exports that.", () => {
  const named = [...TEXT.matchAll(/`([\w/-]+\.ts)`, (?:a list of )?`(\w+)`/g)];
  expect(named.length).toBeGreaterThan(6);
  for (const [, file = "", name = ""] of named) {
    expect(readFileSync(join(ROOT, file), "utf8"), file).toMatch(new RegExp(`^export const ${name}\\b`, "m"));
  }
});
