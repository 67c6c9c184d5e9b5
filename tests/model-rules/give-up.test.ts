// What may fail without further effect, in tables: which failures end only a step, what the fold makes of them, and
// what the App accepts.
import { describe, expect, test } from "vitest";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline, Worker } from "../../core/model/pipeline.ts";
import { type Command, decide } from "../../core/pipeline/decide.ts";
import { withoutHarm } from "../../core/pipeline/give-up.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { workerState } from "../../core/pipeline/workers.ts";
import { aPipeline, later } from "../build.ts";
import { AT, attemptOf, beginning, ordered, roster, spawn, started, turn, use } from "./coordinating.ts";

const PAUSED: EventData = { kind: "paused", reason: "529" };
const BLOCKED: EventData = { kind: "finished", outcome: "blocked", reason: "No credit.", return: null };

const REMARK = { verdict: "approved", reason: "Right.", findings: [{ severity: "low", issue: "A typo." }] };
/** The gate has passed with a remark: followup is next, and nothing after it. */
const PASSED = aPipeline({
  plan: ["debugger", "tester"],
  play: [{ answer: { status: "done" } }, { answer: REMARK }],
});
const FOLLOWUP: EventData = {
  ...{ kind: "attempt_started", step: 3, attempt: 1, role: "followup" },
  ...{ model: "claude-sonnet-5", system: [], first: "Look." },
};
/** The coordinator has given w1 its task; w1 has not begun. */
const ORDERED = ordered(beginning(), spawn("explore", { description: "A place", task: "Find the place." }));

const commandOf = (pipeline: Pipeline, worker?: number): Command =>
  decide(pipeline).find(command => "attempt" in command && command.worker === worker) as Command;
const givenUp = (at: object, reason: string) => ({ kind: "step_given_up", attempt: 1, ...at, reason });
const GIVEN_UP = givenUp({ step: 3 }, "529") as EventOf<"step_given_up">;
const W1_GIVEN_UP = givenUp({ step: 1, worker: 1 }, "No credit.") as EventOf<"step_given_up">;

describe("a failure", () => {
  const work = aPipeline({ plan: ["debugger", "tester"] });
  const followup = givenUp({ step: 3 }, "529");
  test.each<[string, Pipeline, EventData, object, worker?: number]>([
    ["of what comes afterwards", PASSED, PAUSED, followup],
    ["in its middle", later(PASSED, FOLLOWUP), PAUSED, followup],
    ["of any kind", PASSED, BLOCKED, givenUp({ step: 3 }, "No credit.")],
    ["of a worker that nobody can mend", ORDERED, BLOCKED, W1_GIVEN_UP, 1],
  ])("%s ends the step alone", (_, pipeline, event, expected, worker) => {
    const command = commandOf(pipeline, worker);
    expect(withoutHarm([event], { pipeline, command })).toEqual([expected]);
  });
  test.each<[string, Pipeline, EventData, worker?: number]>([
    ["of the work pauses the run", work, PAUSED],
    ["of the work blocks the task", work, BLOCKED],
    ["of a worker that waiting may mend pauses the run", ORDERED, PAUSED, 1],
  ])("%s", (_, pipeline, event, worker) => {
    const command = commandOf(pipeline, worker);
    expect(withoutHarm([event], { pipeline, command })).toEqual([event]);
  });
  test("to join what was written is the pipeline's", () => {
    const command: Command = { kind: "join", key: "join/1/1", ...AT, worker: 1 };
    expect(withoutHarm([BLOCKED], { pipeline: ORDERED, command })).toEqual([BLOCKED]);
  });
  test("is none where the conversation goes on", () => {
    expect(withoutHarm([FOLLOWUP], { pipeline: PASSED, command: commandOf(PASSED) })).toEqual([FOLLOWUP]);
  });
});

describe("a step that is given up", () => {
  test.each([
    ["before it began", PASSED, null],
    ["in its middle", later(PASSED, FOLLOWUP), FOLLOWUP],
  ])("%s has failed, and the pipeline has passed", (_, pipeline, started) => {
    const after = later(pipeline, GIVEN_UP);
    expect(after.steps[3]?.attempts).toMatchObject([
      { number: 1, started, turns: [], finished: { outcome: "failed", reason: "529" } },
    ]);
    expect(decide(after)).toMatchObject([{ kind: "conclude", events: [{ outcome: "passed" }] }]);
  });
  test.each<[string, EventData]>([
    ["one of the work", { ...GIVEN_UP, step: 1 }],
    ["one whose turn it is not", { ...GIVEN_UP, step: 9 }],
    ["one that had no first attempt, in its second", { ...GIVEN_UP, attempt: 2 }],
  ])("is never %s", (_, event) => {
    expect(() => later(PASSED, event)).toThrow(/none that may be given up|no step 9|out of order/);
  });
  test("is over", () => {
    expect(() => later(PASSED, GIVEN_UP, GIVEN_UP)).toThrow("none that may be given up");
  });
  test("reads the same in a journal of before, where an attempt was made up for it", () => {
    const before = later(PASSED, FOLLOWUP, {
      ...{ kind: "attempt_finished", step: 3, attempt: 1 },
      ...{ outcome: "failed", answer: null, reason: "529", checks: [] },
    });
    expect(decide(before)).toEqual(decide(later(PASSED, GIVEN_UP)));
  });
});

describe("a worker that is given up", () => {
  const crewIn = (pipeline: Pipeline) => attemptOf(pipeline).crew;
  const w1 = (pipeline: Pipeline) => crewIn(pipeline)?.workers[0] as Worker;

  test("has failed, and its coordinator hears why", () => {
    const after = later(ORDERED, W1_GIVEN_UP);
    expect(workerState(w1(after))).toBe("failed");
    expect(crewIn(after)?.notices[0]?.text).toContain("No credit.");
  });
  test("in its middle keeps its conversation", () => {
    const after = later(ORDERED, started(1, "explore"), W1_GIVEN_UP);
    expect(w1(after).attempts[0]?.started).not.toBeNull();
    expect(workerState(w1(after))).toBe("failed");
  });
  test("before it began begins where its coordinator speaks to it again", () => {
    const again = ordered(
      later(ORDERED, W1_GIVEN_UP, turn([use("read", { file_path: "a.ts" })])),
      use("send_message", { worker: "w1", message: "Try once more." }),
    );
    expect(w1(again)).toMatchObject({ attempts: [], brief: "Find the place.\n\nTry once more." });
    expect(commandOf(again, 1)).toMatchObject({ kind: "take_turn" });
  });
  test("is over", () => {
    expect(() => later(ORDERED, W1_GIVEN_UP, W1_GIVEN_UP)).toThrow("worker 1 is over");
  });
});

describe("the App takes it", () => {
  const take = (pipeline: Pipeline, event: EventData) =>
    takeEvents([event], { pipeline, roster, at: "2026-10-07T10:00:00.000Z" }).events;
  test.each([
    ["of what comes afterwards", PASSED, GIVEN_UP],
    ["of a worker", ORDERED, W1_GIVEN_UP],
  ])("%s", (_, pipeline, event) => {
    expect(take(pipeline, event)).toEqual([event]);
  });
  test("not while another decision is due", () => {
    expect(() => take({ ...PASSED, usd: 1_000 }, GIVEN_UP)).toThrow("`step_given_up` is not what comes next");
  });
});
