// Cached folds: they save reading, and change no result.
import { afterEach, expect, onTestFinished, test } from "vitest";
import type { Plane } from "../../app/plane.ts";
import { createFolds } from "../../app/runs/folds.ts";
import { append } from "../../app/runs/journal.ts";
import type { Store } from "../../app/store/port.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import { MOST_IN_A_PIPELINE } from "../../core/model/journal-size.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { systemClock } from "../../host/clock.ts";
import { loadRoster } from "../../host/roster.ts";
import { aJournal, anOpening } from "../build.ts";
import { openPipeline } from "../store/facts.ts";
import {
  aProject,
  aStarted,
  NOON,
  openStore,
  ROOT,
  removeTemporary,
  rowOf,
  temporary,
} from "../store/kit.ts";

afterEach(removeTemporary);

interface Instance {
  readonly store: Store;
  /** As much of it as appending needs. */
  readonly plane: Plane;
  /** The event after which each reading of a journal began. */
  readonly read: number[];
}

const anInstance = async (url: string): Promise<Instance> => {
  const { store } = await openStore({ url });
  onTestFinished(store.close);
  const read: number[] = [];
  const journal: Store["journal"] = (id, after = 0, options) => {
    read.push(after);
    return store.journal(id, after, options);
  };
  const { roster } = loadRoster(ROOT);
  const plane = {
    store,
    folds: createFolds({ ...store, journal }),
    clock: systemClock,
    roster,
  } as unknown as Plane;
  return { store, plane, read };
};

const aFile = () => `file:${temporary()}/kin.db`;

/** A whole pipeline: planned, repaired, judged, passed. */
const aLine = (id: string): readonly JournalEvent[] =>
  aJournal({
    opening: { pipeline: id },
    plan: ["debugger", "tester"],
    play: [
      {
        turns: [{ wrote: ["src/split.js"] }, { bash: "npm test" }, {}],
        answer: { status: "done", ...PROOF },
      },
      { turns: [{ bash: "npm test" }], answer: { verdict: "approved", reason: "", ...PROOF } },
    ],
  });
const PROOF = {
  proof: { what_was_done: "Mended.", how_verified: ["npm test"], verification_result: "It passes." },
};

interface Place {
  readonly task: TaskRecord;
  readonly id: string;
  readonly after: number;
}

const write = async ({ store, plane }: Instance, { data }: JournalEvent, { task, id, after }: Place) =>
  append(plane, { pipeline: await rowOf(store, id), task, after, events: [data], lease: null, by: "app" });

test("Instances that write one journal in turn fold what all of them wrote, each reading an event once.", async () => {
  const url = aFile();
  const instances = [await anInstance(url), await anInstance(url)] as const;
  const [{ store }] = instances;
  const { task, id } = await aStarted(store);
  const line = aLine(id);
  for (const event of line.slice(1)) {
    const writer = instances[event.seq % 2] as Instance;
    expect(await write(writer, event, { task, id, after: event.seq - 1 })).toHaveLength(1);
    const whole = fold(await store.journal(id));
    for (const { plane } of instances)
      expect(await plane.folds.at(await rowOf(store, id), event.seq)).toEqual(whole);
  }
  // The first one writes after odd places, so it reads its beginning and each event of the other.
  const behind = line.filter(event => event.seq % 2 === 1).map(event => event.seq - 1);
  expect(instances[0].read).toEqual(behind);
  expect((await rowOf(store, id)).outcome).toBe("passed");
});

test("A fold is never replaced by one of fewer events, and a reading ends where it was asked to.", async () => {
  const url = aFile();
  const [app, other] = [await anInstance(url), await anInstance(url)];
  const { task, id } = await aStarted(app.store);
  const line = aLine(id);
  for (const event of line.slice(1, 6)) await write(other, event, { task, id, after: event.seq - 1 });
  const row = await rowOf(app.store, id);
  expect((await app.plane.folds.at(row, 4)).seq).toBe(4);
  await app.plane.folds.at(row, 6);
  expect((await app.plane.folds.at(row, 3)).seq).toBe(3);
  const before = app.read.length;
  expect(await app.plane.folds.at(row, 6)).toEqual(fold(await app.store.journal(id)));
  expect(app.read).toHaveLength(before);
});

