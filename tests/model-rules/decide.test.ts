import { describe, expect, test } from "vitest";
import type { EventData, EventOf } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { Spent } from "../../core/model/task.ts";
import { decide, firstOf } from "../../core/pipeline/decide.ts";
import { limitOfAttempt, limitOfPipeline } from "../../core/pipeline/limits.ts";
import { MOST_ATTEMPTS } from "../../core/pipeline/state.ts";
import { type AttemptSpec, aPipeline, aPlan, type JournalSpec, later } from "../build.ts";

const DONE = { status: "done" };
const FAILED: AttemptSpec = { failed: "The model refused to go on." };
const steps = ["debugger", "tester"];

/** What `decide` concludes: the last of its events. */
const end = (pipeline: Pipeline): EventOf<"finished"> => {
  const command = firstOf(decide(pipeline));
  if (command?.kind !== "conclude") throw new Error(`decided ${command?.kind}`);
  return command.events.at(-1) as EventOf<"finished">;
};
/** The end that the rules gave to the journal of `aJournal`. */
const ended = (spec: JournalSpec) => aPipeline(spec).outcome;

const RUN = { kind: "claimed", run_id: "2", run_attempt: 1, run_url: null, scripted: true } as const;

describe("what is done next", () => {
  test.each<[when: string, spec: JournalSpec, command: object]>([
    ["nothing is set up", { setup: false }, { kind: "set_up", key: "setup" }],
    ["no run has claimed it", { claimed: false, setup: false }, { kind: "set_up" }],
    ["it is set up", {}, { kind: "take_turn", key: "0/1", step: 0, attempt: 1 }],
    ["there is a plan", { plan: steps }, { kind: "take_turn", key: "1/1", step: 1, attempt: 1 }],
    ["the conversation goes on", { plan: steps, play: [{}] }, { kind: "take_turn", key: "1/1" }],
    ["an attempt failed", { plan: steps, play: [FAILED] }, { kind: "take_turn", key: "1/2", attempt: 2 }],
    ["two failed", { plan: steps, play: [FAILED, FAILED] }, { kind: "take_turn", key: "1/3" }],
    ["a step is done", { plan: steps, play: [{ answer: DONE }] }, { kind: "take_turn", key: "2/1", step: 2 }],
  ])("when %s", (_, spec, command) => {
    expect(decide(aPipeline(spec))).toEqual([expect.objectContaining(command)]);
  });

  test("when an answer was submitted, or the conversation cannot go on, it is settled", () => {
    const talking = aPipeline({ plan: steps, play: [{}] });
    const turn = talking.steps[1]?.attempts[0]?.turns[0] as EventOf<"turn">;
    for (const over of [{ submitted: DONE }, { failed: "f" }]) {
      expect(decide(later(talking, { ...turn, ...over }))).toEqual([
        { kind: "settle", key: "settle/1/1", step: 1, attempt: 1 },
      ]);
    }
  });

  test.each<[string, Pipeline]>([
    ["it is over", aPipeline({ plan: steps, play: [FAILED, FAILED, FAILED] })],
    ["it is paused", aPipeline({ more: [{ kind: "paused", reason: "r" }] })],
    ["it was interrupted", aPipeline({ more: [{ kind: "interrupted", reason: "r" }] })],
  ])("nothing, when %s", (_, pipeline) => {
    expect(decide(pipeline)).toEqual([]);
  });
});

