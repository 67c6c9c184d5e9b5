// `kin migrate` on a real file: it reports what it did, and a second time does nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrations } from "../../app/store/migrate.ts";
import { kin } from "./kin.ts";

const ALL = migrations().map(({ name }) => name);
let directory = "";
let env: Record<string, string> = {};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kin-migrate-"));
  env = { KIN_DATABASE_URL: `file:${join(directory, "below", "kin.db")}` };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a store that is not there yet is made, and a second time nothing is left to do", async () => {
  const first = await kin(["migrate"], env);
  expect(first).toMatchObject({ code: 0, err: "" });
  for (const name of ALL) expect(first.out).toContain(`applied ${name}\n`);
  const again = await kin(["migrate"], env);
  expect(again).toMatchObject({
    code: 0,
    out: `Nothing to do: the store has all ${ALL.length} migrations.\n`,
  });
});

test("as JSON: what was applied, what had been, and what a later Kin added", async () => {
  expect(JSON.parse((await kin(["migrate", "--json"], env)).out)).toEqual({
    applied: ALL,
    before: [],
    unknown: [],
  });
  const client = createClient({ url: env.KIN_DATABASE_URL ?? "" });
  await client.execute("INSERT INTO schema_migrations VALUES ('9999-later.sql', datetime('now'))");
  client.close();
  const later = JSON.parse((await kin(["migrate", "--json"], env)).out);
  expect(later).toEqual({ applied: [], before: ALL, unknown: ["9999-later.sql"] });
});

test("a server that does not answer is named, with what to check", async () => {
  const { code, err } = await kin(["migrate"], { KIN_DATABASE_URL: "http://127.0.0.1:1" });
  expect(code).toBe(1);
  expect(err).toBe(
    "The store does not answer at http://127.0.0.1:1.\nCheck KIN_DATABASE_URL, and that the libSQL server is up.\n",
  );
});
