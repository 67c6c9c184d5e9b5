import { afterAll, describe, expect, test } from "vitest";
import type { LocalControl } from "../../action/control/local.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventOf, JournalEvent } from "../../core/model/event.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { closeAll } from "../workbench/kit.ts";
import {
  APPROVED,
  aClock,
  aFreshWorkbench,
  all,
  aModel,
  anIdleWorkbench,
  bash,
  CHECK,
  call,
  claimed,
  DONE,
  extended,
  hanging,
  interruption,
  MENDED,
  opened,
  planOf,
  proof,
  type RunOptions,
  run,
  SCRIPT,
  type Script,
  submit,
  type Turn,
  text,
  withPlan,
  write,
  YES,
} from "./kit.ts";

afterAll(closeAll);

const PLAN = SCRIPT.pm?.[0] ?? [];
const kinds = (journal: readonly JournalEvent[]): readonly string[] => journal.map(event => event.data.kind);
/** What the model was sent after a turn, as one text. */
const sentBack = (turn: EventOf<"turn"> | undefined): string => JSON.stringify(turn?.results ?? null);
const gateOnly = (...turns: Script[string]): Script => ({ ...withPlan("reviewer"), reviewer: turns });
/** For conversations that use no tool: the driver may set up, but nothing may be opened. */
const talk = (options: RunOptions) => run({ workbench: anIdleWorkbench(), ...options });

describe("a pipeline", () => {
  test("passes from the plan to the gate, each command run and each change recorded once", async () => {
    const model = aModel(SCRIPT);
    const opens: string[] = [];
    const { pipeline, journal } = await run({ model, workbench: spied(await aFreshWorkbench(), opens) });
    expect(pipeline.outcome).toEqual({ kind: "passed", reason: "It adds up.", return: null, handover: null });
    expect(kinds(journal)).toEqual([
      "opened",
      "set_up",
      ...["attempt_started", "turn", "attempt_finished", "planned"],
      ...["attempt_started", "turn", "turn", "turn", "attempt_finished"],
      ...["attempt_started", "turn", "turn", "attempt_finished"],
      "finished",
    ]);
    expect(model.asked.map(({ key }) => key)).toEqual(["0/1/0", "1/1/0", "1/1/1", "1/1/2", "2/1/0", "2/1/1"]);
    expect(opens).toEqual(["1-1", "2-1"]);
    const ran = all(journal, "turn").flatMap(turn => turn.ran.map(c => [c.command, c.exit_code]));
    expect(ran).toEqual([1, 0, 0].map(code => [CHECK, code]));
    const [commit, ...more] = commitPoints(pipeline);
    expect(more).toEqual([]);
    expect(commit?.changes.map(({ path, content, in_base }) => [path, content, in_base])).toEqual([
      ["sum.js", MENDED, true],
      ["test/sum.test.js", "// 1 + 1 is 2\n", false],
    ]);
    expect(pipeline.usd).toBeCloseTo(6 * 0.2);
  });

  test("returns when its gate asks for changes, with the findings", async () => {
    const findings = [{ severity: "high", file: "sum.js", line: 1, issue: "The sign." }];
    const { pipeline } = await talk({
      model: aModel(gateOnly([[submit({ verdict: "changes_requested", reason: "No.", findings })]])),
    });
    expect(pipeline.outcome).toEqual({
      kind: "returned",
      reason: "Gate reviewer: No.",
      return: { category: "recurring_quality_fail", by: "reviewer", source: "gate:p1:1:1", findings },
      handover: null,
    });
  });

  test("returns when its gate approves and its own run of the check says no", async () => {
    const model = aModel({ ...withPlan("tester"), tester: [[[bash(CHECK), submit(APPROVED)]]] });
    const { pipeline } = await run({ model });
    expect(pipeline.outcome).toMatchObject({ kind: "returned", return: { source: "gate:p1:1:1" } });
    expect(pipeline.outcome?.return?.findings[0]?.issue).toMatch(/`\.\/check\.sh` exited 1.*not ok/s);
  });

  test("asks the author when its planner is blocked", async () => {
    const answer = { status: "blocked", reason: "Which sum?", return_category: "requirements_unclear" };
    const { pipeline } = await talk({ model: aModel({ pm: [[[submit(answer)]]] }) });
    expect(pipeline.outcome).toMatchObject({
      kind: "needs_info",
      reason: "Which sum?",
      return: { category: "requirements_unclear", source: "pm:p1" },
    });
  });

  test("ends with the plan in a dry run, and asks the model no further", async () => {
    const model = aModel(SCRIPT);
    const { pipeline } = await talk({ model, journal: [opened({ dry_run: true })] });
    expect(pipeline).toMatchObject({ outcome: { kind: "planned_only" }, plan: { category: "FIX" } });
    expect(model.asked).toHaveLength(1);
  });

  test("is blocked when its setup fails, before any call", async () => {
    const model = aModel(SCRIPT);
    const { pipeline } = await run({ model, journal: [opened({}, { config: { setup: ["exit 3"] } })] });
    expect(pipeline.outcome).toMatchObject({ kind: "blocked", reason: expect.stringContaining("exit 3") });
    expect(model.asked).toEqual([]);
  });
});

