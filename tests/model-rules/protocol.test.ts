// The specialist's protocol where code decides: the form of an answer, when it is done, how often a step is tried, and
// what happens when that did not help.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openConversation } from "../../core/agents/context.ts";
import { roleOf, rosterWith } from "../../core/agents/roster.ts";
import type { Answer } from "../../core/model/answer.ts";
import type { CommandRun, EventData, JournalEvent } from "../../core/model/event.ts";
import type { Attempt, Pipeline, Step } from "../../core/model/pipeline.ts";
import type { Plan } from "../../core/model/plan.ts";
import { isProtocolAnswer, normalised } from "../../core/model/protocol-answer.ts";
import { RoleEntry } from "../../core/model/role.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { decide } from "../../core/pipeline/decide.ts";
import { keepBefore } from "../../core/pipeline/kept.ts";
import { dueCommands, ownOf } from "../../core/pipeline/own-commands.ts";
import { accept, planOf } from "../../core/pipeline/plan/accept.ts";
import { settle } from "../../core/pipeline/settle.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { resultOf } from "../../core/report/step-result.ts";
import { partsOf } from "../../core/report/work.ts";
import { loadRoster } from "../../host/roster.ts";
import { type AttemptSpec, aJournal, aPipeline, aView, type JournalSpec, later } from "../build.ts";
import { meansOf } from "../means.ts";

const { roster, preamble } = loadRoster(join(import.meta.dirname, "..", ".."));

const WROTE = { status: "done", files_changed: ["src/bill.py"], errors: [], next_action: "Test the limit." };
const SPECIALIST = ["backend_specialist", "test_automator", "reviewer"];
const run = (command: string, exit_code: number, output = ""): CommandRun => ({
  command,
  exit_code,
  seconds: 1,
  output,
});
const TEST = "python3 -m unittest";

describe("L3: the answer of the protocol is brought into Kin's form", () => {
  test("what was written is what was changed, and what comes next a note", () => {
    expect(normalised(WROTE)).toEqual({
      ...WROTE,
      changes: [{ file: "src/bill.py", description: "" }],
      notes: "Test the limit.",
    });
  });
  test("L14: whoever names an error is not done, whatever it says", () => {
    const answer = normalised({ ...WROTE, errors: ["mypy is red (run 3)", " "] });
    expect(answer).toMatchObject({ status: "partial", notes: "mypy is red (run 3)\nTest the limit." });
  });
  test.each<[string, object, string]>([
    ["its errors", { errors: ["No driver."] }, "No driver.\nTest the limit."],
    ["what it says itself", { reason: "No schema." }, "No schema."],
    ["that it named none", { next_action: "" }, "It named no error."],
  ])("a block has as its reason %s", (_, over, reason) => {
    expect(normalised({ ...WROTE, status: "blocked", ...over })).toMatchObject({ status: "blocked", reason });
  });
  test("a proof that is null is none, one that is there stays", () => {
    expect("proof" in normalised({ ...WROTE, proof: null })).toBe(false);
    expect(normalised({ ...WROTE, proof: { how_verified: [1] } })).toMatchObject({
      proof: { how_verified: [1] },
    });
  });
  test.each([
    [{ status: "done", changes: [] }],
    [{ verdict: "approved", files_changed: [] }],
    [{ ...WROTE, files_changed: "src/bill.py" }],
  ])("any other answer stays as it is: %j", answer => {
    expect(normalised(answer)).toBe(answer);
    expect(isProtocolAnswer(answer)).toBe(false);
  });
  test("the rest of Kin reads it as any writer's", () => {
    const pipeline = aPipeline({ plan: SPECIALIST, play: [{ answer: normalised(WROTE) }] });
    const { changes, notes } = partsOf(pipeline.steps[1] as Step);
    expect([changes[0]?.file, notes]).toEqual(["src/bill.py", "Test the limit."]);
  });
  test("a project's own role may answer in it", () => {
    const entry = RoleEntry.parse({
      ...{ name: "porter", model: "haiku", tools: ["read", "write"], permissions: "full" },
      description: "Ports modules from one language to another.",
      output_schema: {
        ...{ status: "done | partial | blocked", files_changed: "array of string" },
        ...{ errors: "array of string", next_action: "string" },
      },
    });
    const own = rosterWith(roster, { roles: [entry], prompts: {} });
    const pipeline = aPipeline({ plan: ["porter", "reviewer"], base: [run(TEST, 0)], config: gates });
    const step = pipeline.steps[1] as Step;
    const made = accept({ answer: WROTE }, { pipeline, step, roster: own, runs: [] });
    expect(made).toMatchObject({ kind: "accepted", answer: { changes: [{ file: "src/bill.py" }] } });
  });
});

