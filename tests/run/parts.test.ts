// Steps that were not in the plan, through the real driver with the shipped roles; only the model is scripted.
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventKind, EventOf, JournalEvent } from "../../core/model/event.ts";
import type { Opening } from "../../core/model/task.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { loadRoster } from "../../host/roster.ts";
import { aPlan } from "../build.ts";
import { closeAll } from "../workbench/kit.ts";
import {
  aModel,
  anIdleWorkbench,
  extended,
  opened,
  planOf,
  type RunOptions,
  run,
  type Script,
  submit,
  type Turn,
  text,
} from "./kit.ts";
import { aMemoryWorkbench } from "./memory-workbench.ts";

afterAll(closeAll);

const { roster } = loadRoster(join(import.meta.dirname, "..", ".."));
/** Nobody uses a tool here: the driver may set up, but nothing may be opened. */
const talk = (options: RunOptions) => run({ workbench: anIdleWorkbench(), roster, ...options });
const begun = (over: Partial<Opening> = {}, config: object = {}) => [opened(over, { config })];
const all = <K extends EventKind>(journal: readonly JournalEvent[], kind: K): EventOf<K>[] =>
  journal.flatMap(({ data }) => (data.kind === kind ? [data as EventOf<K>] : []));
const rolesIn = (journal: readonly JournalEvent[]) =>
  fold(journal)
    .steps.map(step => step.role)
    .join(" ");

const YES = {
  verdict: "approved",
  reason: "Right.",
  findings: [],
  criteria_check: [],
  conventions_violated: [],
};
const DESIGN = {
  status: "done",
  spec: { overview: "o", components: [], interfaces: [], data_model: "d", risks: [] },
  files_to_change: [],
  decisions: [],
};
const REMARK = { ...YES, findings: [{ severity: "low", issue: "A typo next door." }] };
const HEAD = { status: "done", interfaces: [], artifacts: [], handoff_notes: "In this order.", risks: [] };
const member = (role: string) => ({ role, brief: `Do ${role}.` });
const planning = (...roles: string[]): Script["string"] => [
  [[submit({ ...planOf(...roles), justification: "Three fields." })]],
];

