// Commands of the config's `hooks`: each once, at its point, before the point is passed.
import { describe, expect, test } from "vitest";
import { Config } from "../../core/model/config.ts";
import type { EventData } from "../../core/model/event.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { pointsOf } from "../../core/pipeline/hooks.ts";
import { type AttemptSpec, aPipeline, type JournalSpec, later } from "../build.ts";

const DONE: AttemptSpec = { answer: { status: "done" } };
const YES: AttemptSpec = { answer: { verdict: "approved", reason: "Right." } };
const NO: AttemptSpec = { answer: { verdict: "changes_requested", reason: "No." } };

const ran = (hook: string, exit_code: number | null = 0): EventData => ({
  kind: "hook_ran",
  hook,
  ran: { command: "c", exit_code, seconds: 2, output: "" },
});
const hooked = (hooks: object[], spec: JournalSpec) =>
  aPipeline({ plan: ["debugger", "tester"], ...spec, config: { hooks, ...spec.config } });
/** Every hook that runs from here to the end, in order. */
const runs = (pipeline: ReturnType<typeof hooked>): readonly string[] => {
  const [next] = decide(pipeline);
  if (next?.kind === "conclude") return runs(later(pipeline, ...next.events));
  return next?.kind === "run_hook" ? [next.hook, ...runs(later(pipeline, ran(next.hook)))] : [];
};
const on = (event: string, run = "c") => ({ on: event, run });

describe("A15, G13: a hook", () => {
  test("runs behind each step that is done, the planner's not", () => {
    const pipeline = hooked([on("step_completed", "make note")], { play: [DONE] });
    expect(decide(pipeline)).toEqual([
      { kind: "run_hook", key: "hook/step_completed/1/0", hook: "step_completed/1/0", command: "make note" },
    ]);
    expect(decide(hooked([on("step_completed")], {}))).toMatchObject([{ kind: "take_turn", step: 1 }]);
  });
  test("runs once: what follows goes on behind it, whatever its command came to", () => {
    for (const exit_code of [0, 1, null]) {
      const pipeline = hooked([on("step_completed")], { play: [DONE, ran("step_completed/1/0", exit_code)] });
      expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 2 }]);
      expect(pipeline.hooks).toHaveLength(1);
    }
  });
  test("counts as time", () => {
    const pipeline = hooked([on("step_completed")], { play: [DONE] });
    expect(later(pipeline, ran("step_completed/1/0")).seconds - pipeline.seconds).toBe(2);
  });
  test.each<[string, object[], JournalSpec, string[]]>([
    [
      "several of one point in the config's order",
      [on("step_completed"), on("pipeline_completed"), on("step_completed")],
      { play: [DONE] },
      ["step_completed/1/0", "step_completed/1/2"],
    ],
    [
      "the end of a pipeline that passed",
      [on("pipeline_completed"), on("returned"), on("escalated")],
      { play: [DONE, YES] },
      ["pipeline_completed/0/0"],
    ],
    [
      "a gate's return and the end",
      [on("pipeline_completed"), on("returned")],
      { play: [DONE, NO] },
      ["returned/0/1", "pipeline_completed/0/0"],
    ],
    [
      "an escalation and the end",
      [on("escalated"), on("returned"), on("pipeline_completed")],
      {
        plan: ["return_analyst", "tester"],
        play: [{ answer: { root_cause_analysis: "r", refined_brief: "b", escalate_to_dept_head: true } }],
      },
      ["escalated/0/0", "pipeline_completed/0/2"],
    ],
    ["no end of a pipeline that goes on", [on("pipeline_completed")], { play: [DONE] }, []],
    [
      "no comment, which is the App's to write",
      [{ on: "pipeline_completed", comment: "Done." }],
      { play: [DONE, YES] },
      [],
    ],
    [
      "no revision, which is no return",
      [on("returned")],
      { config: { limits: { revisions: 1 } }, play: [DONE, NO] },
      [],
    ],
    [
      "no stop",
      [on("pipeline_completed")],
      { more: [{ kind: "stop_asked", message: 1, by: "b", reason: "r" }] },
      [],
    ],
    ["G14: no dry run", [on("pipeline_completed"), on("step_completed")], { opening: { dry_run: true } }, []],
  ])("is due at %s", (_, hooks, spec, expected) => {
    expect(runs(hooked(hooks, spec))).toEqual(expected);
  });
  test("is not due for an answer that a rerun kept", () => {
    const { plan } = hooked([], {});
    const kept = plan && { plan, answers: [{ step: 1, answer: { status: "done" } }] };
    expect(runs(hooked([on("step_completed")], { opening: { kept } }))).toEqual([]);
  });
});

test("the points that a pipeline has reached are known when it is over, too, for the App's comments", () => {
  expect(pointsOf(hooked([], { play: [DONE, NO] }))).toEqual([
    ["step_completed", 1],
    ["step_completed", 2],
    ["returned", 0],
    ["pipeline_completed", 0],
  ]);
  expect(pointsOf(hooked([], { play: [DONE] }))).toEqual([["step_completed", 1]]);
});

describe("a hook in the config", () => {
  const parse = (hook: object) =>
    Config.safeParse({ hooks: [hook] }).error?.issues.map(issue => issue.message) ?? [];
  test.each([[{ on: "returned", run: "c" }], [{ on: "task_done", comment: "Done." }]])("is %j", hook =>
    expect(parse(hook)).toEqual([]),
  );
  test.each([
    [{ on: "returned" }, "give either `run` or `comment`"],
    [{ on: "returned", run: "c", comment: "Done." }, "give either `run` or `comment`"],
    [{ on: "task_done", run: "c" }, "`task_done` comes when no runner is there: only `comment` works"],
  ])("is not %j", (hook, message) => expect(parse(hook)).toEqual([message]));
  test.each([
    [{ on: "never", run: "c" }],
    [{ on: "returned", run: "" }],
    [{ on: "returned", run: "c", when: "now" }],
  ])("is not %j", hook => expect(parse(hook)).toHaveLength(1));
});