const gates = { gates: [TEST] };
const submit = (answer: object, spec: JournalSpec = {}) => {
  const pipeline = aPipeline({ plan: SPECIALIST, ...spec });
  return accept({ answer }, { pipeline, step: pipeline.steps[1] as Step, roster, runs: [] });
};

describe("L14: written is not done", () => {
  const detected = { detected: [TEST] };
  const BASE = [run(TEST, 0)];
  const unsettled = (spec: JournalSpec): { pipeline: Pipeline; step: Step; attempt: Attempt } => {
    const pipeline = aPipeline({
      plan: SPECIALIST,
      play: [{ turns: [{ wrote: ["src/bill.py"] }] }],
      ...spec,
    });
    const step = pipeline.steps[1] as Step;
    const [attempt] = step.attempts as [Attempt];
    const turns = [...attempt.turns, { ...attempt.turns[0], wrote: null, submitted: normalised(WROTE) }];
    return { pipeline, step, attempt: { ...attempt, turns } as Attempt };
  };

  test.each<[string, JournalSpec, readonly string[]]>([
    ["what is configured", { config: gates, base: BASE }, [TEST]],
    ["what the manifests tell", { setup: detected, base: BASE }, [TEST]],
    ["nothing where there is nothing", {}, []],
  ])("without a proof, the harness runs after a writer %s", (_, spec, commands) => {
    const { pipeline, step, attempt } = unsettled(spec);
    expect(dueCommands(step, attempt, pipeline)).toEqual(commands);
  });
  test("with one, what is configured alone, as after any other writer", () => {
    const { pipeline, step, attempt } = unsettled({ setup: detected, base: BASE });
    const proof = { what_was_done: "w", how_verified: [1], verification_result: "v" };
    const turns = attempt.turns.map(turn =>
      turn.submitted === null ? turn : { ...turn, submitted: { ...turn.submitted, proof } },
    );
    expect(dueCommands(step, { ...attempt, turns }, pipeline)).toEqual([]);
  });
  test("done with a red command is a failed attempt, and its output is what is told", () => {
    const { pipeline, step, attempt } = unsettled({ setup: detected, base: BASE });
    const settled = settle(step, {
      attempt,
      checks: [run(TEST, 1, "FAIL: test_limit"), run(TEST, 1, "FAIL: test_limit")],
      own: ownOf(pipeline),
    });
    expect(settled.outcome).toBe("failed");
    expect(settled.reason).toMatch(/gate `python3 -m unittest` exited 1[\s\S]*FAIL: test_limit/);
  });
  test("with neither a proof nor a command of the project's, the answer goes back", () => {
    expect(submit(WROTE)).toEqual({
      kind: "refused",
      reasons: [expect.stringMatching(/^proof: the project has no command of its own/)],
    });
    expect(submit({ ...WROTE, status: "partial" }).kind).toBe("accepted");
    expect(submit(WROTE, { config: gates, base: BASE }).kind).toBe("accepted");
  });
  test("a block in this form is one, though it names no reason", () => {
    const blocked = { ...WROTE, status: "blocked", errors: ["There is no driver."] };
    expect(submit(blocked)).toMatchObject({ answer: { reason: "There is no driver.\nTest the limit." } });
  });
});

const RED: AttemptSpec = {
  turns: [{ wrote: ["src/bill.py"] }, {}],
  answer: normalised(WROTE),
  checks: [run(TEST, 1, "FAIL: test_limit"), run(TEST, 1, "FAIL: test_limit")],
};
const GREEN: AttemptSpec = { ...RED, checks: [run(TEST, 0)] };
const spec = (over: JournalSpec = {}): JournalSpec => ({
  plan: SPECIALIST,
  base: [run(TEST, 0)],
  config: gates,
  ...over,
});
const failed = (over: JournalSpec = {}): Pipeline => aPipeline(spec({ play: [RED, RED, RED], ...over }));
const talkOf = (pipeline: Pipeline, number: number) => {
  const step = pipeline.steps[number] as Step;
  return openConversation({
    ...{
      pipeline,
      step,
      attempt: step.attempts.length + 1,
      role: roleOf(roster, step.role),
      roster,
      preamble,
    },
    delimiter: "0123456789abcdef",
  }).first;
};