test("Journals are read turn by turn among installations, whoever waits for how many.", async () => {
  const { store } = await anInstance(aFile());
  const ids: string[] = [];
  for (const [project_id, count] of [
    [1, 5],
    [2, 1],
    [3, 2],
  ] as const)
    for (let issue = 1; issue <= count; issue++) ids.push((await aStarted(store, { project_id, issue })).id);
  for (const [id, installation_id] of [
    [1, 71],
    [2, 72],
    [3, 71],
  ] as const)
    await store.saveProject(aProject({ id, installation_id }), NOON);
  const read: string[] = [];
  const journal: Store["journal"] = async (id, ...place) => {
    read.push(id);
    await new Promise(resolve => setTimeout(resolve, 5));
    return store.journal(id, ...place);
  };
  const folds = createFolds({ ...store, journal });
  const rows = await Promise.all(ids.map(id => rowOf(store, id)));
  const all = await Promise.all(rows.map(row => folds.at(row, 1)));
  expect(all.map(({ opening }) => opening.pipeline)).toEqual(ids);
  expect(read.toSorted()).toEqual(ids.toSorted());
  // After the one that was under way, and one of the other's.
  expect(read.indexOf("2-1-1")).toBeLessThanOrEqual(2);
});

test("An append that comes again is answered as before, though later events are remembered, and nothing is folded for it.", async () => {
  const app = await anInstance(aFile());
  const { task, id } = await aStarted(app.store);
  const [, second, third] = aLine(id) as [JournalEvent, JournalEvent, JournalEvent];
  const written = await write(app, second, { task, id, after: 1 });
  await write(app, third, { task, id, after: 2 });
  const { length } = app.read;
  expect(await write(app, second, { task, id, after: 1 })).toEqual(written);
  expect(await write(app, second, { task, id, after: 7 })).toBeNull();
  expect(await write(app, { ...second, data: third.data }, { task, id, after: 1 })).toBeNull();
  expect(app.read).toHaveLength(length);
  const whole = fold(await app.store.journal(id));
  expect(whole.seq).toBe(3);
  expect(await app.plane.folds.at(await rowOf(app.store, id), 3)).toEqual(whole);
});

test("What an append was refused for is not remembered.", async () => {
  const url = aFile();
  const [app, other] = [await anInstance(url), await anInstance(url)];
  const { task, id } = await aStarted(app.store);
  const [, second] = aLine(id) as [JournalEvent, JournalEvent];
  await app.plane.folds.at(await rowOf(app.store, id), 1);
  await write(other, { ...second, data: { kind: "paused", reason: "Busy." } }, { task, id, after: 1 });
  expect(await write(app, second, { task, id, after: 1 })).toBeNull();
  const pipeline = await app.plane.folds.at(await rowOf(app.store, id), 2);
  expect(pipeline).toMatchObject({ seq: 2, run: null, paused: "Busy." });
});

test("A pipeline whose id comes again after its project was deleted is not taken for the old one.", async () => {
  const { store, plane } = await anInstance(aFile());
  const { id } = await aStarted(store);
  await plane.folds.at(await rowOf(store, id), 1);
  await store.query("DELETE FROM projects");
  const { task } = await aStarted(store, { number: 2 });
  const opening = anOpening({ pipeline: id, brief: "Another." });
  await openPipeline(store, { task_id: task.id, opening, jobs: [], at: NOON + 1 });
  expect((await plane.folds.at(await rowOf(store, id), 1)).opening.brief).toBe("Another.");
});

test("Only so much is remembered: two that are as large as one may be, and not a third.", async () => {
  const { store, plane, read } = await anInstance(aFile());
  for (let number = 1; number <= 3; number++) {
    await aStarted(store, { number });
    await store.updatePipeline(`1-12-${number}`, { size: MOST_IN_A_PIPELINE });
  }
  const ask = async (number: number) => plane.folds.at(await rowOf(store, `1-12-${number}`), 1);
  for (const number of [1, 2, 2, 1]) await ask(number);
  expect(read).toHaveLength(2);
  for (const number of [3, 1, 2]) await ask(number);
  expect(read).toHaveLength(4);
});

test("Only so many are remembered: the one that was asked for longest ago is read again.", async () => {
  const { store, plane, read } = await anInstance(aFile());
  for (let number = 1; number <= 33; number++) await aStarted(store, { number });
  const ask = async (number: number) => plane.folds.at(await rowOf(store, `1-12-${number}`), 1);
  for (let number = 1; number <= 32; number++) await ask(number);
  await ask(1);
  expect(read).toHaveLength(32);
  await ask(33);
  await ask(1);
  expect(read).toHaveLength(33);
  await ask(2);
  expect(read).toHaveLength(34);
});
