import { describe, expect, test } from "vitest";
import type { CommandRun, EventOf } from "../../core/model/event.ts";
import type { Attempt, Step } from "../../core/model/pipeline.ts";
import { lastRunOf, settle } from "../../core/pipeline/settle.ts";
import { aPipeline } from "../build.ts";

const run = (command: string, exit_code: number | null = 0, output = ""): CommandRun => ({
  command,
  exit_code,
  seconds: 1,
  output,
});
const proof = (...how_verified: string[]) => ({
  proof: { what_was_done: "w", how_verified, verification_result: "v" },
});

const talking = aPipeline({ plan: ["debugger"], play: [{}] });
const step = talking.steps[1] as Step;
const gate: Step = { ...step, role: "tester", gate: true };
const turn = step.attempts[0]?.turns[0] as EventOf<"turn">;
const attemptOf = (turns: readonly Partial<EventOf<"turn">>[]): Attempt => ({
  number: 2,
  started: null,
  turns: turns.map(over => ({ ...turn, ...over })),
  finished: null,
});

const settled = (
  answer: Record<string, unknown>,
  more: { readonly ran?: CommandRun[]; readonly checks?: CommandRun[]; readonly of?: Step } = {},
) => settle(more.of ?? step, attemptOf([{ ran: more.ran ?? [] }, { submitted: answer }]), more.checks ?? []);

test("a proof that is longer than a new one may be is settled as ever: journals hold some", () => {
  const answer = { status: "done", ...proof(...Array(50).fill("npm test")) };
  expect(settled(answer, { ran: [run("npm test")] })).toMatchObject({ outcome: "done", reason: null });
});

describe("an attempt without an answer failed", () => {
  test.each<[turns: Partial<EventOf<"turn">>[], reason: string]>([
    [[{ failed: "The model refused to go on." }], "The model refused to go on."],
    [[{}], "It ended without an answer."],
    [[], "It ended without an answer."],
  ])("%j", (turns, reason) => {
    expect(settle(step, attemptOf(turns), [])).toEqual({
      kind: "attempt_finished",
      step: 1,
      attempt: 2,
      outcome: "failed",
      answer: null,
      reason,
      checks: [],
    });
  });
});

test("a blocked answer blocks, a gate's too, with its reason", () => {
  const answer = { status: "blocked", reason: "No access." };
  for (const of of [step, gate]) {
    expect(settled(answer, { of })).toMatchObject({ outcome: "blocked", answer, reason: "No access." });
  }
});

describe("X46: a specialist is done", () => {
  test("when each command that its proof names ran in this attempt and exited 0", () => {
    const answer = { status: "done", ...proof("npm test", "npm run lint") };
    const ran = [run("npm test"), run("npm run lint")];
    expect(settled(answer, { ran })).toMatchObject({ outcome: "done", answer, reason: null });
  });
  test("without a proof, where its answer has none", () => {
    expect(settled({ notes: "A design." })).toMatchObject({ outcome: "done", reason: null });
  });
  test("when the project's gates are green, and they are journalled", () => {
    const checks = [run("npm run lint"), run("npm run types")];
    expect(settled({ notes: "n" }, { checks })).toMatchObject({ outcome: "done", checks });
  });
});

