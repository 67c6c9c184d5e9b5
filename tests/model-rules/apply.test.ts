import { describe, expect, test } from "vitest";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import { apply, fold, open } from "../../core/pipeline/apply.ts";
import {
  attemptState,
  currentStep,
  isPassed,
  secondsOf,
  usdOf,
  verdictOf,
} from "../../core/pipeline/state.ts";
import { aJournal, anOpening, aPipeline, aPlan, type JournalSpec, later } from "../build.ts";

const DONE = { status: "done", notes: "n" };
const APPROVED = { verdict: "approved", reason: "Right." };
const REJECTED = {
  verdict: "changes_requested",
  reason: "Wrong.",
  findings: [{ issue: "i", severity: "high" }],
};

const start = (over: Partial<EventOf<"attempt_started">> = {}): EventData => ({
  kind: "attempt_started",
  step: 1,
  attempt: 1,
  role: "debugger",
  model: "claude-sonnet-5-5",
  system: [],
  first: "",
  ...over,
});

const USAGE = { input: 1, output: 2, cache_read: 3, cache_write: 4, cache_write_1h: 0 };
const turn = (over: Partial<EventOf<"turn">> = {}): EventData => ({
  kind: "turn",
  step: 1,
  attempt: 1,
  reply: { content: [], stop_reason: "tool_use", model: "m", usage: USAGE, request_id: null },
  results: [],
  usd: 0.5,
  seconds: 2,
  ran: [],
  wrote: null,
  submitted: null,
  failed: null,
  ...over,
});

const end = (over: Partial<EventOf<"attempt_finished">> = {}): EventData => ({
  kind: "attempt_finished",
  step: 1,
  attempt: 1,
  outcome: "done",
  answer: null,
  reason: null,
  checks: [],
  ...over,
});

const finished = (over: Partial<EventOf<"finished">> = {}): EventData => ({
  kind: "finished",
  outcome: "blocked",
  reason: "r",
  return: null,
  ...over,
});

const returned = (source: string): EventOf<"finished">["return"] => ({
  category: "recurring_quality_fail",
  by: "tester",
  source,
  findings: [],
});

const bare = (): Pipeline => aPipeline({ claimed: false, setup: false });
const setUp = (): Pipeline => aPipeline();
const planned = (more: JournalSpec = {}): Pipeline => aPipeline({ plan: ["debugger", "tester"], ...more });
const talking = (): Pipeline => later(planned(), start());
const atGate = (): Pipeline => planned({ play: [{ answer: DONE }] });
const judging = (answer: Record<string, unknown>): Pipeline =>
  later(atGate(), start({ step: 2, role: "tester" }), turn({ step: 2, submitted: answer }));
/** The gate has given its verdict, and nothing has been concluded from it yet. */
const judged = (answer: Record<string, unknown>): Pipeline =>
  later(judging(answer), end({ step: 2, answer }));

describe("a journal begins", () => {
  test("with `opened`, and what it says is the pipeline", () => {
    const [first] = aJournal({ claimed: false, setup: false });
    expect(first && open(first)).toMatchObject({ seq: 1, plan: null, tree: null, outcome: null, usd: 0 });
  });
  test("not without an event", () => {
    expect(() => fold([])).toThrow("an empty journal has no pipeline");
  });
  test.each<[EventData, number]>([
    [{ kind: "opened", opening: anOpening() }, 2],
    [{ kind: "paused", reason: "r" }, 1],
  ])("not with %j as event %d", (data, seq) => {
    expect(() => open({ seq, at: "", data })).toThrow("a journal begins with `opened`");
  });
  test("with the kept steps of an earlier plan, where it is a rerun", () => {
    const plan = aPlan(["architect", "debugger", "tester"]);
    const kept = { plan, answers: [{ step: 1, answer: { spec: "s" } }] };
    const pipeline = aPipeline({ opening: { kept } });
    expect(pipeline.plan).toEqual(plan);
    expect(pipeline.steps.map(step => [step.number, step.role, step.answer])).toEqual([
      [0, "pm", null],
      [1, "architect", { spec: "s" }],
      [2, "debugger", null],
      [3, "tester", null],
    ]);
    expect(currentStep(pipeline)?.number).toBe(2);
  });
});

