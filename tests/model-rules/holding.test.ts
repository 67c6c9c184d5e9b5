// A plan that waits for approval, and what people say to a running pipeline.
import { describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { aPipeline, aPlan, aView, type JournalSpec, later } from "../build.ts";
import { meansOf } from "../means.ts";

const DONE = { answer: { status: "done" } };
const APPROVED: EventData = { kind: "plan_approved", by: "hubot" };
const HELD: EventData = { kind: "plan_held" };
const start: EventData = {
  kind: "attempt_started",
  step: 1,
  attempt: 1,
  role: "debugger",
  model: "m",
  system: [],
  first: "",
};
const held = (spec: JournalSpec = {}) =>
  aPipeline({ ...spec, opening: { hold: true, ...spec.opening }, plan: ["debugger", "tester"] });

describe("a plan that is held", () => {
  test("waits, and nothing is done meanwhile", () => {
    expect(held()).toMatchObject({ held: true, approved_by: null, outcome: null });
    expect(decide(held())).toEqual([]);
  });
  test("makes the task ask, and gives its runner back", () => {
    expect(meansOf(held(), { task: aView().task, events: [HELD], now: 0 })).toMatchObject({
      row: { state: "paused" },
      task: { status: "needs_info", status_reason: "The plan waits for approval." },
      returned: null,
      jobs: [{ kind: "publish" }],
    });
  });
  test("goes on when somebody approves it, and is not held again", () => {
    const pipeline = held({ play: [APPROVED] });
    expect(pipeline).toMatchObject({ held: false, approved_by: "hubot" });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "1/1" }]);
    expect(decide(held({ play: [APPROVED, DONE] }))).toMatchObject([{ kind: "take_turn", key: "2/1" }]);
  });
  test("can be stopped", () => {
    const stop: EventData = { kind: "stop_asked", message: 1, by: "monalisa", reason: "No." };
    expect(decide(later(held(), stop))).toMatchObject([
      { kind: "conclude", events: [{ outcome: "stopped" }] },
    ]);
  });
  test("is not held in a dry run, which ends with it", () => {
    expect(held({ opening: { dry_run: true } }).outcome?.kind).toBe("planned_only");
  });
  test("is not held where a person had it run again", () => {
    const kept = { plan: aPlan(["debugger", "tester"]), answers: [] };
    const pipeline = aPipeline({ opening: { hold: true, kept } });
    expect(pipeline).toMatchObject({ held: false, approved_by: "monalisa" });
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "1/1" }]);
  });
  test("asks for no setup on a runner that comes by", () => {
    expect(decide({ ...held(), setup: null })).toEqual([]);
  });
});

describe("a journal with a plan to hold", () => {
  const asked = () => ({ ...held(), held: false });
  test.each<[string, () => ReturnType<typeof held>, EventData, string]>([
    ["an attempt while it is held", held, start, "no attempt before the plan is approved"],
    ["an attempt before anybody was asked", asked, start, "no attempt before the plan is approved"],
    [
      "a hold that nobody asked for",
      () => aPipeline({ plan: ["debugger", "tester"] }),
      HELD,
      "there is no plan to hold",
    ],
    [
      "a hold before the plan",
      () => aPipeline({ opening: { hold: true } }),
      HELD,
      "there is no plan to hold",
    ],
    ["a hold of a held plan", held, HELD, "there is no plan to hold"],
    ["a hold of an approved plan", () => held({ play: [APPROVED] }), HELD, "there is no plan to hold"],
    ["an approval of a plan that is not held", asked, APPROVED, "no plan waits for approval"],
    ["a second approval", () => held({ play: [APPROVED] }), APPROVED, "no plan waits for approval"],
  ])("is refused with %s", (_, from, event, reason) => {
    expect(() => later(from(), event)).toThrow(reason);
  });
});

describe("X14: what a person tells a pipeline", () => {
  const told = (text: string, message = 1): EventData => ({ kind: "told", message, by: "hubot", text });
  const said = { by: "hubot", text: "Mind the refunds." };
  const words = told(said.text);
  const spec: JournalSpec = { plan: ["debugger", "tester"] };
  const place = (pipeline: ReturnType<typeof held>) => pipeline.told;

  test("waits for the turn that is under way", () => {
    expect(place(aPipeline({ ...spec, play: [{}], more: [words] }))).toEqual([
      { ...said, heard: [{ step: 1, attempt: 1, turn: 1 }] },
    ]);
    expect(place(aPipeline({ ...spec, play: [{ turns: [{}, {}] }], more: [words] }))).toMatchObject([
      { heard: [{ turn: 2 }] },
    ]);
  });
  test.each<[string, JournalSpec]>([
    ["before the plan", { more: [words] }],
    ["between two steps", { ...spec, play: [DONE], more: [words] }],
    ["behind a failed attempt", { ...spec, play: [{ failed: "f" }], more: [words] }],
    ["while the plan waits for approval", { ...spec, opening: { hold: true }, more: [words] }],
  ])("%s waits for the next conversation to open with it", (_, from) => {
    expect(place(aPipeline(from))).toEqual([{ ...said, heard: [] }]);
  });
  test("behind the last answer, before it is settled, waits for the next conversation, too", () => {
    const open = aPipeline({ ...spec, play: [{}] });
    const turn = open.steps[1]?.attempts[0]?.turns[0] as EventData;
    const answered = later(open, { ...turn, submitted: { status: "done" } } as EventData);
    expect(place(later(answered, words))).toEqual([{ ...said, heard: [] }]);
  });
  test("while a conversation's first reply is awaited is heard behind that reply", () => {
    const open = aPipeline({ ...spec, more: [told("Early."), words] });
    const heard = { ...start, heard: 1 };
    expect(place(later(open, heard))).toEqual([
      { by: "hubot", text: "Early.", heard: [] },
      { ...said, heard: [{ step: 1, attempt: 1, turn: 0 }] },
    ]);
    expect(place(later(open, { ...start, heard: 2 }))).toMatchObject([{ heard: [] }, { heard: [] }]);
    expect(place(later(open, start))).toMatchObject([{ heard: [] }, { heard: [] }]);
  });
  test("changes nothing of what is done next", () => {
    const open = aPipeline({ ...spec, play: [{}] });
    expect(decide(later(open, words))).toEqual(decide(open));
  });
});
