// `kin workers` on a store, and while it changes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { createDrawing } from "../../cli/workers.ts";
import { aJournal } from "../build.ts";
import { COORDINATED } from "../report/crews.ts";
import { anAppend, aStarted } from "../store/kit.ts";
import { kin, startKin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-workers-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const env = { KIN_DATABASE_URL: `file:${join(temp, "kin.db")}` };
const [, ...EVENTS] = aJournal(COORDINATED).map(({ data }) => data);
const FIRST = EVENTS.findIndex(({ kind }) => kind === "worker_stop_asked");

let write: (from: number, to?: number) => Promise<void>;
beforeAll(async () => {
  const store = createStore(await openDatabase({ url: env.KIN_DATABASE_URL }));
  const { task, id } = await aStarted(store, { issue: 31 });
  await aStarted(store, { issue: 32 });
  write = async (from, to) => {
    const events = EVENTS.slice(from, to);
    await store.append(anAppend(task, id, { after: 1 + from, events }));
  };
  await write(0, FIRST);
  afterAll(() => store.close());
});

test("a line for each worker says what it is at, what it took, and what it was started for", async () => {
  const { code, out, err } = await kin(["workers", "31"], env);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatchInlineSnapshot(`
    "pipeline 1, step 1 of 2 (coordinator): implementation, 4 of 7 at work
    w1  explore   ✓ done               8 s  3 calls  8.4k tokens  $0.02  Where a month is read
    w2  coder     ✓ joined             8 s  2 calls  8.4k tokens  $0.02  The service
    w3  coder     ● being joined       8 s  2 calls  8.4k tokens  $0.02  The page that asks it
    w4  verifier  ✗ changes requested  4 s  1 call   4.2k tokens  $0.01  Both sides together
    w5  explore   ● starting                                             A place that is not needed
    w6  explore   ● starting                                             A place that is not there
    w7  general   ● starting                                             The words about it
    "
  `);
});

test("as JSON a worker's state is one of five", async () => {
  const [crew] = JSON.parse((await kin(["workers", "31", "--json"], env)).out);
  expect(crew).toMatchObject({ step: 1, role: "coordinator", attempt: 1, phase: "implementation" });
  expect(crew.workers.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`)).toEqual([
    ...[
      "w1 completed",
      "w2 completed",
      "w3 completed",
      "w4 completed",
      "w5 pending",
      "w6 pending",
      "w7 pending",
    ],
  ]);
});

test("a task without a coordinator says so", async () => {
  expect(await kin(["workers", "32"], env)).toEqual({
    ...{ code: 0, err: "" },
    out: "No step of its latest pipeline has workers.\n",
  });
  expect(JSON.parse((await kin(["workers", "32", "--json"], env)).out)).toEqual([]);
});

test("followed, it is told anew when something changed", async () => {
  const following = startKin(["workers", "31", "--follow"], env);
  onTestFinished(() => following.stop());
  await following.says(/w5 .*starting/);
  await write(FIRST);
  await following.says(/w5 .*stopped[\s\S]*w7 .*working, turn 2/);
  following.stop("SIGINT");
  expect((await following.ended).out.match(/^pipeline 1/gm)).toHaveLength(2);
});

test("on a terminal that it fits it stands in its place, and elsewhere below what was there", () => {
  const drawn = (stream: object): string => {
    const text: string[] = [];
    const draw = createDrawing({
      ...{ isTTY: true, rows: 10, columns: 20, write: (more: string) => text.push(more) > 0 },
      ...stream,
    } as Parameters<typeof createDrawing>[0]);
    for (const one of ["a\nb", "a\nb", "a\nc"]) draw(one);
    return text.join("");
  };
  expect(drawn({})).toBe("a\nb\n\u001b[2A\u001b[Ja\nc\n");
  for (const stream of [{ isTTY: false }, { rows: 2 }, { columns: 1 }])
    expect(drawn(stream)).toBe("a\nb\n\na\nc\n");
});
