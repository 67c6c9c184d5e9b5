// The cost of folding a journal with workers, measured by how often the name of a written file is read.
import { describe, expect, test } from "vitest";
import { EventData } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { workerName } from "../../core/model/worker.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { aPipeline, later } from "../build.ts";
import {
  AT,
  attemptOf,
  ended,
  orderOf,
  READING,
  roster,
  spawn,
  started,
  turn,
  WRITING,
  WROTE,
} from "./coordinating.ts";

let looks = 0;
const looksOf = (task: () => unknown): number => {
  looks = 0;
  task();
  return looks;
};
/** A file that counts how often its name is read. */
const file = (path: string) => ({
  ...{ mode: "100644" as const, content: "a", encoding: "utf-8" as const, in_base: false },
  get path() {
    looks++;
    return path;
  },
});
const files = (count: number) => Array.from({ length: count }, (_, index) => file(`src/${index}.ts`));

const wrote = (worker: number, letter: string, changes: ReturnType<typeof files>) =>
  turn([], { worker, wrote: { tree: letter.repeat(40), changes } });
const joined = (worker: number, letter: string): EventData => ({
  ...{ kind: "joined", ...AT, worker, tree: letter.repeat(40) },
});

const FILES = 200;
/** This many files are part of the work, none read so far, and the coordinator has read the notices. */
const aWritten = (): Pipeline =>
  later(WRITING, wrote(1, "b", files(FILES)), ...ended(1), joined(1, "b"), turn([]));
const spawns = (count: number) =>
  Array.from({ length: count }, (_, index) => spawn("explore", {}, workerName(index)));
const made = (count: number) => [...orderOf(aWritten(), ...spawns(count))];
const asking = (count: number): EventData => turn(spawns(count), { orders: made(count) });

describe("orders", () => {
  const take = (pipeline: Pipeline, event: EventData) =>
    takeEvents([event], { pipeline, roster, at: pipeline.updated_at });

  test("that a reply did not give are no work", () => {
    const pipeline = aWritten();
    const lie = turn([], { orders: made(50) });
    expect(looksOf(() => expect(() => take(pipeline, lie)).toThrow("does not ask that of workers"))).toBe(0);
  });
  test("for many are as much work as for one", () => {
    const looksFor = (count: number) => {
      const [pipeline, event] = [aWritten(), asking(count)];
      return looksOf(() => take(pipeline, event));
    };
    expect(looksFor(1)).toBeGreaterThanOrEqual(FILES);
    expect(looksFor(50)).toBe(looksFor(1));
  });
  test.each(["turn", "led"])("are a hundred in one %s at most", kind => {
    const orders = (count: number) => Array.from({ length: count }, () => ({ kind: "stop", worker: 1 }));
    const event = (count: number) => ({ ...turn([]), role: "coordinator", kind, orders: orders(count) });
    expect(EventData.safeParse(event(100)).success).toBe(true);
    expect(EventData.safeParse(event(101)).success).toBe(false);
  });
  test("are obeyed of nobody who may not start workers", () => {
    const alone = later(aPipeline({ plan: ["debugger", "reviewer"] }), {
      ...started(1, "debugger"),
      worker: undefined,
    } as EventData);
    expect(() => later(alone, turn([], { wrote: WROTE("a.js") }))).not.toThrow();
    expect(() => later(alone, turn([], { orders: made(1) }))).toThrow("debugger may not start workers");
  });
});

describe("workers that are over", () => {
  const begun = later(aWritten(), asking(50));
  const explored = later(
    begun,
    ...Array.from({ length: 50 }, (_, index) => index + 2).flatMap(worker => [
      started(worker, "explore"),
      ...ended(worker),
    ]),
  );
  const waiting = later(WRITING, wrote(1, "b", files(FILES)), ...ended(1));

  test.each([
    ["and were joined or wrote nothing", explored],
    ["and wait to be joined", waiting],
  ])("%s are no work for what comes next", (_, pipeline) => {
    expect(looksOf(() => decide(later(pipeline, READING, READING)))).toBe(0);
  });
  test("are looked at when they end", () => {
    expect(decide(waiting)).toContainEqual(expect.objectContaining({ kind: "join", worker: 1 }));
    const again = later(waiting, joined(1, "b"));
    expect(decide(again).map(({ kind }) => kind)).toEqual(["take_turn"]);
  });
});

describe("what workers began with", () => {
  const bases = (pipeline: Pipeline) =>
    (attemptOf(pipeline).crew?.workers ?? []).slice(1).map(({ from }) => from.changes);
  const begun = later(
    aWritten(),
    asking(50),
    ...Array.from({ length: 50 }, (_, index) => started(index + 2, "explore")),
  );

  test("is one list for all who began with the same", () => {
    expect(bases(begun)[0]).toHaveLength(FILES);
    expect(new Set(bases(begun)).size).toBe(1);
  });
  test("is kept no longer than their coordinator's attempt", () => {
    const end: EventData = {
      ...{ kind: "attempt_finished", ...AT, outcome: "failed", answer: null, reason: "r", checks: [] },
    };
    const over = later(begun, end);
    expect(bases(over)).toHaveLength(50);
    expect(bases(over).flat()).toEqual([]);
  });
});

test("a pipeline's commits are found by looking twice as often where twice as many turns wrote", () => {
  const looksFor = (turns: number) => {
    const begun = later(aPipeline({ plan: ["debugger", "reviewer"] }), {
      ...started(1, "debugger"),
      worker: undefined,
    } as EventData);
    const written = Array.from({ length: turns }, (_, index) =>
      turn([], {
        wrote: { tree: "b".repeat(40), changes: [file(`src/${String(index).padStart(3, "0")}.ts`)] },
      }),
    );
    const stop = { kind: "stop_asked", message: 1, by: "octocat", reason: "r" } as const;
    const end = { kind: "finished", outcome: "stopped", reason: "r", return: null } as const;
    const pipeline = later(begun, ...written, stop, end);
    return looksOf(() => expect(commitPoints(pipeline)[0]?.changes).toHaveLength(turns));
  };
  expect(looksFor(400) / looksFor(200)).toBeLessThan(2.5);
});