describe("L2, X20: three attempts, whatever is still red", () => {
  test("the second is told what failed, with the command's output and its own answer", () => {
    const first = talkOf(aPipeline(spec({ play: [RED] })), 1);
    expect(first).toContain("## Why the attempt before this one did not count");
    expect(first).toContain("FAIL: test_limit");
    expect(first).toContain('"next_action": "Test the limit."');
  });
  test("X20: there is no fourth that goes on until it passes, and the step is never done", () => {
    const pipeline = failed();
    const step = pipeline.steps[1] as Step;
    expect([step.attempts.length, step.answer]).toEqual([3, null]);
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 2, attempt: 1 }]);
  });
  test("a third that passes goes on with the plan", () => {
    const pipeline = aPipeline(spec({ play: [RED, RED, GREEN] }));
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 2 }]);
    expect(pipeline.steps.map(({ role }) => role)).toEqual(["pm", ...SPECIALIST]);
  });
  test("a role that is none of the protocol's ends the pipeline, as before", () => {
    const pipeline = aPipeline(spec({ plan: ["debugger", "reviewer"], play: [RED, RED, RED] }));
    expect(pipeline.outcome?.kind).toBe("blocked");
  });
});

const PLAN = (...roles: readonly string[]) => ({
  analysis: "The limit is the database's.",
  route_type: "custom",
  category: "FIX",
  pipeline: roles.map((role, index) => ({
    role,
    brief: `Anew: ${role}.`,
    ...(index > 0 ? { depends_on: roles[index - 1] } : {}),
  })),
});
const planOfAnswer = (answer: object, pipeline: Pipeline): Plan => {
  const made = planOf(answer as Answer, { pipeline, roster });
  if (made.kind === "refused") throw new Error(made.reasons.join(" "));
  return made.plan;
};
/** After replanning with these roles, with what `play` says happened next. */
const replanned = (
  { play = [], ...over }: JournalSpec = {},
  roles: readonly string[] = ["db_engineer", "test_automator", "reviewer"],
): Pipeline => {
  const answer = PLAN(...roles);
  const before = over.opening?.hold === true ? [APPROVED_BY] : [];
  const plan = planOfAnswer(answer, failed());
  const again = [RED, RED, RED, { answer }, { kind: "planned" as const, plan }];
  return aPipeline(spec({ ...over, play: [...before, ...again, ...play] }));
};
const APPROVED_BY = { kind: "plan_approved" as const, by: "octocat" };
const DONE: AttemptSpec = { answer: { status: "done" } };
const APPROVED: AttemptSpec = { answer: { verdict: "approved", reason: "Fine." }, checks: [run(TEST, 0)] };
const REJECTED: AttemptSpec = { answer: { verdict: "changes_requested", reason: "A cent is lost." } };