describe("what follows is taken", () => {
  test("the fold of a whole journal is the fold of each of its events", () => {
    const journal = aJournal({
      plan: ["debugger", "tester"],
      play: [{ answer: DONE }, { answer: APPROVED }],
    });
    const [first, ...rest] = journal;
    expect(first && rest.reduce(apply, open(first))).toEqual(fold(journal));
    expect(fold(journal)).toMatchObject({
      outcome: { kind: "passed", reason: "Right." },
      seq: journal.length,
    });
  });
  test("`claimed` names the run and ends a pause", () => {
    const claimed: EventData = {
      kind: "claimed",
      run_id: "7",
      run_attempt: 2,
      run_url: null,
      scripted: false,
    };
    expect(later(bare(), { kind: "paused", reason: "r" })).toMatchObject({ paused: "r" });
    expect(later(bare(), { kind: "interrupted", reason: "i" })).toMatchObject({ paused: "i" });
    const again = later(bare(), { kind: "paused", reason: "r" }, claimed);
    expect(again).toMatchObject({ paused: null, run: { run_id: "7", run_attempt: 2 } });
  });
  test("`set_up` brings the first tree and its commands' time", () => {
    const commands = [{ command: "npm ci", exit_code: 0, seconds: 5, output: "" }];
    const pipeline = aPipeline({ setup: { tree: "t", commands } });
    expect(pipeline).toMatchObject({ tree: "t", seconds: 5, setup: { ok: true } });
  });
  test("G16: a turn adds its tokens, dollars, seconds and tree", () => {
    const wrote = { tree: "t2", changes: [] };
    const before = talking();
    const pipeline = later(before, turn({ wrote }), turn({ usd: null }));
    expect(pipeline.tree).toBe("t2");
    expect(pipeline.usd - before.usd).toBeCloseTo(0.5);
    expect(pipeline.seconds - before.seconds).toBe(4);
    expect(pipeline.usage.cache_write - before.usage.cache_write).toBe(8);
    expect([before.unpriced, pipeline.unpriced]).toEqual([false, true]);
    expect(later(pipeline, turn()).unpriced).toBe(true);
    const attempt = pipeline.steps[1]?.attempts[0];
    expect(attempt && [usdOf(attempt), secondsOf(attempt), attemptState(attempt)]).toEqual([
      0.5,
      4,
      "talking",
    ]);
  });
  test("an answer is the one that was submitted, or the one the harness made of it", () => {
    const settled = later(talking(), turn({ submitted: DONE }));
    expect(later(settled, end()).steps[1]?.answer).toEqual(DONE);
    expect(later(settled, end({ answer: { overruled: true } })).steps[1]?.answer).toEqual({
      overruled: true,
    });
  });
  test("a journal folds as it was written, whatever today's rules would make of its proofs", () => {
    const settled = later(talking(), turn({ submitted: { ...DONE, proof: { how_verified: [] } } }));
    expect(later(settled, end()).steps[1]).toMatchObject({ attempts: [{ finished: { outcome: "done" } }] });
  });
  test("checks of the harness count as time", () => {
    const settled = later(talking(), turn({ submitted: DONE }));
    const checks = [{ command: "c", exit_code: 0, seconds: 9, output: "" }];
    expect(later(settled, end({ checks })).seconds - settled.seconds).toBe(9);
  });
  test("a failed attempt leaves the step without an answer and open for the next", () => {
    const failed = later(talking(), turn({ failed: "f" }), end({ outcome: "failed", reason: "f" }));
    expect(failed.steps[1]).toMatchObject({ answer: null, attempts: [{ finished: { outcome: "failed" } }] });
    expect(later(failed, start({ attempt: 2 })).steps[1]?.attempts).toHaveLength(2);
  });
  test("an attempt may be given up in the middle of its conversation", () => {
    expect(later(talking(), end({ outcome: "failed" })).steps[1]?.attempts[0]?.finished).not.toBeNull();
  });
  test("a blocked attempt is one whose answer says so", () => {
    const blocked = { status: "blocked", reason: "No access." };
    const pipeline = later(
      talking(),
      turn({ submitted: blocked }),
      end({ outcome: "blocked", answer: blocked }),
    );
    expect(pipeline.steps[1]).toMatchObject({
      answer: null,
      attempts: [{ finished: { outcome: "blocked" } }],
    });
  });
  test("a limit and a stop are remembered", () => {
    const limit: EventData = { kind: "limit_reached", limit: "step_usd", found: 3, allowed: 3 };
    const stop: EventData = { kind: "stop_asked", message: 1, by: "monalisa", reason: "Enough." };
    expect(later(planned(), limit, stop)).toMatchObject({ limit, stop });
  });
  test("a gate's rejection may return the task, with that gate's source", () => {
    const end = finished({ outcome: "returned", return: returned("gate:p1:2:1") });
    expect(later(judged(REJECTED), end).outcome).toMatchObject({ kind: "returned", reason: "r" });
  });
  test("a blocked planner may return the task, with the planner's source", () => {
    const blocked = { status: "blocked", reason: "Which flats?" };
    const pipeline = later(
      setUp(),
      start({ step: 0, role: "pm" }),
      turn({ step: 0, submitted: blocked }),
      end({ step: 0, outcome: "blocked", answer: blocked }),
      finished({ outcome: "needs_info", return: { ...returned("pm:p1"), by: "pm" } as never }),
    );
    expect(pipeline.outcome?.return?.source).toBe("pm:p1");
  });
});

