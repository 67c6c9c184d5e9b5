// What people say to a coordinator's workers, folded: its coordinator judges by what it has read, whenever their words
// arrive.
import { describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import type { Attempt, Pipeline, Worker } from "../../core/model/pipeline.ts";
import type { Order } from "../../core/model/worker.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { crewProblem } from "../../core/pipeline/orders.ts";
import { toldTo } from "../../core/pipeline/state.ts";
import { workerState } from "../../core/pipeline/workers.ts";
import { aPipeline, later } from "../build.ts";
import {
  AT,
  attemptOf,
  beginning,
  ordered,
  read,
  spawn,
  started,
  stepOf,
  turn,
  use,
} from "./coordinating.ts";

const explorer = spawn("explore", { description: "A place", task: "Find the place." });
const message = use("send_message", { worker: "w1", message: "Look there as well." });
const stop = use("stop_worker", { worker: "w1" });

/** The coordinator waits for w1, which has had one turn. */
const WAITING = later(
  ordered(beginning(), explorer),
  started(1, "explore"),
  turn([use("read", { file_path: "a.ts" })], { worker: 1 }),
);
/** It has been asked, and its reply has not come. */
const ASKED = later(WAITING, { kind: "told", message: 1, by: "monalisa", text: "How is it going?" });
const ANSWERED: EventData = turn([], { worker: 1, submitted: { status: "done", scope: "s" } });
const ENDED: readonly EventData[] = [
  ANSWERED,
  { kind: "attempt_finished", ...AT, worker: 1, outcome: "done", answer: null, reason: null, checks: [] },
];

const told: EventData = { kind: "told", worker: 1, message: 2, by: "monalisa", text: "Mind the refunds." };
const stopped: EventData = {
  ...{ kind: "worker_stop_asked", worker: 1, message: 2 },
  ...{ by: "monalisa", reason: "Stopped." },
};

const crewIn = (pipeline: Pipeline) => attemptOf(pipeline).crew as NonNullable<Attempt["crew"]>;
const workerIn = (pipeline: Pipeline): Worker => crewIn(pipeline).workers[0] as Worker;
const stateIn = (pipeline: Pipeline): string => workerState(workerIn(pipeline));
const heardByCoordinator = (pipeline: Pipeline): readonly string[] =>
  toldTo(pipeline, { step: stepOf(pipeline), attempt: attemptOf(pipeline) }).map(({ text }) => text);
const commands = (pipeline: Pipeline): readonly string[] =>
  decide(pipeline).map(({ key }) => key.replace(/@\d+$/, ""));
const answerProblem = (pipeline: Pipeline): string | null =>
  crewProblem([], { pipeline, step: stepOf(pipeline), attempt: attemptOf(pipeline) });

describe("what a person tells a worker", () => {
  test("it hears behind its present turn, its coordinator does not, and later conversations read it", () => {
    const pipeline = later(WAITING, told);
    expect(workerIn(pipeline).words).toEqual([
      { text: "monalisa, who may direct this task, says: Mind the refunds.", turn: 1 },
    ]);
    expect(heardByCoordinator(pipeline)).toEqual([]);
    expect(commands(pipeline)).toEqual(["1/1/w1"]);
    expect(pipeline.told.map(({ text }) => text)).toEqual(["Mind the refunds."]);
  });

  test("has it go on where it has answered and nobody has looked at that yet", () => {
    const pipeline = later(WAITING, ANSWERED);
    expect(commands(pipeline)).toEqual(["settle/1/1/w1"]);
    expect(commands(later(pipeline, told))).toEqual(["1/1/w1"]);
  });

  test("its coordinator hears where it is over, and decides itself who goes on", () => {
    const pipeline = later(WAITING, ...ENDED, told);
    expect(stateIn(pipeline)).toBe("completed");
    expect(workerIn(pipeline).words).toEqual([]);
    expect(heardByCoordinator(pipeline)).toEqual(["To w1, which is over: Mind the refunds."]);
  });

  test("is read by whoever comes next where no coordinator is at work", () => {
    const pipeline = later(aPipeline({ plan: ["debugger", "tester"] }), told);
    expect(pipeline.told).toMatchObject([{ text: "To w1, which is over: Mind the refunds.", heard: [] }]);
  });
});

describe("a word to a worker of an attempt that is over", () => {
  const over = later(
    WAITING,
    turn([], { failed: "no" }),
    { kind: "attempt_finished", ...AT, outcome: "failed", answer: null, reason: "no", checks: [] },
    { ...started(), attempt: 2 } as EventData,
  );
  const place = { role: "explore", writes: false, area: [], gate: false };
  const orders: Order[] = [
    { kind: "spawn", worker: 1, ...place, description: "Another place", task: "Find another." },
  ];
  const next = later(over, turn([explorer], { attempt: 2, orders }));
  const second = (pipeline: Pipeline) => pipeline.steps[1]?.attempts[1]?.crew?.workers[0] as Worker;
  const of = (event: EventData, attempt: number) =>
    later(next, { ...event, crew: { step: 1, attempt } } as EventData);

  test("reaches nobody of another attempt that has the same number", () => {
    expect(workerState(second(of(stopped, 1)))).toBe("pending");
    expect(workerState(second(of(stopped, 2)))).toBe("stopped");
    expect(second(of(told, 1)).words).toEqual([]);
    expect(second(of(told, 2)).words).toHaveLength(1);
    expect(of(told, 1).told.at(-1)?.text).toBe("To w1, which is over: Mind the refunds.");
  });

  test("of before crews were named reaches whoever has the number now", () => {
    expect(workerState(second(later(next, stopped)))).toBe("stopped");
  });
});

describe("a worker that a person stops", () => {
  test("M13: is over at once, and its coordinator, which waits, is told who did it", () => {
    const pipeline = later(WAITING, stopped);
    expect(stateIn(pipeline)).toBe("stopped");
    expect(commands(pipeline)).toEqual(["1/1"]);
    const [notice] = crewIn(pipeline).notices;
    expect(notice?.text).toContain("<status>stopped</status>");
    expect(notice?.text).toContain(
      '<summary>Agent "A place" was stopped by monalisa, who may direct this task</summary>',
    );
  });

  test.each([
    ["an answer", answerProblem],
    ["a stop", (pipeline: Pipeline) => read(pipeline, stop)],
    ["a message", (pipeline: Pipeline) => read(pipeline, message)],
    ["another worker", (pipeline: Pipeline) => read(pipeline, explorer)],
  ])("is at work to its coordinator until that has read so: %s is judged as before", (_, judge) => {
    expect(judge(later(ASKED, stopped))).toEqual(judge(ASKED));
  });

  test("is over to it afterwards", () => {
    const pipeline = later(ASKED, stopped, turn([]));
    expect(answerProblem(pipeline)).toBeNull();
    expect([...read(pipeline, stop).results.values()][0]).toMatchObject({
      content: expect.stringContaining("w1 is not running (status: stopped)"),
    });
  });

  test("is not taken up by a word that crossed the stop", () => {
    expect(stateIn(ordered(later(ASKED, stopped), message))).toBe("stopped");
  });

  const word: EventData = { kind: "told", message: 3, by: "monalisa", text: "Go on after all." };
  test.each([
    ["by its coordinator alone, whatever people said before the stop", [turn([])], "stopped"],
    ["for what its coordinator has not read yet", [turn([]), word], "stopped"],
    ["once a person told its coordinator something", [word, turn([])], "running"],
    ["once a person told it something", [{ ...word, worker: 1 }, turn([])], "running"],
  ])("%s goes on: %#", (_, since, state) => {
    const asked = later(ASKED, stopped, ...since);
    const text = String([...read(asked, message).results.values()][0]?.content);
    expect(text.startsWith("A person stopped w1: start another, or go on without it.")).toBe(
      state === "stopped",
    );
    expect(stateIn(ordered(asked, message))).toBe(state);
  });

  test("counts for a stop again once it has gone on and a person stops it again", () => {
    const on = ordered(later(ASKED, stopped, word, turn([])), message);
    const again = later(on, { ...stopped, message: 4 } as EventData, turn([]));
    expect(stateIn(ordered(again, message))).toBe("stopped");
  });

  test("is told of once, where its coordinator stops it meanwhile as well", () => {
    const pipeline = ordered(later(ASKED, stopped), stop);
    expect(stateIn(pipeline)).toBe("stopped");
    expect(crewIn(pipeline).notices).toHaveLength(1);
  });

  test.each([
    ["is over", later(WAITING, ...ENDED)],
    ["is there no more", aPipeline({ plan: ["debugger", "tester"] })],
  ])("stays as it is where it %s", (_, pipeline) => {
    expect(later(pipeline, stopped).steps).toEqual(pipeline.steps);
    expect(later(pipeline, stopped).stop).toBeNull();
  });
});
