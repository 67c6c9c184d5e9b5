import { expect, test } from "vitest";
import { KinError } from "../../core/model/error.ts";
import type { EventData, EventKind } from "../../core/model/event.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { keys } from "../../core/model/keys.ts";
import { publish } from "../../core/model/new-job.ts";
import { anOpening } from "../build.ts";
import type { Under } from "./contract.ts";
import { EVERY_EVENT, OF_WORKERS } from "./every-event.ts";
import { aWrite, openPipeline, setTask } from "./facts.ts";
import { anAppend, aStarted, at, dump, NOON, rowOf } from "./kit.ts";

export const pipelines = ({ store, database }: Under): void => {
  test("A pipeline opens with its first event, the task's patch and the jobs.", async () => {
    const { task } = await aStarted(store());
    const opening = anOpening({ pipeline: "1-12-2", number: 2, type: "escalation" });
    const opened = await openPipeline(store(), {
      task_id: task.id,
      opening,
      patch: { branch: "kin/12-x", snapshot: opening.task },
      jobs: [publish(task.id)],
      at: NOON + 5,
    });
    expect(opened).toBe(true);
    expect(await rowOf(store(), "1-12-2")).toEqual({
      id: "1-12-2",
      task_id: task.id,
      number: 2,
      pipeline_type: "escalation",
      parent_pipeline_id: null,
      department: null,
      route_type: null,
      state: "queued",
      outcome: null,
      seq: 1,
      dispatches: 0,
      run_id: null,
      run_attempt: null,
      run_url: null,
      has_verdict_job: 0,
      lease_hash: null,
      lease_until: null,
      lease_deadline: null,
      usd: 0,
      tokens: 0,
      seconds: 0,
      size: sizeOf({ kind: "opened", opening }),
      step_costs: null,
      created_at: at(NOON + 5),
      completed_at: null,
    });
    expect(await store().journal("1-12-2")).toEqual([
      { seq: 1, at: at(NOON + 5), data: { kind: "opened", opening } },
    ]);
    expect(await store().task(task.id)).toMatchObject({ branch: "kin/12-x", snapshot: opening.task });
    expect(await store().job(keys.publish(task.id))).toMatchObject({
      data: { task_id: task.id },
      revision: 1,
    });
  });

  test("A pipeline opens behind the fact that its start was decided on, and behind no later one.", async () => {
    const { task } = await aStarted(store());
    await setTask(store(), task.id, { trigger_id: "31" }, NOON);
    const before = await dump(store());
    const opening = anOpening({ pipeline: "1-12-2", number: 2 });
    const open = (seq: number) =>
      store().openPipeline({ opening, task: aWrite({ ...task, seq }, { jobs: [publish(1)] }), at: NOON });
    expect(await open(task.seq)).toBe(false);
    expect(await open(task.seq + 2)).toBe(false);
    expect(await dump(store())).toEqual(before);
    expect(await open(task.seq + 1)).toBe(true);
  });

  test("A pipeline that opens for a run is that run's from its first moment on.", async () => {
    const { task } = await aStarted(store());
    const opening = anOpening({ pipeline: "1-12-2", number: 2 });
    const jobs = [publish(1)];
    await openPipeline(store(), { task_id: task.id, opening, run_id: "9001", jobs, at: NOON });
    expect(await rowOf(store(), "1-12-2")).toMatchObject({ run_id: "9001", dispatches: 1, state: "queued" });
  });

  test.for([
    ["the same id", { pipeline: "1-12-1", number: 1 }],
    ["another id", { pipeline: "1-12-x", number: 1 }],
    ["an id that is another number's", { pipeline: "1-12-1", number: 7 }],
  ] as const)(
    "A number is opened once: a second opening with %s writes nothing at all.",
    async ([, over]) => {
      const { task } = await aStarted(store());
      const before = await dump(store());
      const opened = await openPipeline(store(), {
        task_id: task.id,
        opening: anOpening({ brief: "Another.", ...over }),
        patch: { status: "blocked" },
        jobs: [publish(1)],
        at: NOON + 5,
      });
      expect(opened).toBe(false);
      expect(await dump(store())).toBe(before);
    },
  );

  test("Of two that open one number at the same time, one does.", async () => {
    const { task } = await aStarted(store());
    const open = () =>
      openPipeline(store(), {
        task_id: task.id,
        opening: anOpening({ pipeline: "1-12-2", number: 2 }),
        jobs: [publish(task.id)],
        at: NOON,
      });
    expect((await Promise.all([open(), open(), open()])).filter(opened => opened)).toHaveLength(1);
    expect((await store().job(keys.publish(task.id)))?.revision).toBe(1);
  });

  test("A task's pipelines come by number; open ones by age, without those that are finished.", async () => {
    const { task } = await aStarted(store(), { number: 10 });
    await aStarted(store(), { number: 9 });
    await aStarted(store(), { project_id: 2, number: 1 });
    expect((await store().pipelines(task.id)).map(row => row.number)).toEqual([9, 10]);
    const open = async () => (await store().openPipelines()).map(row => row.id);
    expect(await open()).toEqual(["1-12-10", "1-12-9", "2-12-1"]);
    await store().updatePipeline("1-12-10", { state: "finished" });
    await store().updatePipeline("1-12-9", { state: "paused", created_at: at(NOON + 1) });
    expect(await open()).toEqual(["2-12-1", "1-12-9"]);
    expect(await store().pipelines(99)).toEqual([]);
    expect(await store().pipeline("none")).toBeNull();
    expect(await store().journal("none")).toEqual([]);
  });

  test("A pipeline that is finished is written no more.", async () => {
    const { id } = await aStarted(store());
    await store().updatePipeline(id, { state: "finished", outcome: "passed" });
    const before = await rowOf(store(), id);
    await store().updatePipeline(id, { state: "queued", outcome: null, run_id: "9002" });
    expect(await rowOf(store(), id)).toEqual(before);
  });

  test("A patch of a pipeline writes what it names.", async () => {
    const { id } = await aStarted(store());
    const before = await rowOf(store(), id);
    await store().updatePipeline(id, { run_id: "9001", dispatches: 1, run_url: "https://example.com/1" });
    await store().updatePipeline(id, {});
    expect(await rowOf(store(), id)).toEqual({
      ...before,
      run_id: "9001",
      dispatches: 1,
      run_url: "https://example.com/1",
    });
  });

  test.for(Object.keys(EVERY_EVENT) as EventKind[])(
    "An event of the kind %s comes back as it went in.",
    async kind => {
      const { task, id } = await aStarted(store());
      const events: readonly EventData[] = [EVERY_EVENT[kind]];
      const answer = await store().append(anAppend(task, id, { events }));
      const journal = await store().journal(id);
      expect(journal.slice(1)).toEqual([{ seq: 2, at: at(NOON + 1_000), data: EVERY_EVENT[kind] }]);
      expect(answer).toEqual(journal.slice(1));
    },
  );

  test("Events of a coordinator's workers come back as they went in.", async () => {
    const { task, id } = await aStarted(store());
    await store().append(anAppend(task, id, { events: OF_WORKERS }));
    expect((await store().journal(id)).slice(1).map(({ data }) => data)).toEqual(OF_WORKERS);
  });

  test("A journal of a thousand events comes back in order and whole.", async () => {
    const { task, id } = await aStarted(store());
    const text = `${'ß🙂\n\\"'.repeat(40)}\u0000\ud800`;
    const events = Array.from(
      { length: 999 },
      (_, n) => ({ kind: "paused", reason: `${n} ${text}` }) as const,
    );
    await store().append(anAppend(task, id, { events }));
    const journal = await store().journal(id);
    expect(journal.map(event => event.seq)).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
    expect(journal.slice(1).map(event => event.data)).toEqual(events);
    expect((await rowOf(store(), id)).seq).toBe(1_000);
    expect(await store().journal(id, 990)).toEqual(journal.slice(990));
    expect(await store().journal(id, 1_000)).toEqual([]);
    expect(await store().journal(id, 0, { but: "paused" })).toEqual(journal.slice(0, 1));
    expect(await store().journal(id, 0, { but: "turn", until: 3 })).toEqual(journal.slice(0, 3));
  });

  test("An event of an older Kin takes the defaults of the fields that it lacks.", async () => {
    const { id } = await aStarted(store());
    const old = { kind: "claimed", run_id: "9001", run_attempt: 1, run_url: null };
    await database().write([rowWith(id, JSON.stringify(old))]);
    expect((await store().journal(id, 1))[0]?.data).toEqual({ ...old, scripted: false });
  });

  test.for([
    ["cut short", '{"kind":"paused","rea'],
    ["of a kind that is not known here", '{"kind":"escalated"}'],
    ["empty", ""],
  ] as const)(
    "An event whose row is %s is named, with what to do; what is behind it can be read.",
    async ([, data]) => {
      const { task, id } = await aStarted(store());
      await store().append(anAppend(task, id));
      await store().append(anAppend(task, id, { after: 2 }));
      await database().write([{ sql: "UPDATE events SET data = ? WHERE seq = 2", args: [data] }]);
      const error = await store()
        .journal(id)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(KinError);
      expect(error).toMatchObject({
        message: `Event 2 of pipeline ${id} cannot be read.`,
        code: "store_corrupt",
        retryable: false,
        hint: expect.stringContaining("backup"),
      });
      expect(await store().journal(id, 2)).toHaveLength(1);
    },
  );
};

const rowWith = (pipeline: string, data: string) => ({
  sql: "INSERT INTO events (pipeline_id, seq, kind, data, at) VALUES (?, 2, 'claimed', ?, ?)",
  args: [pipeline, data, at(NOON)],
});