describe("L2: then it goes back to the orchestrator", () => {
  test("the project manager is asked once more, in the place of what had not begun", () => {
    const pipeline = failed();
    expect(pipeline.steps.map(({ role, part }) => `${role} ${part}`)).toEqual([
      "pm plan",
      "backend_specialist plan",
      "pm replan",
    ]);
    expect(resultOf(pipeline.steps[1] as Step, pipeline)).toMatchObject({
      state: "given_up",
      words: "failed 3 times, planned anew below",
    });
  });
  test("with what was tried, what failed, and the plan that is given up", () => {
    const first = talkOf(failed(), 2);
    expect(first.match(/Attempt \d did not count: The project's gate/g)).toHaveLength(3);
    expect(first).toContain("What the last attempt answered:\n");
    expect(first).toContain("## The plan that is given up");
    expect(first).toContain("- test_automator: The part of test_automator.");
    expect(first).toContain("Step 1 (backend_specialist) failed 3 times");
    expect(first).toContain("## Route templates");
  });

  test("whose plan is the rest of the pipeline", () => {
    const pipeline = replanned();
    expect(pipeline.steps.slice(3)).toMatchObject([
      { number: 3, role: "db_engineer", depends_on: null },
      { number: 4, role: "test_automator", depends_on: 3 },
      { number: 5, role: "reviewer", depends_on: 4 },
    ]);
    expect(pipeline.plan?.analysis).toBe("The limit is the database's.");
    expect(decide(pipeline)).toMatchObject([{ kind: "take_turn", step: 3 }]);
  });
  test("and the pipeline passes with it, whatever became of what was given up", () => {
    const pipeline = replanned({ play: [DONE, DONE, APPROVED] });
    expect(pipeline.outcome?.kind).toBe("passed");
  });
  test("a rejection behind it goes to a writer of the new plan", () => {
    const config = { ...gates, limits: { revisions: 1 } };
    const pipeline = replanned({ config, play: [DONE, DONE, REJECTED] });
    expect(pipeline.steps.slice(6).map(({ role }) => role)).toEqual(["test_automator", "reviewer"]);
    expect(talkOf(pipeline, 6)).toContain("## What the gate found (step 5, reviewer)");
  });
  test("a plan that waits for approval waits again: nobody has seen this one", () => {
    const pipeline = replanned({ opening: { hold: true } });
    expect([pipeline.held, pipeline.approved_by]).toEqual([true, null]);
    expect(decide(later(pipeline, APPROVED_BY))).toMatchObject([{ kind: "take_turn", step: 3 }]);
  });
  test("an analysis that was made is not asked for again", () => {
    const opening = { analysis_due: true, returns: { count: 3, latest: [] } };
    const plan = planOfAnswer(PLAN("db_engineer", "reviewer"), failed({ opening }));
    expect(plan.steps.map(({ role }) => role)).toEqual(["db_engineer", "reviewer"]);
  });
  test("who fails again ends the pipeline: it is asked once", () => {
    const pipeline = replanned({ play: [RED, RED, RED] }, ["backend_specialist", "reviewer"]);
    expect(pipeline.outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("Step 3 (backend_specialist) failed 3 times"),
    });
  });
  test("it may block in place of a plan, and then it is a return of the task", () => {
    const answer = { status: "blocked", reason: "The API is gone.", return_category: "technical_blocker" };
    const pipeline = failed({ play: [RED, RED, RED, { answer }] });
    expect(pipeline.outcome).toMatchObject({
      kind: "needs_info",
      reason: "The API is gone.",
      return: { category: "technical_blocker", by: "pm", source: "pm:p1" },
    });
    const { returned } = meansOf(pipeline, { task: aView().task, events: [], now: 0 });
    expect(returned).toMatchObject({ reason_category: "technical_blocker", returned_by: "pm" });
  });
  test("nobody is above the head of an escalation: there it ends", () => {
    const kept = { plan: aPipeline({ plan: SPECIALIST }).plan as never, answers: [] };
    const pipeline = aPipeline({
      ...spec({ opening: { type: "escalation", kept }, play: [RED, RED, RED] }),
    });
    expect(pipeline.outcome?.kind).toBe("blocked");
  });
  test("a run from a later step keeps neither what was given up nor the question", () => {
    const keeping = keepBefore(replanned({ play: [DONE] }), 4);
    const kept = keeping.kind === "kept" ? keeping.kept : null;
    expect(kept?.plan.steps.map(({ role }) => role)).toEqual(["db_engineer", "test_automator", "reviewer"]);
    expect(kept?.answers.map(({ step }) => step)).toEqual([1]);
  });
  test("a run from what was given up begins with it, and the question comes when it is due again", () => {
    const keeping = keepBefore(replanned(), 1);
    expect(keeping).toMatchObject({
      kept: { plan: { steps: [{ role: "backend_specialist" }, { role: "db_engineer" }, {}, {}] } },
    });
  });

  describe("and the App takes no other word for it", () => {
    const at = "2026-10-07T12:00:00.000Z";
    const due = (pipeline: Pipeline) => takeEvents(added(pipeline), { pipeline, roster, at });
    const twice = (): Pipeline => aPipeline(spec({ play: [RED, RED] }));
    const added = (pipeline: Pipeline) => {
      const [next] = decide(pipeline);
      return next?.kind === "conclude" ? next.events : [];
    };
    test("not before the third attempt has failed", () => {
      const { steps } = failed();
      const { number: _n, attempts: _a, answer: _w, revised: _r, ...asked } = steps[2] as Step;
      const early = { kind: "steps_added" as const, after: 1, part: "replan" as const, steps: [asked] };
      expect(() => later(twice(), early)).toThrow(/no replan is due behind step 1/);
      expect(due(twice()).events).toEqual([]);
    });
    test("no other plan than that of the answer", () => {
      const answer = PLAN("db_engineer", "reviewer");
      const journal = aJournal(spec({ play: [RED, RED, RED, { answer }] }));
      const answered = journal.findLast(({ data }) => data.kind === "attempt_finished") as JournalEvent;
      const pipeline = fold(journal.slice(0, answered.seq - 1));
      const plan = planOfAnswer(answer, pipeline);
      const other = { ...plan, steps: plan.steps.slice(1) };
      const take = (...behind: readonly EventData[]) =>
        takeEvents([answered.data, ...behind], { pipeline, roster, at }).events;
      expect(take({ kind: "planned", plan })).toHaveLength(2);
      expect(() => take({ kind: "planned", plan: other })).toThrow(/another `planned`/);
      expect(take).toThrow(/is written with the answer/);
    });
    test("and no second plan that nobody asked for", () => {
      const pipeline = aPipeline(spec());
      expect(() => later(pipeline, { kind: "planned", plan: pipeline.plan as never })).toThrow(
        /planned once, and again only when it is asked for/,
      );
    });
  });
});