describe("what cannot follow is refused, with the reason", () => {
  const plan = (): EventData => ({ kind: "planned", plan: aPlan(["debugger", "tester"]) });
  const set_up: EventData = { kind: "set_up", tree: "t", commands: [], ok: true, reason: null };
  const blocked = { status: "blocked", reason: "r" };
  const escalation = (): Pipeline =>
    aPipeline({ opening: { type: "escalation" }, plan: ["debugger", "tester"], play: [{ answer: DONE }] });

  test.each<[what: string, from: () => Pipeline, event: EventData, reason: string]>([
    ["a second `opened`", bare, { kind: "opened", opening: anOpening() }, "a journal has one `opened`"],
    ["a second setup", setUp, set_up, "setup is journalled once"],
    [
      "an attempt before the setup",
      bare,
      start({ step: 0, role: "pm" }),
      "no attempt before a setup that worked",
    ],
    [
      "an attempt after a setup that failed",
      () => later(bare(), { ...set_up, ok: false }),
      start({ step: 0, role: "pm" }),
      "no attempt before a setup that worked",
    ],
    ["an attempt of a step that is not there", planned, start({ step: 3 }), "there is no step 3"],
    [
      "an attempt of the planner after the plan",
      planned,
      start({ step: 0 }),
      "step 0 is not the one to work on",
    ],
    [
      "an attempt of a later step",
      planned,
      start({ step: 2, role: "tester" }),
      "step 2 is not the one to work on",
    ],
    ["an attempt of an answered step", atGate, start({ attempt: 2 }), "step 1 is not the one to work on"],
    [
      "an attempt when every step is answered",
      () => judged(APPROVED),
      start({ step: 2, role: "tester", attempt: 2 }),
      "step 2 is not the one to work on",
    ],
    ["another role's attempt", planned, start({ role: "tester" }), "step 1 is debugger's, not tester's"],
    ["a second attempt beside the first", talking, start({ attempt: 2 }), "attempt 1 has not failed"],
    [
      "another attempt of a blocked one",
      () => later(talking(), turn({ submitted: blocked }), end({ outcome: "blocked" })),
      start({ attempt: 2 }),
      "attempt 1 has not failed",
    ],
    ["an attempt with a gap in its number", planned, start({ attempt: 2 }), "attempt 2 is out of order"],
    ["a turn of a step that is not there", planned, turn({ step: 9 }), "there is no step 9"],
    ["a turn without an attempt", planned, turn(), "attempt 1 of step 1 is not under way"],
    ["a turn of another attempt", talking, turn({ attempt: 2 }), "attempt 2 of step 1 is not under way"],
    [
      "a turn of a finished attempt",
      () => later(talking(), end({ outcome: "failed" })),
      turn(),
      "attempt 1 of step 1 is not under way",
    ],
    [
      "a turn behind an answer",
      () => later(talking(), turn({ submitted: DONE })),
      turn(),
      "a turn after the conversation was over",
    ],
    [
      "a turn behind a failure",
      () => later(talking(), turn({ failed: "f" })),
      turn(),
      "a turn after the conversation was over",
    ],
    [
      "a change by a role that may not",
      () => later(setUp(), start({ step: 0, role: "pm" })),
      turn({ step: 0, wrote: { tree: "t", changes: [] } }),
      "pm may not change files",
    ],
    ["`done` without an answer", talking, end(), "`done` without an answer"],
    [
      "`done` of a turn without an answer",
      () => later(talking(), turn()),
      end({ answer: DONE }),
      "`done` without an answer",
    ],
    ["`blocked` without an answer", talking, end({ outcome: "blocked" }), "`blocked` without an answer"],
    [
      "`blocked` with another answer",
      () => later(talking(), turn({ submitted: DONE })),
      end({ outcome: "blocked", answer: blocked }),
      "`blocked` with an answer that does not say so",
    ],
    ["the end of an attempt that is not there", planned, end(), "attempt 1 of step 1 is not under way"],
    [
      "a gate that is done without a verdict",
      () => judging({ reason: "Fine." }),
      end({ step: 2, answer: { reason: "Fine." } }),
      "a gate is done only with a verdict",
    ],
    ["a second plan", planned, plan(), "a pipeline is planned once"],
    ["a plan before the planner's answer", setUp, plan(), "no plan before the project manager's answer"],
    [
      "a plan with steps that come in by themselves",
      () => {
        const answered = later(setUp(), start({ step: 0, role: "pm" }), turn({ step: 0, submitted: DONE }));
        return later(answered, end({ step: 0 }));
      },
      { kind: "planned", plan: aPlan([{ role: "debugger", part: "afterwards" }, "tester"]) },
      "a plan has its own steps and no others",
    ],
    [
      "`passed` without a plan",
      setUp,
      finished({ outcome: "passed" }),
      "`passed` without a gate that approved",
    ],
    [
      "`passed` before the gate",
      atGate,
      finished({ outcome: "passed" }),
      "`passed` without a gate that approved",
    ],
    [
      "`passed` behind a rejection",
      () => judged(REJECTED),
      finished({ outcome: "passed" }),
      "`passed` without a gate that approved",
    ],
    [
      "`returned` without a return",
      () => judged(REJECTED),
      finished({ outcome: "returned" }),
      "`returned` without a return",
    ],
    [
      "a return of an approval",
      () => judged(APPROVED),
      finished({ outcome: "returned", return: returned("gate:p1:2:1") }),
      "no rejection in this pipeline has the source gate:p1:2:1",
    ],
    [
      "a return of another attempt",
      () => judged(REJECTED),
      finished({ outcome: "returned", return: returned("gate:p1:2:2") }),
      "no rejection in this pipeline has the source gate:p1:2:2",
    ],
    [
      "a return of another pipeline",
      () => judged(REJECTED),
      finished({ outcome: "returned", return: returned("gate:p2:2:1") }),
      "no rejection in this pipeline has the source gate:p2:2:1",
    ],
    [
      "a return by a person, which is not the journal's to tell",
      () => judged(REJECTED),
      finished({ outcome: "returned", return: returned("review:77") }),
      "no rejection in this pipeline has the source review:77",
    ],
    [
      "a return of a planner that planned",
      planned,
      finished({ outcome: "needs_info", return: returned("pm:p1") }),
      "no rejection in this pipeline has the source pm:p1",
    ],
    [
      "a return of a planner that has not begun",
      setUp,
      finished({ outcome: "needs_info", return: returned("pm:p1") }),
      "no rejection in this pipeline has the source pm:p1",
    ],
    [
      "any return in an escalation",
      () =>
        later(
          escalation(),
          start({ step: 2, role: "tester" }),
          turn({ step: 2, submitted: REJECTED }),
          end({ step: 2, answer: REJECTED }),
        ),
      finished({ outcome: "returned", return: returned("gate:p1:2:1") }),
      "no rejection in this pipeline has the source gate:p1:2:1",
    ],
    [
      "anything behind the end",
      () => later(planned(), finished()),
      start(),
      "`attempt_started` after the pipeline",
    ],
  ])("%s", (_, from, event, reason) => {
    const before = from();
    const attempt = () => later(before, event);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(expect.objectContaining({ code: "illegal_event" }));
  });

  test.each([[0], [-1], [2]])("an event whose number is off by %d", by => {
    const pipeline = setUp();
    const seq = pipeline.seq + (by === 2 ? 2 : by);
    expect(() => apply(pipeline, { seq, at: "", data: { kind: "paused", reason: "r" } })).toThrow(
      `event ${seq} cannot follow event ${pipeline.seq}`,
    );
  });
});

