// `kin report` on a real store: it prints what is there.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../app/store/database.ts";
import type { Store } from "../../app/store/port.ts";
import { createStore } from "../../app/store/store.ts";
import { aJournal } from "../build.ts";
import { recordReturn } from "../store/facts.ts";
import { anAppend, aProject, aReturn, aStarted, NOON } from "../store/kit.ts";
import { kin, startKin } from "./kin.ts";

let directory: string;
let env: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kin-report-"));
  env = { KIN_DATABASE_URL: `file:${join(directory, "kin.db")}` };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const opened = async () => createStore(await openDatabase({ url: env.KIN_DATABASE_URL ?? "" }));
const twiceReturned = async (store: Store) => {
  const { task, id } = await aStarted(store);
  for (const attempt of [1, 2])
    await recordReturn(
      store,
      aReturn(task, { source: `gate:${id}:2:${attempt}`, returned_by: "tester", pipeline_id: id }),
      NOON,
    );
  return id;
};

test("an empty store says of each table that there is nothing yet", async () => {
  await kin(["migrate"], env);
  const { code, out } = await kin(["report"], env);
  expect(code).toBe(0);
  expect(out).toContain("Costs\n  No task yet.");
  expect(out).toContain("Rejections\n  No work was rejected yet.");
});

test("returns, patterns and costs are tables; as JSON they are numbers", async () => {
  const store = await opened();
  await store.updatePipeline(await twiceReturned(store), { usd: 1.5 });
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
  const store = await opened();
  await twiceReturned(store);
  const { task, id } = await aStarted(store, { issue: 14 });
  const finding = {
    severity: "high" as const,
    file: "src/a.js",
    line: 3,
    issue: "A cent is lost.",
    fix: "Keep it.",
  };
  const over = { source: "review:8", returned_by: "gh:octocat", actor: "octocat", pipeline_id: id };
  await recordReturn(store, aReturn(task, { ...over, reason_text: "Wrong.", findings: [finding] }), NOON);
  store.close();
  const { out } = await kin(["returns", "14"], env);
  expect(out).toBe(
    [
      "octocat/flats#14  2026-05-04 12:00  return 1 (open)  missing_context by octocat",
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
    err: expect.stringContaining('"first" is no issue.'),
  });
});