describe("a pipeline ends", () => {
  test("stopped, by whom and why, whatever else there is to do", () => {
    const stop: EventData = { kind: "stop_asked", message: 1, by: "monalisa", reason: "Not now." };
    for (const spec of [{ setup: false as const }, {}, { plan: steps, play: [{}] }]) {
      expect(end(later(aPipeline(spec), stop))).toMatchObject({
        outcome: "stopped",
        reason: "Not now. (monalisa)",
      });
    }
  });

  test.each([
    ["npm ci exited 1", "npm ci exited 1"],
    [null, "The setup failed."],
  ])("blocked, when the setup failed because of %j", (reason, text) => {
    expect(ended({ setup: { ok: false, reason } })).toMatchObject({ kind: "blocked", reason: text });
  });

  test("G14: with the plan alone in a dry run", () => {
    expect(ended({ opening: { dry_run: true }, plan: steps })).toMatchObject({
      kind: "planned_only",
      return: null,
    });
    expect(ended({ opening: { dry_run: true } })).toBeNull();
  });

  test.each([
    [{ verdict: "approved", reason: "Right." }, "Right."],
    [{ verdict: "approved" }, ""],
  ])("passed, when its gate said %j", (answer, reason) => {
    expect(ended({ plan: steps, play: [{ answer: DONE }, { answer }] })).toEqual({
      kind: "passed",
      reason,
      return: null,
      handover: null,
    });
  });

  test("returned, when a gate asked for changes, with its findings and one source for each attempt", () => {
    const findings = [{ severity: "high", file: "a.js", line: 3, issue: "Off by one." }];
    const answer = { verdict: "changes_requested", reason: "A cent is lost.", findings };
    expect(ended({ plan: steps, play: [{ answer: DONE }, FAILED, { answer }] })).toEqual({
      kind: "returned",
      reason: "Gate tester: A cent is lost.",
      return: { category: "recurring_quality_fail", by: "tester", source: "gate:p1:2:2", findings },
      handover: null,
    });
  });

  test("returned by a gate in the middle, before what comes behind it", () => {
    const play = [{ answer: DONE }, { answer: { verdict: "changes_requested", reason: "No." } }];
    expect(ended({ plan: ["debugger", "tester", "reviewer"], play })).toMatchObject({
      kind: "returned",
      return: { source: "gate:p1:2:1" },
    });
  });

  test("blocked and without a return, when the gate of an escalation asked for changes", () => {
    const play = [{ answer: DONE }, { answer: { verdict: "changes_requested", reason: "No." } }];
    expect(ended({ opening: { type: "escalation" }, plan: steps, play })).toEqual({
      kind: "blocked",
      reason: "Gate tester: No.",
      return: null,
      handover: null,
    });
  });

  test("blocked, when a plan that was kept does not end with a gate", () => {
    const plan = aPlan(["debugger"]);
    const kept = { plan, answers: [{ step: 1, answer: DONE }] };
    expect(ended({ opening: { kept } })).toMatchObject({
      kind: "blocked",
      reason: "The plan does not end with a gate.",
    });
  });

  test(`B22: blocked, when a step failed ${MOST_ATTEMPTS} times, with the last reason`, () => {
    expect(ended({ plan: steps, play: [FAILED, FAILED, { failed: "No answer." }] })).toMatchObject({
      kind: "blocked",
      reason: "Step 1 (debugger) failed 3 times. The last time: No answer.",
      return: null,
    });
    expect(ended({ play: [FAILED, FAILED, FAILED] })?.reason).toMatch(/^The project manager failed 3 times/);
  });

  test("blocked, when the model refused a step twice, whatever attempts are left", () => {
    const refused = (role: JournalSpec): Pipeline => {
      const pipeline = aPipeline(role);
      const steps = pipeline.steps.map(step => ({
        ...step,
        attempts: step.attempts.map(attempt => ({
          ...attempt,
          turns: attempt.turns.map(turn => ({ ...turn, reply: { ...turn.reply, stop_reason: "refusal" } })),
        })),
      }));
      return { ...pipeline, steps };
    };
    expect(end(refused({ plan: steps, play: [FAILED, FAILED] })).reason).toBe(
      "Step 1 (debugger): the model refused twice. Say the task in other words, or do this one by hand.",
    );
    expect(decide(refused({ plan: steps, play: [FAILED] }))).toMatchObject([{ key: "1/2" }]);
  });

  test("blocked even where the last attempt gave no reason", () => {
    const pipeline = aPipeline({ plan: steps, play: [FAILED, FAILED, {}] });
    const given: EventData = {
      kind: "attempt_finished",
      step: 1,
      attempt: 3,
      outcome: "failed",
      answer: null,
      reason: null,
      checks: [],
    };
    expect(end(later(pipeline, given)).reason).toMatch(/The last time: no reason given$/);
  });
});

describe("a role that is blocked", () => {
  const blocked = { status: "blocked", reason: "Which flats?" };

  test.each([
    [blocked, "missing_context"],
    [{ ...blocked, return_category: "requirements_unclear" }, "requirements_unclear"],
    [{ ...blocked, return_category: "recurring_quality_fail" }, "missing_context"],
  ])("C20: and is the planner asks the author and is a return: %j", (answer, category) => {
    expect(ended({ play: [{ answer }] })).toEqual({
      kind: "needs_info",
      reason: "Which flats?",
      return: { category, by: "pm", source: "pm:p1", findings: [] },
      handover: null,
    });
  });

  test("X7: and is no planner asks people and is no return", () => {
    expect(ended({ plan: steps, play: [{ answer: blocked }] })).toEqual({
      kind: "needs_info",
      reason: "Step 1 (debugger): Which flats?",
      return: null,
      handover: null,
    });
  });

  test("F9: in an escalation is no return, the planner neither", () => {
    expect(ended({ opening: { type: "escalation" }, play: [{ answer: blocked }] })).toEqual({
      kind: "needs_info",
      reason: "The project manager: Which flats?",
      return: null,
      handover: null,
    });
  });

  test.each([
    ["What the harness wrote.", "What the harness wrote."],
    [null, ""],
  ])("in a journal whose answer is lost has the reason %j of its attempt", (reason, text) => {
    const pipeline = aPipeline({ play: [{ answer: blocked }] });
    const [planner] = pipeline.steps;
    const [attempt] = planner?.attempts ?? [];
    const finished = { ...attempt?.finished, answer: null, reason } as EventOf<"attempt_finished">;
    const step = { ...planner, attempts: [{ ...attempt, finished }] } as Pipeline["steps"][number];
    const ending = end({ ...pipeline, outcome: null, steps: [step] });
    expect(ending).toMatchObject({ reason: text, return: { category: "missing_context" } });
  });
});