describe("B6, K6: a specialist's attempt failed", () => {
  test.each<[answer: object, ran: CommandRun[], reason: string]>([
    [{ status: "partial", notes: "Half of it." }, [], "It says that it is not finished: Half of it."],
    [{ status: "partial" }, [], "It says that it is not finished: no notes"],
    [{ status: "done", ...proof() }, [], "It says done but names no command that verified it."],
    [{ status: "done", proof: "I looked." }, [], "It says done but names no command that verified it."],
    [
      { status: "done", ...proof("npm test") },
      [run("npm run lint")],
      "Its proof names `npm test`, which did not run in this attempt.",
    ],
    [
      { status: "done", ...proof("a", "b") },
      [run("a", 1)],
      "Its proof names `b`, which did not run in this attempt.",
    ],
    [
      { status: "done", ...proof("npm test; echo done") },
      [run("npm test; echo done")],
      "Its proof names `npm test; echo done`, whose exit code is not the check's own.",
    ],
    [
      { status: "done", ...proof("npm test") },
      [run("npm test", 1)],
      "Its proof names `npm test`, which exited 1.",
    ],
    [
      { status: "done", ...proof("npm test") },
      [run("npm test"), run("npm test", null)],
      "Its proof names `npm test`, which ran into a limit.",
    ],
    [
      { status: "done", ...proof("a", "b", "c") },
      [run("a"), run("b", 2), run("c", 3)],
      "Its proof names `b`, which exited 2.",
    ],
  ])("when it says %j after %j", (answer, ran, reason) => {
    expect(settled({ ...answer }, { ran })).toMatchObject({ outcome: "failed", answer, reason });
  });

  test("when a gate of the project is red, with the end of its output", () => {
    const checks = [run("npm run lint"), run("npm run types", 2, `${"x".repeat(3000)}the end`)];
    const { outcome, reason } = settled({ notes: "n" }, { checks });
    expect(outcome).toBe("failed");
    expect(reason).toMatch(/^The project's gate `npm run types` exited 2:\nx+the end$/);
    expect(reason?.length).toBeLessThan(2100);
    expect(settled({ notes: "n" }, { checks: [run("slow", null)] }).reason).toMatch(
      /`slow` ran into a limit/,
    );
  });
});

describe("X46: a gate", () => {
  const approved = { verdict: "approved", reason: "Right." };

  test("that asks for changes is done, whatever ran", () => {
    const answer = { verdict: "changes_requested", reason: "No.", ...proof("never ran") };
    expect(settled(answer, { of: gate })).toMatchObject({ outcome: "done", answer, reason: null });
  });
  test("that reads and runs nothing approves without a proof", () => {
    expect(settled(approved, { of: gate })).toMatchObject({
      outcome: "done",
      answer: approved,
      reason: null,
    });
  });
  test("approves with a proof that ran green", () => {
    const answer = { ...approved, ...proof("npm test") };
    expect(settled(answer, { of: gate, ran: [run("npm test")] })).toMatchObject({ outcome: "done", answer });
  });
  test.each<[proof: object, reason: string]>([
    [proof(), "It approved but names no command that verified it."],
    [{ proof: {} }, "It approved but names no command that verified it."],
    [proof("npm test"), "It approved with a proof that it did not run: `npm test`."],
    [
      proof("npm test || :"),
      "It approved with a proof whose exit code is not the check's own: `npm test || :`.",
    ],
  ])("that approves with %j is tried again", (how, reason) => {
    const answer = { ...approved, ...how };
    expect(settled(answer, { of: gate })).toMatchObject({ outcome: "failed", answer, reason });
  });
  test.each<[exit: number | null, output: string, how: string]>([
    [1, "not ok 3", "exited 1"],
    [null, "", "ran into a limit"],
  ])("is overruled by the exit code %j: its approval becomes a rejection", (exit, output, how) => {
    const findings = [{ severity: "low", issue: "A typo." }];
    const answer = { ...approved, findings, ...proof("npm test") };
    const reason = `The gate approved, but \`npm test\` ${how}; the exit code decides.`;
    expect(settled(answer, { of: gate, ran: [run("npm test", exit, output)] })).toMatchObject({
      outcome: "done",
      reason,
      answer: {
        verdict: "changes_requested",
        reason,
        said: "Right.",
        findings: [{ severity: "high", issue: output === "" ? reason : `${reason}\n${output}` }, ...findings],
      },
    });
  });
});

describe("the run that a proof means", () => {
  test.each<[command: string, ran: string]>([
    ["npm test", "npm test"],
    ["$ npm test", "npm   test\n"],
    ["npm test", "$ npm test"],
    ["npm test", "cd packages/a && npm test"],
    ["npm test", "npm ci 2>/dev/null && \\n npm test".replace("\\n", "\n")],
    ["npm test", `cd "my dir" && FOO='a b' && npm test`],
    ["npm test", "npm test 2>&1 | tail -20"],
    ["npm test", "cd a && npm test > out.txt 2>&1"],
    ["npm test", "npm test | tee log.txt | head -5"],
    ["npm test", `npm test 2>&1 | grep -E "pass|fail" | tail -3`],
    ["npm test | tail -5", "npm test"],
    ["ls | grep -q x", "ls | grep -q x"],
  ])("`%s` ran as `%s`", (command, ran) => {
    expect(lastRunOf(command, [run(ran)])).toMatchObject({ command: ran });
  });

  test.each<[command: string, ran: string]>([
    ["npm test", "npm test -- --only one"],
    ["npm test", "npm test || true"],
    ["npm test", "npm test; true"],
    ["npm test", "xnpm test"],
    ["npm test", "true # && npm test"],
    ["npm test", "echo ' && npm test"],
    ["npm test", "exit 0 && npm test"],
    ["npm test", "exec true && npm test"],
    ["npm test", "cat <<EOF\n && npm test"],
    ["npm test", "set +o pipefail && npm test | tail -1"],
    ["npm test", "npm test | grep fail; true"],
    ["npm test", "npm test | sh"],
    ["ls | grep -q x", "ls"],
    ["npm test", `npm test | tail -1 ${"x".repeat(3000)}`],
  ])("`%s` did not run as `%s`", (command, ran) => {
    expect(lastRunOf(command, [run(ran)])).toBeNull();
  });

  test("is the last one", () => {
    const ran = [run("npm test", 0), run("ls"), run("cd a && npm test", 1)];
    expect(lastRunOf("npm test", ran)).toBe(ran[2]);
    expect(lastRunOf("npm test", [])).toBeNull();
  });
});