describe("an answer", () => {
  test("that makes no plan goes back once, and the second one counts", async () => {
    const model = aModel({
      pm: [[[submit(planOf("wizard"))], [submit(planOf("reviewer"))]]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline, journal } = await talk({ model });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(sentBack(all(journal, "turn")[0])).toMatch(/is_error":true|refused/);
    expect(sentBack(all(journal, "turn")[0])).toContain('no role \\"wizard\\"');
  });

  test("that makes no plan twice fails the attempt, and three such attempts block", async () => {
    const model = aModel({ pm: [[[submit(planOf("wizard"))], [submit(planOf("witch"))]]] });
    const { pipeline, journal } = await talk({ model });
    expect(pipeline.outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringMatching(/^The project manager failed 3 times.*refused twice.*"witch"/s),
      return: null,
    });
    expect(all(journal, "attempt_finished").map(end => end.outcome)).toEqual(["failed", "failed", "failed"]);
    expect(model.asked).toHaveLength(6);
  });

  test("that does not fit the role's schema is told every place", async () => {
    const { journal } = await talk({
      model: aModel(gateOnly([[submit({ verdict: "maybe" })], [submit(YES)]])),
    });
    const told = sentBack(all(journal, "turn")[1]);
    expect(told).toContain("- verdict: ");
    expect(told).toContain("- reason: ");
  });

  test("given twice in one reply is refused twice, and each call has its result", async () => {
    const { pipeline, journal } = await talk({
      model: aModel(gateOnly([[submit(YES), submit(YES)], [submit(YES)]])),
    });
    expect(all(journal, "turn")[1]).toMatchObject({
      submitted: null,
      results: [
        {
          tool_use_id: "toolu_1_1_0_0",
          is_error: true,
          content: expect.stringContaining("Call `submit` once"),
        },
        { tool_use_id: "toolu_1_1_0_1", is_error: true },
      ],
    });
    expect(pipeline.outcome?.kind).toBe("passed");
  });

  test("beside other tools counts, and they run first", async () => {
    const model = aModel({
      ...withPlan("tester"),
      tester: [[[submit({ ...YES, ...proof("test -e sum.js") }), bash("test -e sum.js")]]],
    });
    const { pipeline, journal } = await run({ model });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(all(journal, "turn").at(-1)?.ran).toMatchObject([{ command: "test -e sum.js", exit_code: 0 }]);
  });

  test("that is missing is reminded of once, then the attempt failed and the next one is told", async () => {
    const model = aModel(gateOnly([[text("Looks right.")], [text("Indeed.")]], [[submit(YES)]]));
    const { pipeline, journal } = await talk({ model });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(sentBack(all(journal, "turn")[1])).toContain("You have not submitted an answer");
    expect(all(journal, "attempt_finished")[1]).toMatchObject({
      outcome: "failed",
      reason: "The model stopped without calling `submit`, twice.",
    });
    const told = JSON.stringify(model.asked.at(-1)?.request.messages[0]);
    expect(told).toContain("Why the attempt before this one did not count");
    expect(told).toContain("stopped without calling");
  });

  test("whose proof did not run goes back once; then it fails the attempt, and the next one has a bench of its own for all its turns", async () => {
    const opens: string[] = [];
    const attempt = (...last: Script[string][number]) => [[write("sum.js", MENDED)], [bash("true")], ...last];
    const { pipeline } = await run({
      workbench: spied(await aFreshWorkbench(), opens),
      model: aModel({
        ...withPlan("debugger", "reviewer"),
        debugger: [
          attempt([submit(DONE)], [submit(DONE)]),
          attempt([submit(DONE)], [bash(CHECK), submit(DONE)]),
        ],
        reviewer: [[[submit(YES)]]],
      }),
    });
    expect(pipeline.steps[1]?.attempts.map(attempt => attempt.finished?.reason)).toEqual([
      expect.stringMatching(
        /^The answer was refused twice\..*99 is no run of this conversation, which has 1/s,
      ),
      null,
    ]);
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(opens).toEqual(["1-1", "1-2"]);
  });
});

test("what the control plane does not take blocks the task with its words: no other run would fare better", async () => {
  const refusing = (control: Control): Control => ({
    ...control,
    append: (after, events) =>
      events.some(event => event.kind === "planned")
        ? Promise.reject(new KinError("The append is too large.", { code: "too_large", hint: "Ask." }))
        : control.append(after, events),
  });
  const { pipeline, journal } = await talk({
    model: aModel(gateOnly([[submit(YES)]])),
    control: refusing,
  });
  expect(pipeline.outcome).toMatchObject({
    kind: "blocked",
    reason: "The append is too large.\nAsk.",
  });
  expect(kinds(journal)).not.toContain("planned");
});

test("what the fold does not take is not in the journal, and blocks the task as a bug of Kin's", async () => {
  const { pipeline, journal } = await talk({
    model: aModel(gateOnly([[submit(YES)]])),
    control: local => ({
      ...local,
      append: (after, events) =>
        local.append(
          after,
          events.map(event => (event.kind === "planned" ? { kind: "plan_approved", by: "nobody" } : event)),
        ),
    }),
  });
  expect(pipeline.outcome).toMatchObject({
    kind: "blocked",
    reason: expect.stringMatching(/^Kin itself failed, which is a bug of ours: /),
  });
  expect(kinds(journal)).not.toContain("plan_approved");
  expect(fold(journal)).toEqual(pipeline);
});

test("a reply that is too large to keep ends the attempt, and what was fetched is not journalled", async () => {
  const content = "x".repeat(4.1 * 2 ** 20);
  const fetched = { type: "web_fetch_tool_result", tool_use_id: "srvtoolu_1", content } as const;
  const large: Turn = { blocks: [text("Here it is."), fetched], stop_reason: "pause_turn" };
  const { pipeline, journal } = await talk({ model: aModel(gateOnly([large], [[submit(YES)]])) });
  const [, turn] = all(journal, "turn");
  expect(turn?.failed).toBe("The reply is too large to keep: 5 MiB, mostly of what was fetched.");
  expect(turn?.reply.content).toEqual([{ type: "text", text: "Here it is." }]);
  expect(pipeline.outcome?.kind).toBe("passed");
});

describe("a reply", () => {
  test("that was cut runs nothing of what it holds, and goes on once with more room", async () => {
    const cut = { blocks: [bash("touch ran"), submit(YES)], stop_reason: "max_tokens" };
    const model = aModel({
      ...withPlan("tester"),
      tester: [[cut, [bash("test ! -e ran"), submit({ ...YES, ...proof("test ! -e ran") })]]],
    });
    const { pipeline, journal } = await run({ model });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(all(journal, "turn")[1]).toMatchObject({
      ran: [],
      submitted: null,
      results: [
        { tool_use_id: "toolu_1_1_0_0", is_error: true },
        { tool_use_id: "toolu_1_1_0_1", is_error: true },
        { type: "text", text: expect.stringContaining("cut at the output limit") },
      ],
    });
    expect(model.asked.map(({ request }) => request.max_tokens)).toEqual([16_000, 16_000, 64_000]);
  });

  test("that was cut twice fails the attempt", async () => {
    const cut = { blocks: [text("…")], stop_reason: "max_tokens" };
    const { journal } = await talk({ model: aModel(gateOnly([cut, cut], [[submit(YES)]])) });
    expect(all(journal, "attempt_finished")[1]?.reason).toBe(
      "The model's reply was cut at its output limit twice.",
    );
  });

  test("that refuses fails the attempt, and the second one blocks the step visibly", async () => {
    const refusal = { blocks: [], stop_reason: "refusal" };
    const model = aModel(gateOnly([refusal]));
    const { pipeline } = await talk({ model });
    expect(pipeline.outcome).toEqual({
      kind: "blocked",
      reason:
        "Step 1 (reviewer): the model refused twice. Say the task in other words, or do this one by hand.",
      return: null,
      handover: null,
    });
    expect(model.asked).toHaveLength(3);
  });

  test("that paused is sent back as it is", async () => {
    const pause = { blocks: [text("Searching …")], stop_reason: "pause_turn" };
    const model = aModel(gateOnly([pause, [submit(YES)]]));
    const { pipeline } = await talk({ model });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(model.asked.at(-1)?.request.messages.map(message => message.role)).toEqual(["user", "assistant"]);
  });

  test("that fills the context window fails the attempt", async () => {
    const full = { blocks: [], stop_reason: "model_context_window_exceeded" };
    const { journal } = await talk({ model: aModel(gateOnly([full], [[submit(YES)]])) });
    expect(all(journal, "attempt_finished")[1]?.reason).toMatch(/no longer fits/);
  });

  test.each<[outcome: Script[string][number][number], end: object]>([
    [
      { kind: "unavailable", reason: "529", retry_after: null },
      { paused: "The model's API is unavailable: 529", outcome: null },
    ],
    [
      { kind: "refused", reason: "No credit.", hint: "Add some." },
      { paused: null, outcome: { kind: "blocked", reason: "No credit.\nAdd some.", return: null } },
    ],
    [
      { kind: "too_long", reason: "300000 tokens" },
      { outcome: { kind: "blocked", reason: "The task does not fit the model's context: 300000 tokens" } },
    ],
    [
      () => Promise.reject(new Error("out of order")),
      { outcome: { kind: "blocked", reason: "Kin itself failed, which is a bug of ours: out of order" } },
    ],
    [
      () => Promise.reject(new KinError("Gone.", { code: "c", hint: "Wait.", retryable: true })),
      { paused: "Gone.\nWait.", outcome: null },
    ],
  ])("that never came: %j", async (outcome, end) => {
    const { pipeline, journal } = await talk({ model: aModel({ pm: [[outcome]] }) });
    expect(pipeline).toMatchObject(end);
    expect(kinds(journal)).toHaveLength(3);
  });
});

describe("a tool call", () => {
  test("of a tool that the role does not have is refused with those it has, and counts as a turn", async () => {
    const model = aModel(gateOnly([[bash("ls"), call("fly", {})], [submit(YES)]]));
    const { journal } = await talk({ model });
    expect(all(journal, "turn")[1]).toMatchObject({
      ran: [],
      wrote: null,
      results: [
        { is_error: true, content: 'The role reviewer has no tool "bash". It has: read, submit.' },
        { is_error: true, content: 'The role reviewer has no tool "fly". It has: read, submit.' },
      ],
    });
  });

  test("with arguments that make no sense is an error for the model", async () => {
    const model = aModel({
      ...withPlan("tester"),
      tester: [
        [
          [bash("test -e sum.js"), call("read", { path: 1 })],
          [submit({ ...YES, ...proof("test -e sum.js") })],
        ],
      ],
    });
    const { pipeline, journal } = await run({ model });
    expect(all(journal, "turn")[1]?.results).toMatchObject([{ is_error: false }, { is_error: true }]);
    expect(pipeline.outcome?.kind).toBe("passed");
  });

  test("that changes what lies outside of the role's paths: it is put back, and the model is told", async () => {
    const outside = [bash("echo broken > sum.js; echo fine > test/a.js")];
    const model = aModel({
      ...withPlan("tester"),
      tester: [
        [
          outside,
          [
            bash("git diff --no-index /dev/null sum.js; grep -q 'a - b' sum.js"),
            bash("test -e sum.js"),
            submit({ ...YES, ...proof("test -e sum.js") }),
          ],
        ],
      ],
    });
    const { pipeline, journal } = await run({ model });
    const [, first, second] = all(journal, "turn");
    expect(first?.wrote?.changes.map(({ path }) => path)).toEqual(["test/a.js"]);
    expect(first?.results.at(-1)).toMatchObject({
      type: "text",
      text: expect.stringMatching(
        /not taken, and were put back where nothing else is said:\n- sum\.js: .*only change test\/\*\*/,
      ),
    });
    expect(second?.ran[0]).toMatchObject({ exit_code: 0 });
    expect(pipeline.outcome?.kind).toBe("passed");
  });
});

describe("a limit", () => {
  test("of money ends the pipeline before the next call", async () => {
    const model = aModel(SCRIPT);
    const { pipeline, journal } = await run({
      model,
      journal: [opened({}, { config: { limits: { pipeline_usd: 0.3 } } })],
    });
    expect(model.asked).toHaveLength(2);
    expect(kinds(journal).slice(-2)).toEqual(["limit_reached", "finished"]);
    expect(pipeline.outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("limits.pipeline_usd"),
    });
  });

  test("of turns fails the attempt, and another begins", async () => {
    const model = aModel({
      ...withPlan("tester"),
      tester: [
        [[bash("test -e sum.js")], [bash("test -e sum.js")], [bash("test -e sum.js")]],
        [[bash("test -e sum.js"), submit({ ...YES, ...proof("test -e sum.js") })]],
      ],
    });
    const { pipeline, journal } = await run({
      model,
      journal: [opened({}, { config: { limits: { step_turns: 2 } } })],
    });
    expect(pipeline.outcome?.kind).toBe("passed");
    expect(all(journal, "attempt_finished").map(end => end.outcome)).toEqual(["done", "failed", "done"]);
    expect(model.asked.map(({ key }) => key)).toEqual(["0/1/0", "1/1/0", "1/1/1", "1/2/0"]);
  });

  test("of time counts what the model took", async () => {
    const clock = aClock();
    const model = aModel(gateOnly([[text("…")], [submit(YES)]], [[submit(YES)]]));
    const slow = {
      reply: (...request: Parameters<typeof model.reply>) => {
        clock.forward(90_000);
        return model.reply(...request);
      },
    };
    const journal = [opened({}, { config: { limits: { step_minutes: 1 } } })];
    const { pipeline } = await talk({ model: slow, clock, journal });
    expect(pipeline.seconds).toBe(3 * 90);
    expect(pipeline.steps[1]?.attempts.map(({ finished }) => finished?.reason)[0]).toContain(
      "1.5 min of 1 min",
    );
  });

  test("is not reached by a clock that is put back", async () => {
    const clock = aClock();
    const model = aModel(gateOnly([[submit(YES)]]));
    const early = {
      reply: (...request: Parameters<typeof model.reply>) => {
        clock.forward(-90_000);
        return model.reply(...request);
      },
    };
    expect((await talk({ model: early, clock })).pipeline).toMatchObject({
      seconds: 0,
      outcome: { kind: "passed" },
    });
  });
});

describe("what is said to a running pipeline", () => {
  const stop = { id: 7, kind: "stop" as const, by: "monalisa", text: "Not now." };

  test.each([
    ["the first", 0],
    ["a later", 2],
  ])("a stop in %s turn ends the call, and that turn is not journalled", async (_, turns) => {
    const wait = hanging();
    const before = Array.from({ length: turns }, () => [bash("true")]);
    const model = aModel({ ...withPlan("tester"), tester: [[...before, wait.turn]] });
    let control: LocalControl | undefined;
    const running = run({ model, control: local => (control = local) });
    await wait.begun;
    control?.inbox.put([stop]);
    const { pipeline, journal } = await running;
    expect(pipeline.outcome).toEqual({
      kind: "stopped",
      reason: "Not now. (monalisa)",
      return: null,
      handover: null,
    });
    expect(wait.aborted()).toBe(true);
    expect(all(journal, "turn")).toHaveLength(1 + turns);
    expect(kinds(journal).slice(-2)).toEqual(["stop_asked", "finished"]);
  });

  test("the same message twice is one stop", async () => {
    const wait = hanging();
    let control: LocalControl | undefined;
    const running = talk({ model: aModel({ pm: [[wait.turn]] }), control: local => (control = local) });
    await wait.begun;
    control?.inbox.put([stop]);
    control?.inbox.put([stop]);
    expect(kinds((await running).journal)).toEqual(["opened", "set_up", "stop_asked", "finished"]);
  });

  test("a stop while a command runs ends the command, and nothing of that turn stays", async () => {
    const model = aModel({
      ...withPlan("debugger"),
      debugger: [[[write("sum.js", MENDED), bash("echo ready; sleep 40")]]],
    });
    let control: LocalControl | undefined;
    const say = () => setTimeout(() => control?.inbox.put([stop]), 200);
    const closes: string[] = [];
    const workbench = spied(await aFreshWorkbench(), [], name => name === "bash" && say(), closes);
    const { pipeline, journal } = await run({ model, workbench, control: local => (control = local) });
    expect(closes).toEqual(["1-1"]);
    expect(pipeline).toMatchObject({ outcome: { kind: "stopped" }, tree: pipeline.setup?.tree });
    expect(all(journal, "turn")).toHaveLength(1);
  });
});

describe("a run that has to end", () => {
  test.each(["interrupted", "paused"] as const)(
    "is `%s` in the middle of a call, and another run goes on",
    async kind => {
      const wait = hanging();
      const abort = new AbortController();
      const running = run({ model: aModel({ pm: [PLAN], debugger: [[wait.turn]] }), signal: abort.signal });
      await wait.begun;
      abort.abort(interruption(kind, "The runner was shut down."));
      const { pipeline, journal } = await running;
      expect(pipeline).toMatchObject({ outcome: null, paused: "The runner was shut down." });
      expect(wait.aborted()).toBe(true);
      expect(kinds(journal).at(-1)).toBe(kind);
      expect(all(journal, "turn")).toHaveLength(1);

      const idle = aModel(SCRIPT);
      expect((await run({ model: idle, journal })).journal).toEqual(journal);
      expect(idle.asked).toEqual([]);
      const again = await run({ model: idle, journal: extended(journal, claimed("2")) });
      expect(again.pipeline.outcome?.kind).toBe("passed");
      expect(idle.asked[0]?.key).toBe("1/1/0");
    },
  );

  test("before it began does nothing but say so", async () => {
    const model = aModel(SCRIPT);
    const signal = AbortSignal.abort(interruption("interrupted", "Cancelled."));
    expect(kinds((await talk({ model, signal })).journal)).toEqual(["opened", "interrupted"]);
    expect(model.asked).toEqual([]);
  });

  test("on another runner where the setup fails is blocked, with the reason", async () => {
    const { journal } = await talk({
      model: aModel({ pm: [PLAN], debugger: [[{ kind: "unavailable", reason: "529", retry_after: null }]] }),
    });
    const workbench = await aFreshWorkbench();
    const broken: Workbench = {
      ...workbench,
      setUp: async () => ({ ok: false, tree: "", commands: [], reason: "npm ci exited 1" }),
    };
    const { pipeline } = await run({
      model: aModel(SCRIPT),
      workbench: broken,
      journal: extended(journal, claimed("2")),
    });
    expect(pipeline.outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringMatching(/^The setup failed on this runner: npm ci exited 1\n/),
    });
  });
});

