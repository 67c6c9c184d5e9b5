import { expect, test } from "vitest";
import { createStore } from "../../app/store/store.ts";
import type { Append } from "../../core/model/append.ts";
import type { EventData } from "../../core/model/event.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { keys } from "../../core/model/keys.ts";
import { type NewJob, publish } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { Under } from "./contract.ts";
import { EVERY_EVENT } from "./every-event.ts";
import { recordReturn, setTask } from "./facts.ts";
import {
  anAppend,
  aReturn,
  aStarted,
  at,
  dump,
  HASH,
  MINUTE,
  NOON,
  numbered,
  OTHER_HASH,
  rowOf,
  takeLease,
} from "./kit.ts";

const FINISHED: EventData = { kind: "finished", outcome: "returned", reason: "Which month?", return: null };

/** An append that touches every table it can. */
const aWholeAppend = (
  task: Pick<TaskRecord, "id" | "seq">,
  id: string,
  over: Parameters<typeof anAppend>[2] = {},
): Append =>
  anAppend(task, id, {
    events: [{ kind: "paused", reason: "Too busy." }, FINISHED],
    row: {
      state: "finished",
      outcome: "returned",
      usd: 0.5,
      tokens: 900,
      seconds: 12.5,
      completed_at: at(NOON),
    },
    means: {
      patch: { status: "blocked", status_reason: "Which month?", return_count: 1 },
      returned: [numbered(aReturn(task, { pipeline_id: id, source: `pm:${id}` }))],
    },
    jobs: [publish(task.id)],
    ...over,
  });

