import { describe, expect, test } from "vitest";
import { combineChanges, FileChange } from "../../core/model/change.ts";
import { explain, KinError } from "../../core/model/error.ts";
import { isToolUse, ReplyBlock } from "../../core/model/message.ts";
import { costOf, MODELS, PRICES_AS_OF } from "../../core/model/models.ts";
import { crowdProblem, MAX_CANDIDATES } from "../../core/model/patch/patch-rules.ts";
import { commandsOf } from "../../core/model/pipeline.ts";
import { PastPipeline, RejectionRow, TaskRecord } from "../../core/model/record.ts";
import { PlannerCategory, ReturnCategory, TaskCategory, toReturnCategory } from "../../core/model/return.ts";
import { OutputSchema } from "../../core/model/role.ts";
import { addUsage, NO_USAGE, totalTokens, Usage } from "../../core/model/usage.ts";
import { ClaimAnswer, PROTOCOL } from "../../core/model/wire.ts";
import { aPipeline, aView } from "../build.ts";

describe("what tokens cost", () => {
  const million = {
    ...NO_USAGE,
    input: 1e6,
    output: 1e6,
    cache_read: 1e6,
    cache_write: 2e6,
    cache_write_1h: 1e6,
  };

  test.each([
    ["claude-opus-5-5", 4 + 20 + 0.2 + 5 + 8],
    ["claude-sonnet-5-5", 2 + 10 + 0.1 + 2.5 + 4],
    ["claude-sonnet-5-5-20260930", 2 + 10 + 0.1 + 2.5 + 4],
  ])("%s: $%d for a million of each kind", (model, usd) => {
    expect(costOf(model, million)).toBeCloseTo(usd, 10);
  });

  test.each([["gpt-6"], ["claude-opus-5-5-latest"], [""]])("%j is unknown, which is not $0", model => {
    expect(costOf(model, million)).toBeNull();
  });

  test.each([
    [{ input: 100_000 }, 0.1],
    [{ input: 100_001 }, 0.5],
    [{ input: 1, cache_read: 50_000, cache_write: 50_000 }, 0.5],
    [{ input: 50_000, cache_read: 25_000, cache_write: 25_000 }, 0.1],
  ])("a prompt of %j has the input price %d: the long band begins above 100,000 tokens", (prompt, price) => {
    const usage = { ...NO_USAGE, ...prompt };
    const [alone, more] = [usage, { ...usage, output: 1e6 }].map(u => costOf("claude-haiku-5-5", u) ?? 0);
    expect((more ?? 0) - (alone ?? 0)).toBeCloseTo(price * 5, 10);
  });

  test("a search of the web is paid by the piece, with any model", () => {
    const searched = { ...NO_USAGE, web_searches: 3 };
    expect(costOf("claude-haiku-5-5", searched)).toBeCloseTo(0.03, 10);
    expect(addUsage(searched, { ...searched, input: 1 })).toEqual({ ...NO_USAGE, input: 1, web_searches: 6 });
    expect(addUsage(NO_USAGE, NO_USAGE)).toEqual(NO_USAGE);
  });

  test("every tier has a model in the table, which is dated", () => {
    for (const { id } of Object.values(MODELS)) expect(costOf(id, NO_USAGE)).toBe(0);
    expect(PRICES_AS_OF).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

test("usage adds up field by field, and the one-hour writes are a part of the writes", () => {
  const usage = { input: 1, output: 2, cache_read: 3, cache_write: 4, cache_write_1h: 4 };
  expect(addUsage(usage, usage)).toEqual({
    input: 2,
    output: 4,
    cache_read: 6,
    cache_write: 8,
    cache_write_1h: 8,
  });
  expect(totalTokens(usage)).toBe(10);
  expect(Usage.parse({ input: 0, output: 0, cache_read: 0, cache_write: 0 }).cache_write_1h).toBe(0);
});

describe("changes of files", () => {
  const change = (path: string, over: Partial<FileChange> = {}): FileChange =>
    FileChange.parse({ path, mode: "100644", content: "1", in_base: true, ...over });

  test("of several turns: the later one wins, and they come sorted by path", () => {
    const combined = combineChanges([[change("b"), change("a")], [change("b", { content: "2" })], []]);
    expect(combined.map(({ path, content }) => [path, content])).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  test("a file that came and went is no change, one of the base's that went is", () => {
    const gone = { content: null };
    expect(
      combineChanges([[change("a", { in_base: false })], [change("a", { ...gone, in_base: false })]]),
    ).toEqual([]);
    expect(combineChanges([[change("a")], [change("a", gone)]])).toHaveLength(1);
  });

  test("are plain files, as text where nothing else is said", () => {
    expect(change("a").encoding).toBe("utf-8");
    expect(FileChange.safeParse({ ...change("a"), mode: "120000" }).success).toBe(false);
    expect(FileChange.safeParse({ ...change("a"), path: "" }).success).toBe(false);
  });
});

describe("a return's category", () => {
  test.each(ReturnCategory.options)("T5, T10: %s is taken as it is", category => {
    expect(toReturnCategory(category)).toBe(category);
  });
  test("blanks and capitals do not count", () => {
    expect(toReturnCategory("  Scope_Too_Large \n")).toBe("scope_too_large");
  });
  test.each([["bad quality"], [""], [null], [undefined], [7], [{}]])(
    "B17, T4: %j becomes missing_context, for no rejection may be lost over a word",
    value => {
      expect(toReturnCategory(value)).toBe("missing_context");
    },
  );
  test("B2, B3: there are six, of which a planner may choose all but the gate's", () => {
    expect(ReturnCategory.options).toHaveLength(6);
    expect(PlannerCategory.options).toEqual(
      ReturnCategory.options.filter(c => c !== "recurring_quality_fail"),
    );
  });
  test("B1: a task's category is one of twelve", () => {
    expect(TaskCategory.options.join(" ")).toBe("SEC UI API INFRA BIZ DB ARCH TEST PERF DOCS FIX OBS");
  });
});

describe("an error that is expected", () => {
  test("carries its code, its hint and its cause, and is final unless it says otherwise", () => {
    const cause = new Error("inner");
    const error = new KinError("The lease is lost.", { code: "lease_lost", hint: "Nothing.", cause });
    expect(error).toMatchObject({
      name: "KinError",
      code: "lease_lost",
      hint: "Nothing.",
      retryable: false,
      cause,
    });
    expect(new KinError("m", { code: "c", hint: "h", retryable: true })).toMatchObject({ retryable: true });
    expect("cause" in new KinError("m", { code: "c", hint: "h" })).toBe(false);
  });
  test.each([
    [new KinError("What.", { code: "c", hint: "Then what." }), "What.\nThen what."],
    [new Error("Plain."), "Plain."],
    ["words", "words"],
    [undefined, "undefined"],
  ])("%s is explained as %j", (error, text) => {
    expect(explain(error)).toBe(text);
  });
});

describe("rows of the store", () => {
  const { task } = aView();
  const row = { ...task, snapshot: null, published: "{}" };

  test("hold their snapshot and what was published as JSON", () => {
    const parsed = TaskRecord.parse({
      ...row,
      snapshot: JSON.stringify(task.snapshot),
      published: '{"labels":["kin"]}',
    });
    expect(parsed.snapshot).toEqual(task.snapshot);
    expect(parsed.published).toEqual({ labels: ["kin"] });
    expect(TaskRecord.parse(row).snapshot).toBeNull();
  });
  test("are refused where the JSON is of another shape", () => {
    const refused = TaskRecord.safeParse({ ...row, published: '{"labels":"kin"}' });
    expect(refused.error?.issues[0]).toMatchObject({ path: ["published"] });
    expect(refused.error?.issues[0]?.message).toContain("labels");
  });
  test("are refused where it is no JSON", () => {
    const refused = TaskRecord.safeParse({ ...row, published: "{" });
    expect(refused.error?.issues[0]).toMatchObject({ path: ["published"] });
  });
  test("of pipelines and of rejections are read where what nothing depends on is no JSON", () => {
    const { step_costs } = PastPipeline.shape;
    expect(step_costs.parse('{"scripted":0,"steps":[]}')).toEqual({ scripted: false, steps: [] });
    expect(["{", "[]", "", null].map(text => step_costs.parse(text))).toEqual([null, null, null, null]);
    expect(["[", "{}"].map(text => RejectionRow.shape.findings.parse(text))).toEqual([[], []]);
  });
});

test("blocks of a reply that nobody reads pass through whole", () => {
  const blocks = [
    { type: "thinking", thinking: "hm", signature: "s" },
    { type: "text", text: "one", citations: [] },
    { type: "tool_use", id: "t", name: "read", input: {} },
  ].map(block => ReplyBlock.parse(block));
  expect(blocks.map(isToolUse)).toEqual([false, false, true]);
  expect(blocks[0]).toEqual({ type: "thinking", thinking: "hm", signature: "s" });
  expect(blocks[1]).toEqual({ type: "text", text: "one", citations: [] });
});

test("the commands of an attempt are its own and then the harness's", () => {
  const check = { command: "npm run lint", exit_code: 0, seconds: 1, output: "" };
  const finished = aPipeline({
    plan: ["debugger", "tester"],
    play: [{ turns: [{ bash: "npm test" }], answer: { status: "done" }, checks: [check] }],
  });
  const commands = finished.steps
    .flatMap(step => step.attempts)
    .map(attempt => commandsOf(attempt).map(c => c.command));
  expect(commands).toEqual([[], ["npm test", "npm run lint"]]);
  const started = aPipeline({ plan: ["debugger"], play: [{ turns: [{ bash: "npm test" }] }] });
  expect(started.steps[1]?.attempts.flatMap(commandsOf)).toHaveLength(1);
});

test("an output schema may hold objects in objects", () => {
  expect(OutputSchema.parse({ spec: { parts: { name: "string" } } })).toEqual({
    spec: { parts: { name: "string" } },
  });
  expect(OutputSchema.safeParse({ spec: 1 }).success).toBe(false);
});

test("a claim is answered with a run or with why there is none", () => {
  expect(PROTOCOL).toBe(2);
  expect(ClaimAnswer.safeParse({ kind: "nothing", reason: "It runs elsewhere." }).success).toBe(true);
  expect(ClaimAnswer.safeParse({ kind: "claimed", pipeline: "p1" }).success).toBe(false);
});

test("so many changed files are looked at one by one, and what is beyond was not written by hand", () => {
  expect(crowdProblem(MAX_CANDIDATES - 1, 5000)).toBeNull();
  expect(crowdProblem(MAX_CANDIDATES, 5000)).toMatch(/^5000 files changed at once/);
});