describe("a lost lease", () => {
  const lost = new KinError("Another run has taken over.", { code: "lease_lost", hint: "Nothing." });

  test.each([0, 1, 2, 5])("at append %d throws, and nothing more is written", async at => {
    let count = 0;
    let local: LocalControl | undefined;
    const losing = (control: LocalControl): Control => {
      local = control;
      return {
        ...control,
        append: (...append) => (count++ >= at ? Promise.reject(lost) : control.append(...append)),
      };
    };
    await expect(run({ model: aModel(SCRIPT), control: losing })).rejects.toBe(lost);
    expect(count).toBe(at + 1);
    expect(kinds(local?.journal() ?? [])).toHaveLength([1, 2, 4, 9][[0, 1, 2, 5].indexOf(at)] ?? 0);
  });

  test("that a heartbeat tells of ends the call under way", async () => {
    const wait = hanging();
    let local: LocalControl | undefined;
    const running = talk({ model: aModel({ pm: [[wait.turn]] }), control: control => (local = control) });
    const rejected = expect(running).rejects.toBe(lost);
    await wait.begun;
    local?.inbox.fail(lost);
    await rejected;
    expect(wait.aborted()).toBe(true);
    expect(kinds(local?.journal() ?? [])).toEqual(["opened", "set_up"]);
  });
});

/** Notes the key of each bench that is opened or closed; reports each call. */
const spied = (
  workbench: Workbench,
  opens: string[],
  onCall: (name: string) => void = () => {},
  closes: string[] = [],
): Workbench => ({
  ...workbench,
  open: async request => {
    opens.push(request.key);
    const bench = await workbench.open(request);
    return {
      ...bench,
      call: (use, options) => {
        onCall(use.name);
        return bench.call(use, options);
      },
      close: () => {
        closes.push(request.key);
        return bench.close();
      },
    };
  },
});
