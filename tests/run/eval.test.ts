// The parts of the eval. Answers here are scripted and say nothing about any prompt.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { createLanguageModel } from "../../action/llm/anthropic.ts";
import { currentStep } from "../../core/pipeline/state.ts";
import { loadRoster } from "../../host/roster.ts";
import { startFakeModel } from "../../local/model/server.ts";
import { type Checks, type EvalCase, readCases } from "../../scripts/eval/case.ts";
import { failedChecks } from "../../scripts/eval/checks.ts";
import { estimateOf } from "../../scripts/eval/estimate.ts";
import { withGenericPrompt } from "../../scripts/eval/generic.ts";
import { pipelineBefore } from "../../scripts/eval/journal.ts";
import { resultLine, totalLines } from "../../scripts/eval/report.ts";
import { tryCase } from "../../scripts/eval/trial.ts";
import { type Arm, resultOf } from "../../scripts/eval/verdict.ts";
import { COMPILED } from "../compiled.ts";
import { closeAll, HOST_PATH, toolProcess } from "../workbench/kit.ts";
import { aClock } from "./kit.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CASES = join(ROOT, "tests", "cases");
const loaded = loadRoster(ROOT);
const cases = readCases(CASES, { role: null, name: null });
const caseNamed = (name: string) => readCases(CASES, { role: null, name })[0] as EvalCase;
afterAll(closeAll);

describe("checks of an answer", () => {
  const answer = {
    verdict: "approved",
    reason: "Seen to fail: dist is old.",
    findings: [{ severity: "low", issue: "A typo in feed.js." }],
    proof: { how_verified: ["npm test"] },
    escalate: false,
    none: [],
  };
  test.each<[what: string, checks: Checks, failed: number]>([
    ["a word that is the same", { "answer.verdict": "approved" }, 0],
    ["a word that is another", { "answer.verdict": "changes_requested" }, 1],
    ["a boolean", { "answer.escalate": false }, 0],
    ["a boolean is no text", { "answer.escalate": "false" }, 1],
    ["an empty list", { "answer.none": [] }, 0],
    ["a list that is not empty", { "answer.findings": [] }, 1],
    ["nothing where nothing is wanted", { "answer.sub_pipeline": null }, 0],
    ["something where nothing is wanted", { "answer.findings": null }, 1],
    ["a text that matches from its beginning", { "answer.reason": { matches: "^Seen to fail:" } }, 0],
    ["a text in other letters", { "answer.reason": { matches: "DIST" } }, 0],
    ["a text that does not match", { "answer.reason": { matches: "^Could not" } }, 1],
    ["a list as JSON", { "answer.findings": { matches: '"severity":"low".*feed\\.js' } }, 0],
    ["a list that lacks something", { "answer.findings": { lacks: '"severity":"high"' } }, 0],
    ["a list that does not lack it", { "answer.findings": { lacks: '"severity":"low"' } }, 1],
    ["a field inside a field", { "answer.proof.how_verified": { matches: "npm test" } }, 0],
    ["a field that is not there lacks nothing", { "answer.other": { lacks: "x" } }, 1],
    ["a field inside nothing", { "answer.other.more": { matches: "x" } }, 1],
    ["each that fails", { "answer.verdict": "x", "answer.reason": { matches: "x" } }, 2],
  ])("%s", (_, checks, failed) => {
    expect(failedChecks(answer, checks)).toHaveLength(failed);
  });
  test("say what was wanted and what was found", () => {
    expect(failedChecks(answer, { "answer.verdict": "changes_requested" })).toEqual([
      'answer.verdict should be "changes_requested", found "approved"',
    ]);
  });
  test("fail, all of them, where there is no answer", () => {
    expect(failedChecks(null, { "answer.a": { lacks: "x" }, "answer.b": true })).toHaveLength(2);
  });
});