describe("questions about a pipeline", () => {
  test("a step without a gate, and a gate without a readable answer, have no verdict", () => {
    const [, step, gate] = atGate().steps;
    expect(step && verdictOf({ ...step, answer: APPROVED })).toBeNull();
    expect(gate && verdictOf(gate)).toBeNull();
    expect(gate && verdictOf({ ...gate, answer: { reason: "r" } })).toBeNull();
    expect(gate && verdictOf({ ...gate, answer: APPROVED })?.verdict).toBe("approved");
  });
  test("the planner is at work until there is a plan, then the first step without an answer, then nobody", () => {
    expect([setUp(), planned(), atGate(), judged(APPROVED)].map(p => currentStep(p)?.number ?? null)).toEqual(
      [0, 1, 2, null],
    );
    expect(currentStep({ ...setUp(), steps: [] })).toBeNull();
  });
  test("passed is: planned, every step answered, every gate approving, a gate at the end", () => {
    const passed = judged(APPROVED);
    expect(isPassed(passed)).toBe(true);
    expect(isPassed({ ...passed, plan: null })).toBe(false);
    expect(isPassed({ ...passed, steps: passed.steps.slice(0, 1) })).toBe(false);
    expect(isPassed({ ...passed, steps: passed.steps.slice(0, 2) })).toBe(false);
    expect(isPassed(judged(REJECTED))).toBe(false);
    expect(isPassed(atGate())).toBe(false);
  });
});
