// Which store a reading command takes, and that it makes none.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../core/adapters/libsql/database.ts";
import { createStore } from "../../core/adapters/libsql/store.ts";
import { findProgram } from "../../core/adapters/workbench/toolchain.ts";
import { ROOT } from "../../local/world.ts";
import { aStarted, hasSqld, openStore as open, removeTemporary, startServer } from "../store/kit.ts";
import { kin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-store-"));
afterAll(() => {
  rmSync(temp, { recursive: true, force: true });
  removeTemporary();
});
const urlOf = (name: string): string => `file:${join(temp, name, "kin.db")}`;
/** A world that is down: a store, and the file that names it. */
const world = async (name: string, issue: number): Promise<string> => {
  mkdirSync(join(temp, name));
  const store = createStore(await openDatabase({ url: urlOf(name) }));
  await aStarted(store, { issue });
  store.close();
  writeFileSync(join(temp, name, "world.json"), "{}");
  return join(temp, name);
};
beforeAll(async () => {
  await world("mine", 21);
  await world("other", 22);
});
const COUNT = ["sql", "select issue from tasks", "--json"];

test.each([
  [["tasks"]],
  [["plan", "1"]],
  [["logs", "1"]],
  [["report"]],
  [["returns"]],
  [["sql", "select 1"]],
])("%j makes no store where there is none", async args => {
  const { code, out, err } = await kin(args, { KIN_DATABASE_URL: urlOf("none") });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/^There is no store of Kin at file:.*none\/kin\.db\.\nCheck KIN_DATABASE_URL/);
  expect(existsSync(join(temp, "none"))).toBe(false);
});

test("a database of somebody else's gets no tables", async () => {
  writeFileSync(join(temp, "theirs.db"), "");
  const { err } = await kin(["tasks"], { KIN_DATABASE_URL: `file:${join(temp, "theirs.db")}` });
  expect(err).toMatch(/^There is no store of Kin at /);
});

test("sql asks the store of KIN_DATABASE_URL, as every other command does; --data goes before", async () => {
  const env = { KIN_DATABASE_URL: urlOf("mine") };
  expect(JSON.parse((await kin(COUNT, env)).out)).toEqual([{ issue: 21 }]);
  expect(JSON.parse((await kin([...COUNT, "--data", join(temp, "other")], env)).out)).toEqual([
    { issue: 22 },
  ]);
  expect((await kin(["sql", "delete from tasks"], env)).err).toMatch(/READONLY.*\nOnly reading statements/);
  expect((await kin(["sql", "select ';--' as \"a;b\" -- ; c\n;"], env)).code).toBe(0);
  expect((await kin(["sql", "select 1; select 2"], env)).err).toMatch(/^That is more than one statement\./);
});

test.skipIf(!hasSqld)(
  "sql changes nothing on a server, which runs any statement that it is sent",
  async () => {
    const server = await startServer();
    onTestFinished(server.kill);
    const { store, database } = await open({ url: server.url });
    await aStarted(store, { issue: 23 });
    database.close();
    const sql = (statement: string) => kin(["sql", statement, "--json"], { KIN_DATABASE_URL: server.url });
    for (const statement of [
      "delete from tasks returning issue",
      "update tasks set issue = 24",
      "drop table jobs",
      "commit",
    ]) {
      const { code, out, err } = await sql(statement);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain("\nOnly reading statements; docs/store.md describes the tables.");
    }
    expect(
      JSON.parse((await sql("select issue, (select count(*) from jobs) as jobs from tasks")).out),
    ).toEqual([{ issue: 23, jobs: 0 }]);
  },
);

test("patch, which needs a world's branches, does not take another world's for the store of KIN_DATABASE_URL", async () => {
  const { code, err } = await kin(["patch", "21"], { KIN_DATABASE_URL: urlOf("mine") });
  expect(code).toBe(1);
  expect(err).toMatch(/^KIN_DATABASE_URL is set: that store keeps no branches\.\n.*--data/);
});

test("the world that was started last is the one of this copy of Kin, and is named beside the output", async () => {
  const home = join(temp, "home");
  const script = `import { rememberWorld } from ${JSON.stringify(join(ROOT, "cli", "data-directory.ts"))}; rememberWorld(process.argv[1])`;
  mkdirSync(home);
  execFileSync(process.execPath, ["--input-type=module", "-e", script, join(temp, "mine")], {
    env: { HOME: home },
  });
  const { out, err } = await kin(COUNT, { HOME: home });
  expect(JSON.parse(out)).toEqual([{ issue: 21 }]);
  expect(err).toBe(`The world in ${join(temp, "mine")}, started last; --data names another.\n`);
  // Another copy's file, or the one of an older Kin, is not looked at.
  const [own = ""] = readdirSync(join(home, ".cache", "kin"));
  execFileSync("mv", [join(home, ".cache", "kin", own), join(home, ".cache", "kin", "last-world")]);
  expect((await kin(COUNT, { HOME: home })).err).toMatch(/^There is no world in \.kin\./);
});

test("a world that nobody may write to can be read", () => {
  const mine = join(temp, "mine");
  const read = (...args: readonly string[]) =>
    execFileSync(
      findProgram("bwrap", process.env.PATH ?? "") ?? "",
      ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--ro-bind", mine, mine, process.execPath].concat(
        join(ROOT, "cli", "main.ts"),
        ...args,
        "--data",
        mine,
      ),
      { encoding: "utf8" },
    );
  const before = readdirSync(tmpdir()).filter(name => name.startsWith("kin-read-"));
  expect(read("tasks")).toMatch(/#21 /);
  expect(read(...COUNT)).toContain('"issue": 21');
  expect(readdirSync(tmpdir()).filter(name => name.startsWith("kin-read-"))).toEqual(before);
});