describe("what a role is shown in a case", () => {
  const shown = (name: string) => {
    const { request } = estimateOf(caseNamed(name), loaded);
    const block = request.messages[0]?.content[0];
    return block?.type === "text" ? String(block.text) : "";
  };
  test.each(cases.map(one => [one.id, one] as const))("%s: it is the role's turn", (_, one) => {
    const pipeline = pipelineBefore(one, {
      roster: loaded.roster,
      base: "0".repeat(40),
      baseTree: "tree",
      tree: "tree",
      changes: [],
    });
    const step = currentStep(pipeline);
    expect(step?.role).toBe(one.role);
    expect(step?.number).toBe(one.context.previous.length + 1);
    expect(step?.part).toBe(one.role === "analyst" ? "revision" : "plan");
  });
  test("a return analyst sees the returns, the pattern that Kin finds in them, the brief in force, and decisions", () => {
    const first = shown("two-stores-that-must-agree");
    expect(first).toContain("## Return History (return_count=4):");
    expect(first).toContain("Pattern: recurring_quality_fail, 4 times.");
    expect(first).toContain("## Brief in force, in place of the issue's text");
    expect(first).toContain("- #3 [convention] Stock belongs to the warehouse");
  });
  test("an analyst sees both verdicts of the revision that Kin's rules made", () => {
    const first = shown("verdicts-that-exclude-each-other");
    expect(first).toContain("## What the gate found (step 2, reviewer)");
    expect(first).toContain("## What the gate found (step 4, reviewer)");
  });
  test("a gate sees the criteria that it answers for, and the writer's account", () => {
    const first = shown("the-same-change-elsewhere");
    expect(first).toContain("## Acceptance criteria of the task, which you judge the work by");
    expect(first).toContain("## Previous step output (step 1, frontend_dev)");
  });
  test("a role that runs commands is told where a case has no state before the change, and only there", () => {
    const told = "how the files were before it is not to be had here";
    expect(shown("all-of-it-in-one-piece")).toContain(told);
    expect(shown("the-test-asserts-the-defect")).not.toContain(told);
    expect(shown("a-path-that-is-written-over")).not.toContain(told);
  });
  test.each(cases.filter(({ base }) => Object.keys(base).length > 0).map(one => [one.id, one] as const))(
    "%s: what stood there before differs from what stands there now",
    (_, { base, files }) => {
      for (const [path, text] of Object.entries(base)) expect(files[path] ?? null, path).not.toBe(text);
    },
  );
  test("a state before the change without a step that changed it is no case", () => {
    const asked = caseNamed("the-test-asserts-the-defect");
    const ground = { roster: loaded.roster, base: "b", baseTree: "one", tree: "other", changes: [] };
    const alone = { ...asked, context: { ...asked.context, previous: [] } };
    expect(() => pipelineBefore(alone, ground)).toThrow(/no step before writes/);
  });
  test("the generic prompt stands in the role's place, with the answer's fields, and nothing else differs", () => {
    const one = caseNamed("the-same-change-elsewhere");
    const ours = estimateOf(one, loaded).request;
    const roster = withGenericPrompt(loaded.roster, "reviewer");
    const generic = estimateOf(one, { ...loaded, roster }).request;
    expect({ ...generic, system: generic.system.slice(0, 2) }).toEqual({
      ...ours,
      system: ours.system.slice(0, 2),
    });
    const text = generic.system[2]?.text ?? "";
    expect(text).toMatch(/^You are `reviewer` in a team of specialists\. A gate that reads: /);
    expect(text).toContain("verdict: approved | changes_requested");
    expect(text).not.toMatch(/\{\{|See also/);
  });
});

describe("a case with one prompt", () => {
  const APPROVED = {
    verdict: "approved",
    reason: "Fine.",
    findings: [],
    criteria_check: [{ criterion: 1, met: true, evidence: "" }],
    conventions_violated: [],
  };
  const FOUND = {
    ...APPROVED,
    verdict: "changes_requested",
    findings: [{ severity: "high", file: "src/feed.js", issue: "The feed has the same fault." }],
  };
  const reading = { tools: [{ read: { file_path: "src/feed.js" } }, { bash: { command: "ls" } }] };

  test("is found where the checks hold and the judge says so; the role's tools ran on the case's files", async () => {
    const { result, bodies } = await tried({ reviewer: [reading, { submit: FOUND }], judge: true });
    expect(result).toMatchObject({ found: "found", trial: { turns: 2, attempts: 1, counts: true } });
    expect(result.judge?.model).toMatch(/opus/);
    const [, second, judged] = bodies;
    expect(second).toContain("<rss version=");
    expect(second).toContain('The role reviewer has no tool \\"bash\\"');
    expect(judged).toContain("src/feed.js puts the title into XML as it is");
    expect(judged).not.toMatch(/You are a reviewer/);
    expect(resultLine(result)).toMatch(/^ {2}ours +found +2 turns, \$0\.\d{3}, judged by claude-opus/);
  });
  test("begins from the state before the change: the gate is shown the patch, and git has both", async () => {
    const look =
      "git log --format=%s base..HEAD; git diff --stat base; git worktree add -q /tmp/base base; cat /tmp/base/src/due.js";
    const asked = caseNamed("the-test-asserts-the-defect");
    const { bodies } = await tried(
      { tester: [{ tools: [{ bash: { command: look } }] }, { text: "I think so." }], judge: true },
      { asked },
    );
    expect(bodies[0]).toContain("-export const isOverdue = (due, today) => today > due;");
    expect(bodies[0]).toContain("+export const isOverdue = (due, today) => today.slice(0, 10) >= due;");
    expect(bodies[1]).toContain("Step 1: debugger");
    expect(bodies[1]).toMatch(/src\/due\.js +\| 2 /);
    expect(bodies[1]?.split("Step 1: debugger")[1]).toContain("(due, today) => today > due;");
  });
  test("is missed where the judge says so", async () => {
    const { result } = await tried({ reviewer: [{ submit: FOUND }], judge: false });
    expect(result).toMatchObject({ found: "missed", why: "Because." });
  });
  test("is missed where a check fails, and no judge is asked", async () => {
    const { result, bodies } = await tried({ reviewer: [{ submit: APPROVED }], judge: true });
    expect(result).toMatchObject({ found: "missed", judge: null });
    expect(result.why).toContain('answer.verdict should be "changes_requested", found "approved"');
    expect(bodies).toHaveLength(1);
  });
  test("is missed where no attempt of the role counts", async () => {
    const { result } = await tried({ reviewer: [{ text: "I think so." }], judge: true });
    expect(result).toMatchObject({ found: "missed", trial: { attempts: 3, answer: null } });
  });
  test("is not counted where the model's API refuses", async () => {
    const error = { status: 401, type: "authentication_error", message: "invalid x-api-key" };
    const { result } = await tried({ reviewer: [{ error }], judge: true });
    expect(result).toMatchObject({ found: "not counted", trial: { counts: false } });
    expect(result.why).toContain("invalid x-api-key");
    expect(totalLines([result])[0]).toMatch(/^ours +0 found, 0 missed, 1 not counted/);
  });
  test("is not counted where it was stopped, or where the case itself cannot be played", async () => {
    const script = { reviewer: [{ submit: FOUND }], judge: true };
    const stopped = await tried(script, { signal: AbortSignal.abort() });
    expect(stopped.result).toMatchObject({ found: "not counted", why: "It was stopped." });
    const asked = caseNamed("the-same-change-elsewhere");
    const context = { ...asked.context, previous: [{ step: 1, role: "poet", answer: {} }] };
    const broken = await tried(script, { asked: { ...asked, context } });
    expect(broken.result.found).toBe("not counted");
    expect(broken.result.why).toContain('There is no role "poet"');
  });
  test("does not hold a form that only our prompt asks for against the generic one", async () => {
    const answer = {
      verdict: "cannot_confirm",
      commands_run: [],
      evidence: "",
      reason: "There is no network to reach the provider.",
    };
    const of = (arm: Arm) =>
      tried(
        { smoke_tester: [{ submit: answer }], judge: true },
        { arm, asked: caseNamed("a-message-that-cannot-be-sent-here") },
      );
    expect((await of("ours")).result.why).toContain("answer.reason should match /^Could not be seen here:/");
    expect((await of("generic")).result.found).toBe("found");
  });
});

describe("npm run eval", () => {
  test("without a key runs no case, says so of each, and ends well", async () => {
    const { stdout } = await evaluate(["--role", "analyst"]);
    expect(stdout.trim().split("\n")).toEqual([
      "analyst/correction-in-the-copy-nobody-calls: not run: no ANTHROPIC_API_KEY",
      "analyst/rounded-only-where-it-is-shown: not run: no ANTHROPIC_API_KEY",
      "analyst/verdicts-that-exclude-each-other: not run: no ANTHROPIC_API_KEY",
      "0 of 3 cases run, none found, none missed.",
    ]);
  });
  test("asks no scripted server, and says why", async () => {
    const fake = await startFakeModel({ answers: join(ROOT, "local", "story", "answers") });
    onTestFinished(() => fake.close());
    const env = { ANTHROPIC_API_KEY: "scripted", ANTHROPIC_BASE_URL: fake.url };
    const { stdout } = await evaluate(["--case", "the-same-change-elsewhere"], env);
    expect(stdout).toContain(`not run: ${fake.url} is scripted, and its answers are no evidence`);
    expect(stdout).toContain("0 of 1 cases run, none found, none missed.");
    expect(fake.requests()).toEqual([]);
  });
  test("says in a dry run what would be asked, and the likely cost, without a key", async () => {
    const { stdout } = await evaluate(["--case", "reviewer/the-same-change-elsewhere", "--dry-run"]);
    expect(stdout).toMatch(
      /^reviewer\/the-same-change-elsewhere; claude-sonnet-\S+, about 6 turns; ours \d+ tokens, \$0\.\d+; generic \d+ tokens, \$0\.\d+;/,
    );
    expect(stdout).toMatch(/Likely cost: \$0\.\d+/);
    expect(stdout).toContain("You are a reviewer: a gate that reads.");
    expect(stdout).toContain("Title: Titles with & or < break what we publish");
    expect(stdout).toContain("-export const page = posts => posts.map(({ title }) =>");
  });
  test("names the cases that there are where one is asked for that there is not", async () => {
    const wrong = evaluate(["--role", "reviewer", "--case", "nothing"]);
    await expect(wrong).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no case for reviewer nothing\.\nKnown: reviewer\/a-better/),
    });
    await expect(evaluate(["--at-once", "0"])).rejects.toMatchObject({
      stderr: expect.stringContaining("Usage: npm run eval"),
    });
  });
});

