import { expect, test } from "vitest";
import type { Job } from "../../core/model/job.ts";
import { keys as known, marks } from "../../core/model/keys.ts";
import type { Mark } from "../../core/model/mark.ts";
import {
  event,
  gate,
  look,
  type NewJob,
  publish,
  repository,
  round,
  watch,
} from "../../core/model/new-job.ts";
import { Signal } from "../../core/model/signal.ts";
import { aKey } from "../build.ts";
import type { Under } from "./contract.ts";
import { aJob, aProject, aStarted } from "./kit.ts";

const LEASE = { lease_ms: 1_000 };

const aSignal = (over: Partial<Signal> & Pick<Signal, "name">): Signal =>
  Signal.parse({
    ...{ action: null, installation: null, repository: null, sender: null, issue: null, issue_text: null },
    ...{ label: null, comment: null, review: null, pull: null, sha: null, run: null },
    ...over,
  });

export const jobs = ({ store, database }: Under): void => {
  const take = async (now: number): Promise<Job> => {
    const job = await store().takeJob(now, LEASE);
    if (job === null) throw new Error("There is no job to take.");
    return job;
  };
  const job = (key: string) => store().job(aKey(key));
  const keyAt = async (now: number) => (await store().takeJob(now, LEASE))?.key ?? null;

  test("A job that is asked for comes out with its data.", async () => {
    await store().ask([aJob("a", { body: "ü\u0000'", due_at: 5 })]);
    expect(await take(10)).toEqual({
      key: "a",
      kind: "say",
      data: { task_id: 0, body: "ü\u0000'" },
      due_at: 5,
      revision: 1,
      attempts: 1,
      lease: 1_010,
      error: null,
      done_at: null,
      left: null,
      installation_id: 0,
    });
  });

  test("A job is its repository's installation's, whatever of it the data names, and is left alone where that is excepted.", async () => {
    const { task, id } = await aStarted(store());
    const project = await store().project(task.project_id);
    const { installation_id = null } = project ?? {};
    const jobs = [
      gate({ repository: { id: task.project_id }, sha: "a" }),
      publish(task.id),
      watch({ pipeline: id, dispatches: 1 }, 5),
      look({ ...aProject(), installation_id }),
      event(known.delivery("g"), aSignal({ name: "installation", installation: installation_id })),
    ];
    await store().ask(jobs.map(job => ({ ...job, due_at: 5 })));
    await store().ask([{ ...round("sweep"), due_at: 9 }]);
    const except = [Number(installation_id)];
    expect([await store().nextDue(), await store().nextDue({ except })]).toEqual([5, 9]);
    expect((await store().takeJob(10, { ...LEASE, except }))?.key).toBe("sweep");
    expect(await store().takeJob(10, { ...LEASE, except })).toBeNull();
    for (const { key } of jobs)
      expect(await store().takeJob(10, { ...LEASE, except: [99] })).toMatchObject({ key, installation_id });
  });

  /** Requests jobs for installations that the store need not know, as their events name them. */
  const ofInstallations = (
    list: readonly (readonly [key: string, installation: number, rank?: NewJob["rank"]])[],
  ) =>
    store().ask(
      list.map(([key, installation, rank]) => ({
        ...repository({ installation, repository: { id: 0, owner: "o", name: "n" } }),
        ...{ key: aKey(key), due_at: 1 },
        ...(rank && { rank }),
      })),
    );
  const keys = async (count: number) => {
    const taken: (string | null)[] = [];
    for (let n = 0; n < count; n++) taken.push(await keyAt(10));
    return taken;
  };

  test("Installations take turns, whoever asked first and however much each has to do.", async () => {
    await ofInstallations([
      ...[1, 2, 3, 4].map(n => [`a${n}`, 71] as const),
      ...[1, 2, 3].map(n => [`b${n}`, 72] as const),
    ]);
    expect(await keys(3)).toEqual(["a1", "b1", "a2"]);
    await ofInstallations([
      ["c1", 73],
      ["c2", 73],
    ]);
    await store().ask([aJob("nobody's", { due_at: 9 })]);
    expect(await keys(7)).toEqual(["nobody's", "c1", "b2", "a3", "c2", "b3", "a4"]);
    expect(await keys(1)).toEqual([null]);
  });

  test("The turn of who was served longest ago is not lost by having nothing to do, being excepted, or working.", async () => {
    await ofInstallations([
      ["a1", 71],
      ["a2", 71],
      ["a3", 71],
      ["b1", 72],
      ["b2", 72],
    ]);
    expect(await keys(2)).toEqual(["a1", "b1"]);
    expect((await store().takeJob(10, { ...LEASE, except: [71] }))?.key).toBe("b2");
    expect(await store().takeJob(10, { ...LEASE, except: [71] })).toBeNull();
    await ofInstallations([["b3", 72]]);
    expect(await keys(3)).toEqual(["a2", "b3", "a3"]);
  });

  test("Within an installation ranks come in order, each in the order in which it was due; across installations they count nothing.", async () => {
    await ofInstallations([
      ["last", 71, "last"],
      ["usual", 71],
      ["first", 71, "first"],
      ["first too", 71, "first"],
    ]);
    await ofInstallations([["other's last", 72, "last"]]);
    expect(await keys(5)).toEqual(["first", "other's last", "first too", "usual", "last"]);
  });

  test("Asked again, a job has the better rank while it waits, and the new one where it was done.", async () => {
    const ask = (rank: NewJob["rank"] & string) => store().askAgain([aJob("asked", { rank })]);
    const rank = async () => (await store().query("SELECT rank FROM jobs WHERE key = 'asked'"))[0]?.rank;
    await ask("last");
    await ask("first");
    await ask("usual");
    expect(await rank()).toBe(0);
    await store().finishJob(await take(1), { now: 1 });
    await ask("last");
    expect(await rank()).toBe(2);
  });

  test("A job without a time is due at once, by any clock.", async () => {
    await store().ask([aJob("a")]);
    expect(await take(0)).toMatchObject({ due_at: 0 });
  });

  test("Asking for nothing is no mistake.", async () => {
    await store().ask([]);
    await store().askAgain([]);
    expect(await store().nextDue()).toBeNull();
  });

  test("Asking for a job that exists changes nothing, done or not, in one list or two.", async () => {
    await store().ask([aJob("a", { body: "1" }), { ...publish(2), key: aKey("a") }]);
    await store().ask([{ ...publish(3), key: aKey("a"), due_at: 9 }]);
    expect(await job("a")).toMatchObject({ kind: "say", data: { body: "1" }, due_at: 0, revision: 1 });
    await store().finishJob(await take(1), { now: 1 });
    await store().ask([aJob("a", { body: "4" })]);
    expect(await job("a")).toMatchObject({ data: { body: "1" }, done_at: 1 });
    expect(await keyAt(5_000)).toBeNull();
  });

  test("Jobs come out by when they are due, then in the order in which they were asked for.", async () => {
    await store().ask([
      aJob("z"),
      aJob("late", { due_at: 30 }),
      aJob("a"),
      aJob("early", { due_at: 20 }),
      aJob("future", { due_at: 1_000 }),
    ]);
    const keys = [await keyAt(40), await keyAt(40), await keyAt(40), await keyAt(40), await keyAt(40)];
    expect(keys).toEqual(["z", "a", "early", "late", null]);
  });

  test("A taken job is nobody else's until its lease ends; then its attempts count on.", async () => {
    await store().ask([aJob("a")]);
    expect((await take(0)).attempts).toBe(1);
    expect(await keyAt(1_000)).toBeNull();
    expect((await take(1_001)).attempts).toBe(2);
  });

  test("Many takers at once get each job once.", async () => {
    await store().ask(Array.from({ length: 20 }, (_, n) => aJob(`job ${n}`)));
    const taken = await Promise.all(Array.from({ length: 30 }, () => keyAt(1)));
    const keys = taken.filter(key => key !== null);
    expect([keys.length, new Set(keys).size]).toEqual([20, 20]);
  });

  test("A finished job stays done.", async () => {
    await store().ask([aJob("a")]);
    await store().finishJob(await take(1), { now: 7 });
    expect(await job("a")).toMatchObject({ done_at: 7, lease: null, attempts: 0 });
    expect(await keyAt(9_999)).toBeNull();
    expect(await store().nextDue()).toBeNull();
  });

  test("Asked again while done, a job is due again with the new data.", async () => {
    await store().ask([aJob("a", { body: "1" })]);
    await store().finishJob(await take(1), { now: 1 });
    await store().askAgain([aJob("a", { body: "2", due_at: 50 })]);
    expect(await keyAt(49)).toBeNull();
    expect(await take(50)).toMatchObject({ data: { body: "2" }, revision: 2, attempts: 1, done_at: null });
  });

  test("Asked again while pending, a job is due at the earlier of both times.", async () => {
    await store().askAgain([aJob("a", { body: "1", due_at: 50 })]);
    await store().askAgain([aJob("a", { body: "2", due_at: 90 })]);
    expect(await job("a")).toMatchObject({ data: { body: "2" }, due_at: 50, revision: 2 });
    await store().askAgain([aJob("a", { body: "3", due_at: 20 })]);
    expect(await job("a")).toMatchObject({ data: { body: "3" }, due_at: 20, revision: 3 });
  });

  test("Asked again while taken, a job is not taken twice, and not done when that work is.", async () => {
    await store().ask([aJob("a", { body: "1" })]);
    const first = await take(1);
    await store().askAgain([aJob("a", { body: "2" })]);
    expect(await keyAt(2)).toBeNull();
    await store().finishJob(first, { now: 3 });
    const second = await take(4);
    expect(second).toMatchObject({ data: { body: "2" }, revision: 2, attempts: 1 });
    await store().finishJob(second, { now: 5 });
    expect((await job("a"))?.done_at).toBe(5);
  });

  test("A job that is finished until later is due then, with what it left, as if never tried.", async () => {
    await store().ask([look(aProject())]);
    const left = { since: "2026-10-01T00:00:00Z" };
    await store().finishJob(await take(1), { now: 2, again: 50, left });
    expect(await keyAt(49)).toBeNull();
    expect(await store().nextDue()).toBe(50);
    expect(await take(50)).toMatchObject({ due_at: 50, attempts: 1, done_at: null, left });
  });

  test("Asked again while taken, a job is due as asked and not only when the work itself wanted to look again.", async () => {
    await store().ask([aJob("a", { body: "1", due_at: 1 })]);
    const job = await take(1);
    await store().askAgain([aJob("a", { body: "2", due_at: 20 })]);
    await store().finishJob(job, { now: 3, again: 900 });
    expect(await take(20)).toMatchObject({ data: { body: "2" }, revision: 2, done_at: null });
  });

  test("Who lost the lease of a job cannot say either when it is due again.", async () => {
    await store().ask([aJob("a")]);
    const slow = await take(0);
    await take(2_000);
    await store().finishJob(slow, { now: 2_001, again: 9_000 });
    expect(await job("a")).toMatchObject({ due_at: 0, lease: 3_000 });
  });

  test("A job that failed is due later, says why, and keeps its attempts.", async () => {
    await store().ask([aJob("a")]);
    await store().retryJob(await take(1), { due_at: 500, error: "GitHub is down." });
    expect(await job("a")).toMatchObject({ error: "GitHub is down.", lease: null, attempts: 1 });
    expect(await keyAt(499)).toBeNull();
    const again = await take(500);
    expect(again.attempts).toBe(2);
    await store().finishJob(again, { now: 501 });
    expect((await job("a"))?.error).toBeNull();
  });

  test("Who lost the lease of a job can neither finish it nor put it off.", async () => {
    await store().ask([aJob("a")]);
    const slow = await take(0);
    const second = await take(2_000);
    await store().finishJob(slow, { now: 2_001 });
    await store().retryJob(slow, { due_at: 9_000, error: "late" });
    expect(await job("a")).toMatchObject({ done_at: null, lease: 3_000, error: null, due_at: 0 });
    await store().finishJob(second, { now: 2_002 });
    expect((await job("a"))?.done_at).toBe(2_002);
  });

  test("A lease that is renewed in time is held on; one that was lost is not.", async () => {
    await store().ask([aJob("a")]);
    const held = await take(0);
    expect(await store().renewJob(held, 1_900)).toBe(true);
    expect(await keyAt(1_500)).toBeNull();
    expect(await store().renewJob(held, 9_000)).toBe(false);
    await store().finishJob({ ...held, lease: 1_900 }, { now: 1_501 });
    expect((await job("a"))?.done_at).toBe(1_501);
  });

  test("The next job is due at the earliest time at which one can be taken.", async () => {
    expect(await store().nextDue()).toBeNull();
    await store().ask([aJob("a", { due_at: 10 }), aJob("b", { due_at: 700 })]);
    expect(await store().nextDue()).toBe(10);
    const job = await take(10);
    expect(await store().nextDue()).toBe(700);
    await store().finishJob(job, { now: 11 });
    expect(await store().nextDue()).toBe(700);
  });

  test("Jobs that a killed process had taken are free at once.", async () => {
    await store().ask([aJob("a")]);
    const lost = await take(1);
    await store().freeJobs();
    expect((await take(2)).attempts).toBe(2);
    await store().finishJob(lost, { now: 3 });
    expect((await job("a"))?.done_at).toBeNull();
  });

  test("A mark is made once, whoever comes at the same time, and keeps what came of it.", async () => {
    const mark = marks.pending("p1");
    expect(await store().marked(mark)).toBeNull();
    const made = await Promise.all(
      Array.from({ length: 8 }, () => store().markOnce(mark, { now: 5, result: { id: 3 } })),
    );
    expect(made.filter(isNew => isNew)).toHaveLength(1);
    expect(await store().marked(mark)).toEqual({ at: 5, result: { id: 3 } });
    expect(await keyAt(100)).toBeNull();
    const bare = marks.token("1");
    await store().markOnce(bare, { now: 6 });
    expect(await store().marked(bare)).toEqual({ at: 6, result: null });
  });

  test("A mark of an older Kin's that holds less than one of today is read as it was meant.", async () => {
    const old = (mark: Mark<unknown>, result: string | null) =>
      database().write([
        {
          sql: "INSERT INTO jobs (key, kind, done_at, result) VALUES (?, ?, 5, ?)",
          args: [mark.key, mark.kind, result],
        },
      ]);
    const [asked, refused, bare] = [marks.asked("p1"), marks.commit("p1/2/1"), marks.commit("p1/3/1")];
    await old(asked, null);
    await old(refused, '{"refused":"No."}');
    await old(bare, null);
    expect((await store().marked(asked))?.result).toEqual({ unasked: [] });
    expect((await store().marked(refused))?.result).toEqual({ refused: "No.", beside: false, notes: [] });
    expect((await store().marked(bare))?.result).toEqual({ beside: false, notes: [] });
  });

  test("A mark that is damaged is said to be so.", async () => {
    const mark = marks.review("gate:p1:2:1");
    await store().markOnce(mark, { now: 5, result: null });
    await database().write(["UPDATE jobs SET result = '{\"id\":'"]);
    await expect(store().marked(mark)).rejects.toMatchObject({ code: "store_damaged" });
  });

  test.for([
    ["an older Kin's", "refuse", '{"task_id":1,"why":{"kind":"no_text"}}'],
    ["one without what it is about", "publish", "{}"],
    ["one that is no JSON", "say", '{"task_id":'],
  ] as const)("%s comes out as a job that nothing can be done with.", async ([, kind, data]) => {
    await store().ask([aJob("a")]);
    await database().write([{ sql: "UPDATE jobs SET kind = ?, data = ?", args: [kind, data] }]);
    expect(await take(1)).toMatchObject({ key: "a", kind: "unreadable", data: { kind }, left: null });
  });

  test("A job whose last time left something damaged has left nothing.", async () => {
    await store().ask([look(aProject())]);
    await store().finishJob(await take(1), { now: 2, again: 3, left: { since: "2026-10-01T00:00:00Z" } });
    await database().write(["UPDATE jobs SET result = '{\"since\":7}'"]);
    expect(await take(4)).toMatchObject({ kind: "look", left: null });
  });

  test("Slots of a pace lie apart, never in the past, and each key has its own.", async () => {
    const pace = (key: string, now: number) => store().pace(aKey(key), { now, gap_ms: 100 });
    expect(await pace("w:1", 1_000)).toBe(1_000);
    expect(await pace("w:1", 1_001)).toBe(1_100);
    expect(await pace("w:2", 1_001)).toBe(1_001);
    expect((await Promise.all([pace("w:1", 1_002), pace("w:1", 1_002)])).sort()).toEqual([1_200, 1_300]);
    expect(await pace("w:1", 9_000)).toBe(9_000);
    expect(await keyAt(99_999)).toBeNull();
    expect(await store().nextDue()).toBeNull();
  });

  test("There is no job under a key that nobody asked for.", async () => {
    expect(await job("none")).toBeNull();
    expect(await database().first("SELECT 1 FROM jobs")).toBeNull();
  });
};