export const appends = ({ store, database }: Under): void => {
  test("An append writes its events and all that they mean.", async () => {
    const { task, id } = await aStarted(store());
    const written = await store().append(aWholeAppend(task, id));
    expect(written?.map(event => [event.seq, event.at, event.data.kind])).toEqual([
      [2, at(NOON + 1_000), "paused"],
      [3, at(NOON + 1_000), "finished"],
    ]);
    const journal = await store().journal(id);
    expect(journal.slice(1)).toEqual(written);
    const size = journal.reduce((sum, event) => sum + sizeOf(event.data), 0);
    expect(await store().written(task.id)).toBe(size);
    expect(await rowOf(store(), id)).toMatchObject({
      seq: 3,
      size,
      state: "finished",
      outcome: "returned",
      usd: 0.5,
      tokens: 900,
      seconds: 12.5,
      completed_at: at(NOON),
    });
    expect(await store().task(task.id)).toMatchObject({
      status: "blocked",
      status_reason: "Which month?",
      return_count: 1,
      updated_at: at(NOON + 1_000),
    });
    expect(await store().returns(task.id, 5)).toMatchObject([
      { return_number: 1, source: `pm:${id}`, pipeline_id: id, returned_at: at(NOON + 1_000) },
    ]);
    expect(await store().job(keys.publish(task.id))).toMatchObject({ done_at: null, revision: 1 });
  });

  test("An append behind another fact of its task than the last one writes nothing.", async () => {
    const { task, id } = await aStarted(store());
    await setTask(store(), task.id, { status: "cancelled" }, NOON);
    const before = await dump(store());
    expect(await store().append(anAppend(task, id, { means: { patch: { status: "review" } } }))).toBeNull();
    expect(await dump(store())).toBe(before);
    // Events that mean nothing for the task are appended all the same.
    expect(await store().append(anAppend(task, id))).toHaveLength(1);
  });

  test("A journal is read from any place to any other, and of one kind.", async () => {
    const { task, id } = await aStarted(store());
    const events = ["a", "b", "c"].map(reason => ({ kind: "paused", reason }) as const);
    await store().append(anAppend(task, id, { events: [...events, { kind: "interrupted", reason: "d" }] }));
    const seqs = async (...[after, options]: [number, { until?: number; kind?: "paused" | "finished" }?]) =>
      (await store().journal(id, after, options)).map(({ seq }) => seq);
    expect([await seqs(0), await seqs(2), await seqs(1, { until: 3 }), await seqs(5)]).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
      [2, 3],
      [],
    ]);
    expect([await seqs(2, { kind: "paused" }), await seqs(0, { kind: "finished" })]).toEqual([[3, 4], []]);
  });

  test("While a long journal is read others come to their turn, and it is read whole.", async () => {
    const { task, id } = await aStarted(store());
    const sizes = [700_000, 700_000, 10, 10, 2_500_000, 10, 400_000, 400_000, 400_000];
    const events = sizes.map(
      (size, n) => ({ kind: "paused", reason: `${n}${"ü".repeat(size / 2)}` }) as const,
    );
    await store().append(anAppend(task, id, { events }));
    let turns = 0;
    const count = () => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const journal = await store().journal(id);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(journal.map(({ data }) => data).slice(1)).toEqual(events);
  });

  test("What was sent before is known by its events, whatever a turn was said to cost, and by nothing less.", async () => {
    const { task, id } = await aStarted(store());
    const { turn } = EVERY_EVENT;
    const events = [turn, { kind: "paused", reason: "Busy." } as const];
    const written = await store().append(anAppend(task, id, { events }));
    const ask = (after: number, said: Append["events"]) =>
      store().sent({ pipeline: id, after, events: said });
    expect(await ask(1, events)).toEqual(written);
    expect(await ask(1, [{ ...turn, usd: null }])).toEqual(written?.slice(0, 1));
    expect(await ask(1, [{ ...turn, seconds: turn.seconds + 1 }])).toBeNull();
    expect(await ask(2, [{ kind: "paused", reason: "Lazy." }])).toBeNull();
    for (const after of [0, 2, 3, 9]) expect(await ask(after, events)).toBeNull();
    expect(await ask(1, [])).toBeNull();
  });

  test("Of what stands at a place no more is read than was sent for it.", async () => {
    const { task, id } = await aStarted(store());
    const long = { kind: "paused", reason: "x".repeat(100_000) } as const;
    const short = { kind: "paused", reason: "x" } as const;
    await store().append(anAppend(task, id, { events: [short, long, short] }));
    let read = 0;
    const watched = createStore({
      ...database(),
      all: async (sql, args) => {
        const rows = await database().all(sql, args);
        read += JSON.stringify(rows).length;
        return rows;
      },
    });
    for (const events of [
      [short, short],
      [short, short, short],
      [short, { ...long, reason: "y" }],
    ])
      expect(await watched.sent({ pipeline: id, after: 1, events })).toBeNull();
    expect(read).toBeLessThan(2_000);
    expect(await watched.sent({ pipeline: id, after: 1, events: [short, long] })).toHaveLength(2);
  });

  test("An append asks for its jobs again, however often they were done.", async () => {
    const { task, id } = await aStarted(store());
    const jobs = [publish(task.id)];
    await store().append(anAppend(task, id, { jobs }));
    const job = await store().takeJob(1, { lease_ms: 10 });
    if (job !== null) await store().finishJob(job, { now: 2 });
    await store().append(anAppend(task, id, { after: 2, jobs }));
    expect(await store().job(keys.publish(task.id))).toMatchObject({ done_at: null, revision: 2 });
  });

  test("The holder of a live lease appends, again and again.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    for (const after of [1, 2, 3]) {
      expect(await store().append(anAppend(task, id, { after, lease: HASH }))).toHaveLength(1);
    }
    const last = anAppend(task, id, { after: 4, lease: HASH, at: NOON + MINUTE });
    expect(await store().append(last)).toHaveLength(1);
  });

  const REFUSED: readonly (readonly [why: string, over: Partial<Append>])[] = [
    ["behind the journal's end", { lease: HASH, after: 0 }],
    ["past the journal's end", { lease: HASH, after: 2 }],
    ["with another run's lease", { lease: OTHER_HASH }],
    ["with a lease that ran out", { lease: HASH, at: NOON + MINUTE + 1 }],
    ["by the control plane while a lease is live", { lease: null }],
    ["to a pipeline that is not there", { pipeline: "none" }],
  ];
  for (const [why, over] of REFUSED) {
    test(`An append ${why} answers null and writes nothing: no event, row, task, return or job.`, async () => {
      const { task, id } = await aStarted(store());
      await takeLease(store(), id);
      const before = await dump(store());
      expect(await store().append(aWholeAppend(task, id, over))).toBeNull();
      expect(await dump(store())).toBe(before);
    });
  }

  test("The control plane appends once the lease ran out, or was given back.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    expect(await store().append(anAppend(task, id, { at: NOON + MINUTE }))).toBeNull();
    expect(await store().append(anAppend(task, id, { at: NOON + MINUTE + 1 }))).toHaveLength(1);
    await takeLease(store(), id, { now: NOON + MINUTE + 2, until: NOON + 2 * MINUTE });
    await store().release(id, HASH);
    expect(await store().append(anAppend(task, id, { after: 2 }))).toHaveLength(1);
  });

  const FAILING: readonly (readonly [what: string, over: (id: string) => Parameters<typeof anAppend>[2]])[] =
    [
      ["the pipeline's row", () => ({ row: { state: "odd" as "paused" } })],
      ["the task", () => ({ means: { patch: { status: "odd" as "done" } } })],
      [
        "the return",
        () => ({ means: { returned: [numbered(aReturn({ id: 1 }, { pipeline_id: "none" }))] } }),
      ],
      ["a job", () => ({ jobs: [{ ...publish(1), kind: null as unknown as "publish" } as NewJob] })],
    ];
  for (const [what, over] of FAILING) {
    test(`An append whose statement for ${what} fails writes nothing, and the next one works.`, async () => {
      const { task, id } = await aStarted(store());
      const before = await dump(store());
      await expect(store().append(aWholeAppend(task, id, over(id)))).rejects.toThrow(/constraint/i);
      expect(await dump(store())).toBe(before);
      expect(await store().append(aWholeAppend(task, id))).toHaveLength(2);
    });
  }

  test("The same append sent again answers the same and writes nothing.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    const append = aWholeAppend(task, id, { lease: HASH });
    const written = await store().append(append);
    const before = await dump(store());
    const sentAgain = JSON.parse(JSON.stringify({ ...append, at: NOON + 9_000 })) as Append;
    expect(await store().append(sentAgain)).toEqual(written);
    expect(await dump(store())).toBe(before);
  });

  test("The same append sent again after others came answers the same.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    const written = await store().append(anAppend(task, id, { lease: HASH }));
    await store().append(anAppend(task, id, { after: 2, lease: HASH }));
    expect(await store().append(anAppend(task, id, { lease: HASH }))).toEqual(written);
    expect((await rowOf(store(), id)).seq).toBe(3);
  });

  test("An append that is written unless somebody stopped it waits for the stop to be told, and for nothing else.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    const of = { lease: HASH, unless_stopped: true };
    const words = { pipeline_id: id, by: "octocat", text: "Not now." };
    await store().say({ ...words, kind: "tell", source: "test:tell" }, NOON);
    const written = await store().append(anAppend(task, id, of));
    expect(written).not.toBeNull();
    await store().say({ ...words, kind: "stop", source: "test:stop" }, NOON);
    const before = await dump(store());
    expect(await store().append(aWholeAppend(task, id, { ...of, after: 2 }))).toBeNull();
    expect(await dump(store())).toBe(before);
    expect(await store().append(anAppend(task, id, of))).toEqual(written);
    const { id: message = 0 } = (await store().messages(id)).find(({ kind }) => kind === "stop") ?? {};
    const heard: EventData = { kind: "stop_asked", message, by: words.by, reason: words.text };
    expect(await store().append(anAppend(task, id, { after: 2, lease: HASH, events: [heard] }))).toHaveLength(
      1,
    );
    expect(await store().append(anAppend(task, id, { ...of, after: 3 }))).toHaveLength(1);
  });

  test("Sent again by who lost the lease meanwhile, it answers null.", async () => {
    const { task, id } = await aStarted(store());
    await takeLease(store(), id);
    await store().append(anAppend(task, id, { lease: HASH }));
    await takeLease(store(), id, { hash: OTHER_HASH, now: NOON + 2 * MINUTE, until: NOON + 3 * MINUTE });
    const before = await dump(store());
    expect(await store().append(anAppend(task, id, { lease: HASH }))).toBeNull();
    expect(await dump(store())).toBe(before);
  });

  test("Other events at the same place are not the same append.", async () => {
    const { task, id } = await aStarted(store());
    await store().append(anAppend(task, id));
    const before = await dump(store());
    const other = (events: readonly EventData[]) => store().append(anAppend(task, id, { events }));
    expect(await other([{ kind: "paused", reason: "Another reason." }])).toBeNull();
    expect(await other([{ kind: "paused", reason: "Too busy." }, FINISHED])).toBeNull();
    expect(await dump(store())).toBe(before);
  });

  test("An append without events changes rows only for who may write.", async () => {
    const { task, id } = await aStarted(store());
    const nothing = { events: [], row: { usd: 1 } };
    expect(await store().append(anAppend(task, id, nothing))).toEqual([]);
    expect(await store().append(anAppend(task, id, { ...nothing, after: 0, row: { usd: 2 } }))).toBeNull();
    expect(await rowOf(store(), id)).toMatchObject({ seq: 1, usd: 1 });
  });

  test("An append with a return that was recorded before writes nothing.", async () => {
    const { task, id } = await aStarted(store());
    const returned = aReturn(task, { source: `pm:${id}` });
    await recordReturn(store(), returned, NOON);
    const now = (await store().task(task.id)) as TaskRecord;
    const before = await dump(store());
    const means = { returned: [numbered(returned, 2)] };
    expect(await store().append(anAppend(now, id, { means }))).toBeNull();
    expect(await dump(store())).toBe(before);
  });

  test("Of many different appends at one place, one is written.", async () => {
    const { task, id } = await aStarted(store());
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        store().append(anAppend(task, id, { events: [{ kind: "paused", reason: `${n}` }] })),
      ),
    );
    expect(answers.filter(answer => answer !== null)).toHaveLength(1);
    expect(await store().journal(id)).toHaveLength(2);
  });

  test("The journal has no gap and no seq twice.", async () => {
    const { task, id } = await aStarted(store());
    await store().append(anAppend(task, id));
    const twice = { sql: "INSERT INTO events VALUES (?, 2, 'paused', '{}', '')", args: [id] };
    await expect(database().write([twice])).rejects.toThrow(/UNIQUE/);
  });
};
