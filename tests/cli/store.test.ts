// Which store a reading command uses, and that it creates none.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { openDatabase } from "../../app/store/database.ts";
import { migrations } from "../../app/store/migrate.ts";
import { createStore } from "../../app/store/store.ts";
import { ROOT } from "../../local/world.ts";
import { setTask } from "../store/facts.ts";
import { aStarted, hasSqld, openStore as open, removeTemporary, startServer } from "../store/kit.ts";
import { kin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-store-"));
afterAll(() => {
  rmSync(temp, { recursive: true, force: true });
  removeTemporary();
});
const urlOf = (name: string): string => `file:${join(temp, name, "kin.db")}`;
/** A stopped world: a store, and the file that names it. */
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
  [["workers", "1"]],
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

test.each([[["tasks"]], [["report"]]])(
  "%j leaves a store of an older Kin as it is, and says what brings it up to date",
  async args => {
    const url = `file:${join(mkdtempSync(join(temp, "older-")), "kin.db")}`;
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const all = migrations();
    const last = all.at(-1)?.name;
    await client.execute("CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)");
    for (const { name, statements } of all.slice(0, -1))
      await client.batch([
        ...statements,
        { sql: "INSERT INTO schema_migrations VALUES (?, 'then')", args: [name] },
      ]);
    const { code, out, err } = await kin(args, { KIN_DATABASE_URL: url });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      `The store at ${url} is of an older Kin: it lacks ${last}.\nTo read changes no tables. \`KIN_DATABASE_URL=${url} npx kin migrate\` brings them up to date, and so does \`kin serve\`, or \`npm start\` for a world.\n`,
    );
    const { rows } = await client.execute("SELECT name FROM schema_migrations ORDER BY name");
    expect(rows.map(({ name }) => name)).toEqual(all.slice(0, -1).map(({ name }) => name));
  },
);

test("what a pipeline's steps cost may be damaged, which counts as not known; any other damage is said, with where it is", async () => {
  const url = `file:${join(await world("damaged", 24), "kin.db")}`;
  const client = createClient({ url });
  onTestFinished(() => client.close());
  const env = { KIN_DATABASE_URL: url };
  await client.execute("UPDATE pipelines SET step_costs = '{\"steps\": ['");
  for (const args of [
    ["plan", "--estimate"],
    ["logs", "24"],
  ])
    expect(await kin(args, env), args[0]).toMatchObject({ code: 0, err: "" });
  await client.execute("UPDATE tasks SET approval = '{'");
  expect(await kin(["plan", "24"], env)).toEqual({
    code: 1,
    out: "",
    err: "A row of the store is damaged: approval of the row with the id 1.\n`kin sql` shows it. Put a backup of the store in its place, or mend the row.\n",
  });
});

test("sql asks the store of KIN_DATABASE_URL, as every other command does; --data goes before", async () => {
  const env = { KIN_DATABASE_URL: urlOf("mine") };
  expect(JSON.parse((await kin(COUNT, env)).out)).toEqual([{ issue: 21 }]);
  expect(JSON.parse((await kin([...COUNT, "--data", join(temp, "other")], env)).out)).toEqual([
    { issue: 22 },
  ]);
  // The first word suggests a query that only reads, but the store refuses it.
  expect((await kin(["sql", "with one as (select 1) delete from tasks"], env)).err).toMatch(
    /READONLY.*\nOnly reading statements/,
  );
  expect((await kin(["sql", "pragma user_version = 3"], env)).code).toBe(1);
  expect((await kin(["sql", "select ';--' as \"a;b\" -- ; c\n;"], env)).code).toBe(0);
  expect((await kin(["sql", "select 1; select 2"], env)).err).toMatch(/^That is more than one statement\./);
});

test.each([
  "delete from tasks",
  "/* a */ attach 'made.db' as made",
  "vacuum into 'made.db'",
  "commit",
  "reindex",
])("sql refuses %j before anything is asked", async statement => {
  const { code, out, err } = await kin(["sql", statement.replace("made.db", join(temp, "made.db"))], {
    KIN_DATABASE_URL: urlOf("mine"),
  });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/^That statement does not only read\.\nOnly reading statements: select, /);
  expect(existsSync(join(temp, "made.db"))).toBe(false);
});

test("sql keeps each column of a row, and takes names of any kind", async () => {
  const rows = async (statement: string) =>
    JSON.parse((await kin(["sql", statement, "--json"], { KIN_DATABASE_URL: urlOf("mine") })).out);
  expect(await rows("select 1 as a, 2 as a_2, 3 as a, 4 as a")).toEqual([{ a: 1, a_2: 2, a_3: 3, a_4: 4 }]);
  expect(await rows("select 1 as [a;b], 2 as `c;d`")).toEqual([{ "a;b": 1, "c;d": 2 }]);
  expect(await rows("/* a; */ values (1)")).toEqual([{ column1: 1 }]);
  expect(await rows("pragma table_info(jobs)")).toContainEqual(expect.objectContaining({ name: "due_at" }));
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
      "with one as (select 1) delete from tasks returning issue",
      "with one as (select 1) update tasks set issue = 24",
      "update tasks set issue = 24",
      "drop table jobs",
      "commit",
    ]) {
      const { code, out, err } = await sql(statement);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/\nOnly reading statements/);
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

test("patch says where a repository of the world, or Kin's commit in it, is gone", async () => {
  const data = await world("gone", 25);
  const store = createStore(await openDatabase({ url: urlOf("gone") }));
  await setTask(store, 1, { branch: "kin/25", head_sha: "a".repeat(40) }, Date.now());
  store.close();
  const gone = `What Kin committed for issue 25 is not in ${data} any more.\nIts repository there was deleted, or the commit is gone from it: name another world with --data.\n`;
  expect(await kin(["patch", "25", "--data", data])).toEqual({ code: 1, out: "", err: gone });
  const bare = join(data, "github", "repositories", "1.git");
  execFileSync("git", ["init", "--quiet", "--bare", bare]);
  expect((await kin(["patch", "25", "--data", data])).err).toBe(gone);
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
  // Files of another copy, or of an older Kin, are ignored.
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