interface Script {
  readonly judge: boolean;
  readonly [role: string]: readonly object[] | boolean;
}

const tried = async (
  { judge, ...roles }: Script,
  {
    arm = "ours",
    asked = caseNamed("the-same-change-elsewhere"),
    signal = new AbortController().signal,
  }: { readonly arm?: Arm; readonly asked?: EvalCase; readonly signal?: AbortSignal } = {},
) => {
  const answers = mkdtempSync(join(tmpdir(), "kin-eval-test-"));
  onTestFinished(() => rmSync(answers, { recursive: true, force: true }));
  for (const [role, turns] of Object.entries(roles))
    writeFileSync(join(answers, `${role}.yaml`), stringify(turns));
  const judging = [{ tools: [{ judge: { why: "Because.", holds: judge } }] }];
  writeFileSync(join(answers, "default.yaml"), stringify(judging));
  const fake = await startFakeModel({ answers });
  onTestFinished(() => fake.close());
  const model = createLanguageModel({
    apiKey: "scripted",
    baseUrl: fake.url,
    clock: aClock(),
    random: () => 0.5,
    log: () => {},
  });
  const roster = arm === "ours" ? loaded.roster : withGenericPrompt(loaded.roster, asked.role);
  const trial = await tryCase(asked, {
    model,
    roster,
    preamble: loaded.preamble,
    toolProcess: await toolProcess(),
    path: HOST_PATH,
    random: () => "delimiter-of-tests",
    signal,
    onTurn: () => {},
  });
  const result = await resultOf({ asked, arm, trial }, { model, signal, delimiter: "delimiter-of-tests" });
  return { result, bodies: fake.requests().map(({ body }) => JSON.stringify(body)) };
};

const evaluate = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(process.execPath, [join(ROOT, "scripts", "eval", "main.ts"), ...args], {
    env: { ...COMPILED, PATH: HOST_PATH, ...env },
  });
