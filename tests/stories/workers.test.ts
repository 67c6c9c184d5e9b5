// A head and its workers, as a person who tries Kin sees them: `npm start -- --story workers`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import { type Ended, kin } from "../cli/kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-workers-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const data = join(temp, "world");
const copy = join(temp, "copy");

describe("M18: two parts written side by side for a head", { shuffle: false }, () => {
  let told: Ended;
  let journal: readonly EventData[];
  let views: Readonly<Record<string, readonly unknown[]>>;
  beforeAll(async () => {
    told = await kin(["start", "--once", "--story", "workers", "--data", data], { HOME: temp });
    const store = createClient({ url: `file:${join(data, "kin.db")}` });
    const { rows } = await store.execute("select data from events order by seq");
    journal = rows.map(row => JSON.parse(String(row.data)) as EventData);
    const query = async (sql: string) =>
      (await store.execute(sql)).rows.map(row => Object.values({ ...row }));
    views = {
      steps: await query("select step, role, turns > 0, outcome, verdict from steps order by step"),
      workers: await query("select worker, role, turns, joins from workers order by worker"),
      rejections: await query("select * from rejections"),
    };
    store.close();
  });
  const startsOf = (role: string) =>
    journal.filter(
      event => event.kind === "attempt_started" && event.role === role && event.worker !== undefined,
    );

  test("ends in one pull request that is ready for review", () => {
    expect([told.err, told.code]).toEqual(["", 0]);
    expect(told.out).toContain("#1 Ready for review: 1 pipeline, 0 returns");
    expect(told.out.match(/opens a(?: draft)? pull request/g)).toHaveLength(1);
    const state = readFileSync(join(data, "github", "state.json"), "utf8");
    // What one of them did does not stand for the whole.
    expect(state).toContain('"title":"The flats want to ask for their shares from their own machines"');
    expect(state).not.toContain('"title":"A program asks the service and prints its answer"');
  });

  test("research is done by two readers at once, each part by one writer, and each look by a fresh verifier", () => {
    expect(startsOf("explore")).toHaveLength(2);
    expect(startsOf("coder")).toHaveLength(2);
    expect(startsOf("verifier")).toHaveLength(2);
    const first = (kind: EventData["kind"]) =>
      journal.findIndex(event => event.kind === kind && "worker" in event);
    expect(first("attempt_started")).toBeLessThan(first("attempt_finished"));
  });

  test("both writers have the same contract, byte for byte", () => {
    const contracts = startsOf("coder").map(event =>
      event.kind === "attempt_started" ? /## The contract[\s\S]*?else 8080\./.exec(event.first)?.[0] : "",
    );
    expect(contracts[0]).toContain("POST /owed");
    expect(contracts[1]).toBe(contracts[0]);
  });

  test("the writer of the part that does not fit is told, and goes on with what it knew", () => {
    const verdicts = journal.flatMap(event =>
      event.kind === "attempt_finished" && event.worker !== undefined ? (event.answer?.verdict ?? []) : [],
    );
    expect(verdicts).toEqual(["changes_requested", "approved"]);
    const turns = journal.filter(event => event.kind === "turn" && event.worker === 4);
    expect(turns).toHaveLength(4);
  });

  test("the store's views tell the step from its workers, and a verifier's rejection is none of the task's", () => {
    expect(views.steps).toEqual([
      [0, "pm", 1, "done", null],
      [1, "backend_head", 1, "done", null],
      [2, "tester", 1, "done", "approved"],
    ]);
    expect(views.workers).toEqual([
      [1, "explore", 2, 0],
      [2, "explore", 2, 0],
      [3, "coder", 2, 1],
      [4, "coder", 4, 2],
      [5, "verifier", 2, 0],
      [6, "verifier", 2, 0],
    ]);
    expect(views.rejections).toEqual([]);
  });

  test("each writer's part is a commit with its role", () => {
    const [name = ""] = readdirSync(join(data, "github", "repositories")).filter(name =>
      name.endsWith(".git"),
    );
    const repository = join(data, "github", "repositories", name);
    const branch = execFileSync(
      "git",
      ["-C", repository, "for-each-ref", "--format=%(refname:short)", "refs/heads/kin/"],
      {
        encoding: "utf8",
      },
    ).trim();
    execFileSync("git", ["clone", "-q", "--branch", branch, repository, copy]);
    const log = execFileSync(
      "git",
      [
        "-C",
        copy,
        "log",
        "--reverse",
        "--format=%(trailers:key=Kin-Role,valueonly) %(trailers:key=Kin-Step,valueonly)",
        "origin/main..HEAD",
        "--name-only",
      ],
      {
        encoding: "utf8",
      },
    );
    expect(log).toMatch(/coder\n.*\/w3\n[\s\S]*src\/serve\.js[\s\S]*coder\n.*\/w4\n[\s\S]*src\/ask\.js/);
  });

  test("the example's own tests pass on the result", () => {
    expect(
      spawnSync("npm", ["test"], { cwd: copy, env: { PATH: process.env.PATH, HOME: temp } }).status,
    ).toBe(0);
  });
});