describe("a limit", () => {
  const usd = (each: number): AttemptSpec => ({ turns: [{ usd: each, seconds: 60 }] });

  test.each<[limit: string, spec: JournalSpec, found: number, text: string]>([
    [
      "pipeline_usd",
      { config: { limits: { pipeline_usd: 2 } }, plan: steps, play: [usd(2)] },
      2.0,
      "of $2.00",
    ],
    [
      "task_usd",
      { opening: { spent: { task_usd: 19, day_usd: 0 } }, plan: steps, play: [usd(1)] },
      20,
      "of $20.00",
    ],
    ["day_usd", { opening: { spent: { task_usd: 0, day_usd: 60 } } }, 60, "$60.00 of $50.00"],
    [
      "pipeline_minutes",
      { config: { limits: { pipeline_minutes: 1 } }, plan: steps, play: [usd(0)] },
      1,
      "min of 1 min",
    ],
  ])("%s blocks the pipeline before the next call", (limit, spec, found, text) => {
    const pipeline = aPipeline(spec);
    const reached = limitOfPipeline(pipeline);
    expect(reached?.event.limit).toBe(limit);
    expect(reached?.event.found).toBeGreaterThanOrEqual(found);
    expect(reached?.text).toContain(`\`limits.${limit}\``);
    expect(reached?.text).toContain(text);
    expect(pipeline).toMatchObject({ limit: { limit }, outcome: { kind: "blocked", reason: reached?.text } });
  });

  test.each<[limit: string, limits: object, text: string]>([
    ["step_turns", { step_turns: 2 }, "2 of 2."],
    ["step_usd", { step_usd: 0.5 }, "$0.60 of $0.50."],
    ["step_minutes", { step_minutes: 3 }, "3.1 min of 3 min."],
  ])("%s fails the attempt, and the next one begins anew", (limit, limits, text) => {
    const turns = [
      { usd: 0.3, seconds: 90 },
      { usd: 0.3, seconds: 96 },
    ];
    const pipeline = aPipeline({ config: { limits }, plan: steps, play: [{ turns }] });
    expect(pipeline).toMatchObject({
      limit: { limit },
      outcome: null,
      steps: [{}, { attempts: [{ finished: { outcome: "failed", answer: null, checks: [] } }] }, {}],
    });
    expect(pipeline.steps[1]?.attempts[0]?.finished?.reason).toContain(text);
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", key: "1/2" }]);
  });

  test("of money goes by what the present run found spent besides, which the opening may not know", () => {
    const held = aPipeline({ opening: { hold: true, spent: { task_usd: 0, day_usd: 49.99 } }, plan: steps });
    const pipeline = later(held, { kind: "plan_approved", by: "monalisa" });
    const claimed = (spent: Spent | undefined, usd_then: number) =>
      limitOfPipeline(
        later({ ...pipeline, usd: usd_then }, { ...RUN, ...(spent === undefined ? {} : { spent }) }),
      )?.event.limit;
    expect(claimed(undefined, 0.02)).toBe("day_usd");
    expect(claimed({ task_usd: 0, day_usd: 0 }, 0.02)).toBeUndefined();
    expect(claimed({ task_usd: 0, day_usd: 49.99 }, 0.02)).toBe("day_usd");
    expect(claimed({ task_usd: 19.99, day_usd: -3 }, 0.02)).toBe("task_usd");
  });

  test("that is not quite reached lets the work go on", () => {
    const limits = { step_turns: 2, step_usd: 0.31, pipeline_usd: 0.9 };
    const pipeline = aPipeline({ config: { limits }, plan: steps, play: [usd(0.3)] });
    const attempt = pipeline.steps[1]?.attempts[0];
    expect(limitOfPipeline(pipeline)).toBeNull();
    expect(attempt && limitOfAttempt(pipeline, attempt)).toBeNull();
  });

  test("does not keep an answer from being settled", () => {
    const limits = { step_turns: 1 };
    expect(
      ended({ config: { limits }, plan: ["tester"], play: [{ answer: { verdict: "approved" } }] }),
    ).toMatchObject({
      kind: "passed",
    });
  });
});