describe("a head", () => {
  const kept = { plan: aPlan(["cto_advisor"]), answers: [] };
  const escalation = (): Partial<Opening> => ({ type: "escalation", kept });
  const advice = { status: "done", assessment: "a", decision: "Keep both.", alternatives: [], risks: [] };

  test("G19, X30: puts its members to work, and the plan's gate judges them", async () => {
    const model = aModel({
      pm: planning("research_head", "reviewer"),
      research_head: [[[submit({ ...HEAD, sub_pipeline: [member("architect")] })]]],
      architect: [[[submit(DESIGN)]]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline, journal } = await talk({ model, journal: begun({}, { learn: "off" }) });
    expect(rolesIn(journal)).toBe("pm research_head architect reviewer");
    expect(pipeline.outcome?.kind).toBe("passed");
  });
  test("that names somebody else's member is asked again, with its own", async () => {
    const model = aModel({
      cto_advisor: [[[submit({ ...advice, sub_pipeline: [member("backend_head")] })], [submit(advice)]]],
    });
    const { pipeline, journal } = await talk({ model, journal: begun(escalation()) });
    expect(JSON.stringify(all(journal, "turn")[0]?.results)).toMatch(
      /is no member of your department. Allowed: /,
    );
    expect(pipeline.outcome).toMatchObject({ kind: "passed", reason: "Keep both." });
  });
  test("X26: may answer an escalation by a decision alone", async () => {
    const model = aModel({ cto_advisor: [[[submit(advice)]]] });
    const { pipeline, journal } = await talk({ model, journal: begun(escalation()) });
    expect(pipeline.outcome).toMatchObject({ kind: "passed", reason: "Keep both." });
    expect(all(journal, "steps_added")).toEqual([]);
  });
  test("never has an answer without its steps: they are appended at once", async () => {
    const atOnce: string[][] = [];
    const model = aModel({
      cto_advisor: [[[submit({ ...advice, sub_pipeline: [member("architect")] })]]],
      architect: [[[submit(DESIGN)]]],
      reviewer: [[[submit(YES)]]],
    });
    const noting = (control: LocalControl) => ({
      ...control,
      append: (...append: Parameters<LocalControl["append"]>) => {
        atOnce.push(append[1].map(event => event.kind));
        return control.append(...append);
      },
    });
    await talk({ model, journal: begun(escalation()), control: noting });
    expect(atOnce).toContainEqual(["attempt_finished", "steps_added"]);
  });
});

describe("X12: with three returns and several bugs", () => {
  const due = { analysis_due: true, returns: { count: 3, latest: [] } };
  const analysis = (over: object) => ({
    root_cause_analysis: "Two places round.",
    refined_brief: "Round in one place.",
    clarification_list: [],
    escalate_to_dept_head: false,
    ...over,
  });
  const plan = { ...planOf("debugger", "tester"), route_type: "multi_bug_debug" };
  const asking = (...answers: object[]): Script => ({
    pm: [[[submit(plan)]]],
    return_analyst: [answers.map(answer => [submit(answer)] as Turn)],
  });

  test("the analyst goes first, then the coordinator, whatever the planner wrote; and what it finds escalates", async () => {
    const { pipeline } = await talk({
      model: aModel(asking(analysis({ escalate_to_dept_head: true }))),
      journal: begun(due),
    });
    expect(pipeline.steps.map(step => step.role)).toEqual([
      "pm",
      "return_analyst",
      "error_coordinator",
      "debugger",
      "tester",
    ]);
    expect(pipeline).toMatchObject({
      brief: "Round in one place.",
      outcome: { kind: "superseded", handover: { head: "cto_advisor" } },
    });
  });
  test.each(["false", "true", 1, null])(
    "X11: a flag that is %j goes back once, and escalates nothing",
    async flag => {
      const model = aModel(
        asking(analysis({ escalate_to_dept_head: flag }), analysis({ clarification_list: ["Which?"] })),
      );
      const { pipeline, journal } = await talk({ model, journal: begun(due) });
      expect(JSON.stringify(all(journal, "turn")[1]?.results)).toContain("escalate_to_dept_head");
      expect(pipeline.outcome).toMatchObject({ kind: "needs_info", handover: null });
    },
  );
});

describe("a revision", () => {
  const NO = { ...YES, verdict: "changes_requested", reason: "No." };
  test("C11: every step behind an analysis opens with its brief", async () => {
    const model = aModel({
      pm: planning("architect", "reviewer"),
      architect: [[[submit(DESIGN)]]],
      reviewer: [[[submit(NO)]]],
    });
    const { pipeline } = await talk({ model, journal: begun({ brief: "Round in one place." }) });
    for (const { request } of model.asked)
      expect(JSON.stringify(request.messages[0])).toContain("Round in one place.");
    // Nobody before the gate writes, so there is nothing to revise.
    expect(pipeline.outcome?.kind).toBe("returned");
  });
});

describe("G8: a task that is too large", () => {
  const tooLarge = { status: "blocked", reason: "Three in one.", return_category: "scope_too_large" };
  const child = {
    title: "A",
    brief: "b",
    category: "API",
    acceptance_criteria: [],
    depends_on: [],
    priority: "high",
  };
  test("is cut by the task_decomposer, who is told why", async () => {
    const model = aModel({
      pm: [[[submit(tooLarge)]]],
      task_decomposer: [[[submit({ status: "done", tasks: [child] })]]],
    });
    const { pipeline } = await talk({ model, journal: begun() });
    expect(pipeline.outcome).toMatchObject({
      kind: "superseded",
      handover: { kind: "children", tasks: [child] },
    });
    expect(JSON.stringify(model.asked[1]?.request.messages)).toContain("Three in one.");
  });
});

describe("what comes afterwards", () => {
  const passing = (followup: Turn, learner: Turn = [submit({ status: "done", decisions: [] })]): Script => ({
    pm: planning("reviewer"),
    reviewer: [[[text("Hm.")], [submit(REMARK)]]],
    followup: [[followup]],
    learner: [[learner]],
  });
  const found: Turn = [submit({ status: "done", created: [], pending_actions: [] })];
  const returns = { count: 1, latest: [] };
  const PASSED = { kind: "passed", reason: "Right.", return: null, handover: null };
  const outcomes = (journal: readonly JournalEvent[]) =>
    fold(journal)
      .steps.slice(2)
      .map(({ attempts }) => attempts.at(-1)?.finished?.outcome);

  test("is asked for, and then the pipeline has passed", async () => {
    const { pipeline, journal } = await talk({
      model: aModel(passing(found)),
      journal: begun({ returns }, { learn: "propose" }),
    });
    expect([pipeline.outcome, outcomes(journal)]).toEqual([PASSED, ["done", "done"]]);
  });
  test.each<[string, Turn]>([
    ["the API refuses the request", { kind: "refused", reason: "No credit.", hint: "Buy some." }],
    ["the API is away", { kind: "unavailable", reason: "529", retry_after: null }],
    ["the task is too long for it", { kind: "too_long", reason: "200k" }],
    [
      "something of ours throws",
      () => Promise.reject(new KinError("Lost.", { code: "c", hint: "h", retryable: true })),
    ],
    ["it has a bug of ours", () => Promise.reject(new TypeError("x is not a function"))],
    ["the model refuses", { blocks: [], stop_reason: "refusal" }],
    [
      "it needs a tool, and there is none",
      [text("I look."), { type: "tool_use", name: "read", input: { file_path: "a" } }],
    ],
  ])("blocks nothing where %s: what has passed has passed", async (_, turn) => {
    const { pipeline, journal } = await talk({
      model: aModel(passing(turn, turn)),
      journal: begun({ returns }, { learn: "propose" }),
    });
    expect(pipeline.outcome).toEqual(PASSED);
    expect(outcomes(journal)).toEqual(["failed", "failed"]);
    expect(fold(journal)).toEqual(pipeline);
  });
  test("in the middle of a conversation ends that conversation, with the reason", async () => {
    const turns: Script["string"] = [
      [[text("Hm.")], { kind: "unavailable", reason: "529", retry_after: null }],
    ];
    const model = aModel({ ...passing(found), followup: turns });
    const { pipeline, journal } = await talk({ model, journal: begun({}, { learn: "off" }) });
    expect(pipeline.outcome).toEqual(PASSED);
    expect(journal.find(({ data }) => data.kind === "step_given_up")?.data).toMatchObject({
      ...{ step: 2, attempt: 1 },
      reason: expect.stringContaining("529"),
    });
  });
});

describe("G13: a hook", () => {
  const hooks = [{ on: "pipeline_completed", run: "make note" }];
  const script = { pm: planning("reviewer"), reviewer: [[[submit(YES)]]] };
  const ran = async (workbench: Workbench) => {
    const journal = begun({}, { learn: "off", hooks });
    const done = await talk({ model: aModel(script), journal, workbench });
    expect(done.pipeline.outcome?.kind).toBe("passed");
    return all(done.journal, "hook_ran");
  };
  test("is judged on the tree as it stands, on no conversation's bench", async () => {
    const judged: unknown[] = [];
    let tree = "";
    const workbench = aMemoryWorkbench(new Map([["a.js", "0"]]), command =>
      command === "make note" ? 3 : 0,
    );
    const spied: Workbench = {
      ...workbench,
      setUp: async request => {
        const result = await workbench.setUp(request);
        ({ tree } = result);
        return result;
      },
      judge: (at, commands, options) => {
        judged.push([at, commands, options.seconds]);
        return workbench.judge(at, commands, options);
      },
    };
    expect(await ran(spied)).toMatchObject([
      { hook: "pipeline_completed/0/0", ran: { command: "make note", exit_code: 3 } },
    ]);
    expect(judged).toEqual([[tree, ["make note"], 300]]);
  });
  test("that cannot run is only told", async () => {
    expect(await ran(anIdleWorkbench())).toMatchObject([
      { ran: { exit_code: null, output: "no command should run here" } },
    ]);
  });
});

describe("X14: what a person tells a running pipeline", () => {
  const words = { id: 5, kind: "tell" as const, by: "hubot", text: "Mind the refunds." };
  const HEARD = "hubot, who may direct this task, says: Mind the refunds.";
  /** A conversation of two turns, of which the given one waits for the words. */
  const told = async (during: number) => {
    let control: LocalControl | undefined;
    const answers = [[text("Hm.")], [submit(YES)]] as const;
    const turns = answers.map(
      (turn, index): Turn =>
        index !== during
          ? turn
          : async asked => {
              control?.inbox.put([words]);
              await new Promise(resolve => setTimeout(resolve, 20));
              return aModel({ reviewer: [answers] }).reply(asked.request, { signal: asked.signal });
            },
    );
    const model = aModel({ pm: planning("reviewer"), reviewer: [turns] });
    const run = await talk({
      model,
      control: local => (control = local),
      journal: begun({}, { learn: "off" }),
    });
    return { ...run, asked: model.asked.map(({ request }) => request.messages) };
  };

  test("while its first reply is awaited is heard behind that reply", async () => {
    const { journal, asked } = await told(0);
    expect(all(journal, "attempt_started").map(({ heard }) => heard)).toEqual([0, 0]);
    expect(asked[1]).toHaveLength(1);
    expect(asked[2]?.at(-1)).toMatchObject({ role: "user" });
    expect(JSON.stringify(asked[2]?.at(-1))).toContain(HEARD);
    expect(fold(journal).told).toMatchObject([{ heard: [{ step: 1, attempt: 1, turn: 0 }] }]);
  });
  test("while its last reply is awaited comes too late for it, and is in the journal", async () => {
    const { pipeline, asked } = await told(1);
    expect(JSON.stringify(asked)).not.toContain(HEARD);
    expect(pipeline).toMatchObject({
      told: [{ text: words.text, heard: [{ turn: 1 }] }],
      outcome: { kind: "passed" },
    });
  });
  test("is heard by the next run where this one paused", async () => {
    const { journal } = await talk({
      model: aModel({ pm: [[{ kind: "unavailable", reason: "529", retry_after: null }]] }),
    });
    const again = extended(extended(journal, { kind: "told", message: 5, by: words.by, text: words.text }), {
      kind: "claimed",
      run_id: "2",
      run_attempt: 1,
      run_url: null,
      scripted: true,
    });
    const model = aModel({ pm: planning("reviewer"), reviewer: [[[submit(YES)]]] });
    await talk({ model, journal: again });
    for (const { request } of model.asked)
      expect(JSON.stringify(request.messages[0])).toContain("- hubot: Mind the refunds.");
  });
});