test("a repository that was made anew, with its name and another id, is named by that id", async () => {
  const data = mkdtempSync(join(directory, "world-"));
  writeFileSync(join(data, "world.json"), "{}");
  const store = createStore(await openDatabase({ url: `file:${join(data, "kin.db")}` }));
  for (const project_id of [901, 902]) {
    const { task } = await aStarted(store, { project_id });
    const source = `review:${project_id}`;
    await recordReturn(store, aReturn(task, { source, reason_text: `Of ${project_id}.` }), NOON);
  }
  await aStarted(store, { project_id: 903 });
  await store.saveProject(aProject({ id: 903, name: "houses" }), NOON);
  store.close();
  const returns = (name: string) => kin(["returns", name, "--data", data]);
  for (const name of ["12", "octocat/flats#12"])
    expect((await returns(name)).err).toMatch(/902#12 \(octocat\/flats\), 901#12 \(octocat\/flats\)\.\n$/);
  expect((await returns("12")).err).toContain("octocat/houses#12, ");
  expect((await returns("901#12")).out).toMatch(/^[^\n]*\n {2}Of 901\.\n$/);
  expect((await returns("902#12")).out).toMatch(/^[^\n]*\n {2}Of 902\.\n$/);
  expect((await returns("904#12")).err).toMatch(/^904#12 is not one of Kin's tasks\.\n/);
});

test("a number that several repositories have is asked about, by every command that takes one; owner/name#number is one", async () => {
  const data = mkdtempSync(join(directory, "world-"));
  writeFileSync(join(data, "world.json"), "{}");
  const url = `file:${join(data, "kin.db")}`;
  const store = createStore(await openDatabase({ url }));
  for (const [project_id, name] of [[1, "flats"] as const, [2, "houses"] as const]) {
    const { task } = await aStarted(store, { project_id });
    await store.saveProject(aProject({ id: project_id, name }), NOON);
    await recordReturn(
      store,
      aReturn(task, { source: `review:${project_id}`, reason_text: `Of ${name}.` }),
      NOON,
    );
  }
  store.close();
  const at = ["--data", data];
  for (const command of ["logs", "returns", "patch", "plan"]) {
    expect(await kin([command, "12", ...at]), command).toEqual({
      code: 1,
      out: "",
      err: "Several repositories have an issue 12.\nName the one that you mean: octocat/houses#12, octocat/flats#12.\n",
    });
    for (const [name, said] of [
      ["13", /^13 is not one of Kin's tasks\.\n/],
      ["octocat/barns#12", /^octocat\/barns#12 is not one of Kin's tasks\.\n/],
      ["flats12", /^"flats12" is no issue\.\n/],
    ] as const)
      expect((await kin([command, name, ...at])).err, command).toMatch(said);
  }
  expect((await kin(["logs", ...at])).err).toMatch(
    /^`kin logs` needs an issue\.\nIts number, as in `kin logs 1`/,
  );
  expect((await kin(["returns", "octocat/flats#12", ...at])).out).toMatch(/Of flats\.\n$/);
  expect((await kin(["returns", "octocat/houses#12", ...at])).out).toMatch(/^[^\n]*\n {2}Of houses\.\n$/);
  expect((await kin(["logs", "octocat/houses#12", ...at])).out).toMatch(/pipeline 1 of /);
  expect((await kin(["plan", "octocat/houses#12", ...at])).out).toBe("There is no plan yet.\n");
  expect((await kin(["plan", "octocat/houses#12", "--estimate", ...at])).out).toContain(
    "What it will cost: Not known yet: no pipeline came to a gate in this project before.",
  );
  expect((await kin(["patch", "octocat/houses#12", ...at])).err).toContain(
    "Kin has made no commit for issue 12",
  );
});

test("kin plan --estimate says of a plan that was only asked for what it will cost, and of one that is over what it came to", async () => {
  const store = await opened();
  for (const [issue, outcome] of [[17, "planned_only"] as const, [18, "stopped"] as const]) {
    const { task, id } = await aStarted(store, { issue });
    const planned = aJournal({ opening: { pipeline: id }, plan: ["debugger", "tester"] });
    const end = { kind: "finished", outcome, reason: "As asked.", return: null } as const;
    await store.append(anAppend(task, id, { events: [...planned.slice(1).map(({ data }) => data), end] }));
  }
  store.close();
  expect((await kin(["plan", "17", "--estimate"], env)).out).toContain("What it will cost: ");
  expect((await kin(["plan", "18", "--estimate"], env)).out).toMatch(
    /^It is over \(stopped\), and came to \$/m,
  );
});

test("kin logs says a warning as one, and what is new once", async () => {
  const store = await opened();
  const { task, id } = await aStarted(store, { issue: 15 });
  // A planner that names no category, which causes a warning.
  const journal = aJournal({
    opening: { pipeline: id },
    play: [{ answer: { status: "blocked", reason: "Which flats?" } }],
  });
  const events = journal.slice(1).map(({ data }) => data);
  await store.append(anAppend(task, id, { events: events.slice(0, -1) }));
  const following = startKin(["logs", "15", "--follow"], env);
  await following.says(/warning: /);
  await store.append(anAppend(task, id, { after: journal.length - 1, events: events.slice(-1) }));
  await following.says(/needs information: Which flats\?/);
  following.stop("SIGINT");
  const { out, code } = await following.ended;
  store.close();
  expect(code).toBe(130);
  expect(out).toMatch(/^ +\d+:\d\d {2}pipeline 1 {2}warning: .*$/m);
  expect(out.split("\n").filter(line => line.includes("pipeline 1 of "))).toHaveLength(1);
  expect(out.split("\n").filter(line => line.includes("needs information: Which flats?"))).toHaveLength(1);
});
