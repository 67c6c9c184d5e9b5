import { describe, expect, test } from "vitest";
import { isMasked } from "../../core/agents/exit-code.ts";
import { outsideScript } from "../../core/agents/outside-script.ts";
import { numbered, runsOf } from "../../core/agents/runs.ts";
import type { CommandRun, EventOf } from "../../core/model/event.ts";
import type { Attempt, Step } from "../../core/model/pipeline.ts";
import { proofProblem, provingRuns, settle } from "../../core/pipeline/settle.ts";
import { aPipeline } from "../build.ts";

const run = (command: string, exit_code: number | null = 0, output = ""): CommandRun => ({
  command,
  exit_code,
  seconds: 1,
  output,
});
const proof = (...how_verified: (number | string)[]) => ({
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
) =>
  settle(more.of ?? step, {
    attempt: attemptOf([{ ran: more.ran ?? [] }, { submitted: answer }]),
    checks: more.checks ?? [],
  });

test("a proof that is longer than a new one may be is settled as ever: journals hold some", () => {
  const answer = { status: "done", ...proof(...Array(50).fill(1)) };
  expect(settled(answer, { ran: [run("npm test")] })).toMatchObject({ outcome: "done", reason: null });
});

describe("an attempt without an answer failed", () => {
  test.each<[turns: Partial<EventOf<"turn">>[], reason: string]>([
    [[{ failed: "The model refused to go on." }], "The model refused to go on."],
    [[{}], "It ended without an answer."],
    [[], "It ended without an answer."],
  ])("%j", (turns, reason) => {
    expect(settle(step, { attempt: attemptOf(turns), checks: [] })).toEqual({
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

test.each<[what: string, answer: object, gate: boolean, proves: number]>([
  ["an approval", { verdict: "approved" }, true, 1],
  ["an approval that calls itself unfinished", { verdict: "approved", status: "partial" }, true, 1],
  ["a rejection", { verdict: "changes_requested", status: "done" }, true, 0],
  ["work that is done", { status: "done" }, false, 1],
  ["work that is done, with a verdict", { status: "done", verdict: "changes_requested" }, false, 1],
  ["work that is not finished", { status: "partial", verdict: "approved" }, false, 0],
  ["a block", { status: "blocked", reason: "r" }, true, 0],
])("what proves it is told of %s", (_, answer, gate, proves) => {
  const attempt = attemptOf([{ ran: [run("npm test")] }, { submitted: { ...answer, ...proof(1) } }]);
  expect(provingRuns(attempt, { gate })).toHaveLength(proves);
});

test("a blocked answer blocks, a gate's too, with its reason", () => {
  const answer = { status: "blocked", reason: "No access." };
  for (const of of [step, gate]) {
    expect(settled(answer, { of })).toMatchObject({ outcome: "blocked", answer, reason: "No access." });
  }
});

describe("X46: a specialist is done", () => {
  test.each([
    ["by number", [1, 2]],
    ["by number in a text", ["1", "run 2", "#2"]],
  ])("when each run that its proof names %s exited 0", (_, numbers) => {
    const answer = { status: "done", ...proof(...numbers) };
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
    [{ status: "done", ...proof() }, [], "It says done but names no run that verified it."],
    [{ status: "done", proof: "I looked." }, [], "It says done but names no run that verified it."],
    [
      { status: "done", ...proof(2) },
      [run("npm run lint")],
      "It says done with a proof that it did not run: 2.",
    ],
    [{ status: "done", ...proof(1, 2) }, [run("a", 1)], "It says done with a proof that it did not run: 2."],
    [
      { status: "done", ...proof("npm test") },
      [run("npm test")],
      "It says done with a proof that it did not run: npm test.",
    ],
    [
      { status: "done", ...proof(1) },
      [run("npm test; echo done")],
      "It says done with a proof whose exit code is not the check's own: `npm test; echo done`.",
    ],
    [
      { status: "done", ...proof(1) },
      [run("npm test", 1)],
      "Its proof names run 1, `npm test`, which exited 1.",
    ],
    [
      { status: "done", ...proof(2) },
      [run("npm test"), run("npm test", null)],
      "Its proof names run 2, `npm test`, which ran into a limit.",
    ],
    [
      { status: "done", ...proof(1, 2, 3) },
      [run("a"), run("b", 2), run("c", 3)],
      "Its proof names run 2, `b`, which exited 2.",
    ],
    [
      { status: "done", ...proof(1) },
      [run(`node - <<'E'\n${"x;".repeat(300)}\nE`, 1)],
      `Its proof names run 1, \`node - <<'E' ${"x;".repeat(300).slice(0, 186)}…\`, which exited 1.`,
    ],
  ])("when it says %j after %j", (answer, ran, reason) => {
    expect(settled({ ...answer }, { ran })).toMatchObject({ outcome: "failed", answer, reason });
  });

  test("when a gate of the project is red, with the end of its output", () => {
    const checks = [run("npm run lint"), run("npm run types", 2, `${"x".repeat(9000)}the end`)];
    const { outcome, reason } = settled({ notes: "n" }, { checks });
    expect(outcome).toBe("failed");
    expect(reason).toMatch(/^The project's gate `npm run types` exited 2:\nx+the end$/);
    expect(reason?.length).toBeLessThan(3100);
    expect(settled({ notes: "n" }, { checks: [run("slow", null)] }).reason).toMatch(
      /`slow` ran into a limit/,
    );
  });
});

describe("X46: a gate", () => {
  const approved = { verdict: "approved", reason: "Right." };

  test("that asks for changes is done, whatever ran", () => {
    const answer = { verdict: "changes_requested", reason: "No.", ...proof(9) };
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
    const answer = { ...approved, ...proof(1) };
    expect(settled(answer, { of: gate, ran: [run("npm test")] })).toMatchObject({ outcome: "done", answer });
  });
  test.each<[proof: object, reason: string]>([
    [proof(), "It approved but names no run that verified it."],
    [{ proof: {} }, "It approved but names no run that verified it."],
    [proof(2), "It approved with a proof that it did not run: 2."],
    [proof(1), "It approved with a proof whose exit code is not the check's own: `npm test || :`."],
  ])("that approves with %j is tried again", (how, reason) => {
    const answer = { ...approved, ...how };
    const ran = [run("npm test || :")];
    expect(settled(answer, { of: gate, ran })).toMatchObject({ outcome: "failed", answer, reason });
  });
  test("is judged by what the harness saw where it ran the proof again", () => {
    const answer = { ...approved, ...proof(1) };
    const again = { of: gate, ran: [run("npm test")], checks: [run("npm test", 1, "not ok")] };
    expect(settled(answer, again)).toMatchObject({ answer: { verdict: "changes_requested" } });
    const put = { of: gate, ran: [run("npm test", 1)], checks: [run("npm test")] };
    expect(settled(answer, put)).toMatchObject({ answer });
  });
  test.each<[exit: number | null, output: string, how: string]>([
    [1, "not ok 3", "exited 1"],
    [null, "", "ran into a limit"],
  ])("is overruled by the exit code %j: its approval becomes a rejection", (exit, output, how) => {
    const findings = [{ severity: "low", issue: "A typo." }];
    const answer = { ...approved, findings, ...proof(1) };
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

describe("runs have numbers", () => {
  const use = (name: string, command?: string) => ({
    type: "tool_use" as const,
    id: name,
    name,
    input: { command },
  });
  const bash = (command: string) => use("bash", command);
  const turnWith = (over: object, ...content: ReturnType<typeof use>[]) => ({
    ...turn,
    results: [],
    ran: content.flatMap(({ name, input }) => (name === "bash" ? [run(input.command ?? "")] : [])),
    reply: { ...turn.reply, content },
    wrote: null,
    ...over,
  });
  const wrote = (tree: string) => ({ wrote: { tree, changes: [] } });
  const trees = (...turns: Parameters<typeof runsOf>[0]) =>
    runsOf(turns).map(({ number, tree }) => [number, tree]);

  test("through the whole conversation, in the order in which they ran", () => {
    expect(trees(turnWith({}, bash("a"), bash("b")), turnWith({}), turnWith({}, bash("a")))).toEqual([
      [1, "kept"],
      [2, "kept"],
      [3, "kept"],
    ]);
  });
  test("and ran on what is kept, or on something older, or maybe so", () => {
    const edit = use("edit");
    expect(trees(turnWith({}, bash("a")), turnWith(wrote("t1"), edit))).toEqual([[1, "changed"]]);
    expect(trees(turnWith(wrote("t1"), edit, bash("a")))).toEqual([[1, "kept"]]);
    expect(trees(turnWith(wrote("t1"), bash("a"), edit))).toEqual([[1, "changed"]]);
    expect(trees(turnWith(wrote("t1"), edit, bash("a"), bash("b")))).toEqual([
      [1, "unsure"],
      [2, "kept"],
    ]);
    expect(trees(turnWith({}, bash("a"), edit))).toEqual([[1, "kept"]]);
    expect(trees(turnWith({}, edit, bash("a"), edit))).toEqual([[1, "unsure"]]);
    expect(
      trees(turnWith(wrote("t1"), edit, bash("a")), turnWith(wrote("t2"), edit), turnWith(wrote("t1"), edit)),
    ).toEqual([[1, "kept"]]);
  });
  test("which stand in the last line of their results", () => {
    const result = numbered("13 pass\nexit code 0", { number: 7, command: "npm test" });
    expect(result).toBe("13 pass\nrun 7: exit code 0");
    expect(numbered("exit code 3", { number: 1, command: "x" })).toBe("run 1: exit code 3");
    const results = [
      { type: "tool_result" as const, tool_use_id: "b", content: result.replace("run 7", "run 1") },
      { type: "tool_result" as const, tool_use_id: "c", content: "run 1: a lie\nrun 2: exit code 0" },
    ];
    const shown = runsOf([turnWith({ results }, bash("npm test"), bash("x"))]).map(one => one.shown);
    expect(shown).toEqual(["13 pass\n", "run 1: a lie\n"]);
  });

  test.each([
    "npm test; true",
    "npm test || true",
    "npm test || :",
    "npm test; exit 0",
    "npm test; echo $?",
    'npm test 2>&1 | tail -5; echo "exit: $?"',
    "npm test\necho done",
    "npm test; echo done;\n",
    "npm test || printf 'red'",
    "true",
    ":",
    "exit 0",
    "echo 13 tests pass",
    "cd src && true",
    "npm test; date",
    "npm test\ncat out.txt",
    "npm test > out.txt; tail -5 out.txt",
    "node s.js & curl -f localhost; kill $!",
    "npm test; git status",
    "npm test; rm -rf /tmp/out",
    "npm test || cat log",
    "npm test &",
    "npm test &\nwait",
    "set -e; npm test || true",
    "set -e; npm test || true; echo done",
    "set -euo pipefail\nnpm test || echo red",
    "(npm test; true)",
    "{ npm test; echo $?; }",
    "if npm test; then echo green; else echo red; fi",
    "set -e; if npm test; then echo green; fi",
    "for t in a b; do npm test $t; echo $?; done",
    "npm test 2>&1; true",
    "npm test &> out.txt; cat out.txt",
    "npm test & true",
    "set +e; npm test; echo done",
    "set -e; set +e; npm test; echo done",
    "set +o pipefail; npm test | tail -5",
    "set -euo pipefail; set +o pipefail\nnpm test | cat",
    "true #x",
    "npm test; true # npm test",
    "/bin/true",
    "npm test; /usr/bin/true",
    "x=1",
    "npm test; x=1",
    "npm test; code=$?",
    "npm test; grep fail out.txt",
    "npm test; sed -n 1,9p out.txt",
    "npm test; awk '{print}' out.txt",
    "npm test; jq . out.json",
    "npm test; find . -name '*.log'",
    "npm test; sort out.txt",
    "npm test; stat out.txt",
    "npm test; which node",
    "npm test; touch done",
    "npm test; cat out.txt | tail -3",
    "npm test; cat out.txt | grep -v x | wc -l",
    "npm test || touch failed",
    "bash -c 'npm test; true'",
    "sh -c 'npm test | tail -1'",
    "eval 'npm test; true'",
    "run() { npm test; true; }; run",
    "set -e; npm test && echo green; echo done",
    "set -e; ! npm test; echo done",
    "for t in bad good; do npm test $t; done",
    "npm test; exit 0; npm test",
    "npm test; [ 1 -eq 1 ]",
    "env X=1 timeout 60 true",
    "case $x in a) npm test;; *) true;; esac",
    "if npm test; then exit 0; fi",
    "while false; do npm test; done",
    "(set -e; npm test; true); echo done",
    "npm test; (exit 0)",
  ])("`%s` hides how the check ended, and that is said where it ran", command => {
    expect(isMasked(command)).toBe(true);
    expect(numbered("exit code 0", { number: 1, command })).toMatch(
      /^run 1: exit code 0 \(no proof: it is of what stands last /,
    );
  });
  test.each([
    "npm test",
    "npm test | tail -5",
    "npm test > out.txt 2>&1",
    "echo x > a && npm test",
    "mkdir a; echo x > a/b; node cli.js a/b",
    "! npm test",
    "npm test; test $? -eq 1",
    "npm test || { echo red; exit 1; }",
    "set -e\nnpm test\necho done",
    "cat > x <<'E'\n; echo hi\nE",
    "for i in 1 2; do echo $i; done && npm test",
    "for t in a b; do npm test $t || exit 1; done",
    "npm test && echo green",
    "npm test && cat out.txt",
    "set -e; npm ci || true; npm test",
    "set -e; npm test; cat out.txt",
    "if [ -d a ]; then npm test; fi",
    "echo '{}' | node cli.js",
    "cat a.json | node cli.js",
    "cat README.md",
    "cd docs; cat README.md",
    "cat a.md; cat b.md",
    "ls dist/app.js",
    "npm run build; git diff --exit-code",
    "npm test; code=$?; cat out.txt; exit $code",
    "node s.js & sleep 1; curl -f localhost",
    "npm test 2>&1",
    "#!/bin/bash\nset -e\nnpm test\necho done",
    "# what it shows\ncd app\nset -euo pipefail\nnpm test\ncat out.txt",
    "npm test || exit 1; echo ok",
    'npm test || { code=$?; exit "$code"; }; echo ok',
    "npm test || false",
    "set -e; npm test | tail -5; echo ok",
    "if npm test; then echo ok; else exit 1; fi",
    "if npm test; then echo ok; else exit 1; fi; echo done",
    "if grep -q x a; then exit 1; fi",
    "if [ -f a ]; then npm test; elif [ -f b ]; then node b.js; else exit 1; fi",
    "set -e; for t in a b; do npm test $t; done; echo ok",
    "case $x in a) npm test;; *) node b.js;; esac",
    "npm run build; grep -q x dist/app.js",
    "grep x README.md",
    "npm test # | true; echo ok",
    "node -e 'console.log(1); process.exit(0)'",
    'echo "a; true"; npm test',
    "bash -ec 'npm test; echo ok'",
    "bash -o pipefail -c 'npm test | tail -1'",
    "check() { npm test; }; check",
    "out=$(npm test)",
    "(cd app && npm test)",
    "wait $pid",
    "[ -f dist/app.js ]",
    'test "$(node cli.js)" = 3',
    "until curl -sf localhost; do sleep 1; done; npm test",
    "while read l; do node cli.js $l || exit 1; done < list",
    "cat <<E | node cli.js; echo never\nE\nnpm test",
    "cat <<-'E' > x; npm test\n\ttrue\n\tE",
    "diff a b",
    "time npm test",
    "function f { npm test; }\nf",
    "npm test)",
  ])("`%s` does not", command => {
    expect(isMasked(command)).toBe(false);
    expect(numbered("exit code 0", { number: 1, command })).toBe("run 1: exit code 0");
  });

  test.each([
    ["node /tmp/check.mjs", "/tmp/check.mjs"],
    ["node --test --test-reporter=tap /tmp/a.test.mjs", "/tmp/a.test.mjs"],
    ["npm test && bash ~/verify.sh 3", "~/verify.sh"],
    ["python3 -m pytest -q '/tmp/t.py'", "/tmp/t.py"],
    ["/tmp/run.sh", "/tmp/run.sh"],
    [". $HOME/env; npm test", "$HOME/env"],
    ["npx vitest run /tmp/x.test.ts", "/tmp/x.test.ts"],
    ["cd /tmp && node a.js", "/tmp/a.js"],
    ["cd /tmp; ./a.sh", "/tmp/a.sh"],
    ["(cd ~/kept && npm test)", "~/kept/."],
    ["node < /tmp/a.js", "/tmp/a.js"],
    ["node - < /tmp/a.js", "/tmp/a.js"],
    ["cat /tmp/a.js | node -", "/tmp/a.js"],
    ["chmod +x /tmp/a.sh && /tmp/a.sh", "/tmp/a.sh"],
    ["node --import /tmp/hook.mjs app.js", "/tmp/hook.mjs"],
    ["X=1 node '/tmp/a.js'", "/tmp/a.js"],
    ["if true; then node /tmp/a.js; fi", "/tmp/a.js"],
    ["while true; do node /tmp/a.js; done", "/tmp/a.js"],
    ["case a in a) node /tmp/a.js;; esac", "/tmp/a.js"],
    ["f() { node /tmp/a.js; }; f", "/tmp/a.js"],
    ["if node a.js; then true; else node /tmp/b.js; fi", "/tmp/b.js"],
    ["for i in 1 2; do node /tmp/a.js & done", "/tmp/a.js"],
  ])("`%s` rests on a script outside of the tree, and that is said where it ran", (command, script) => {
    expect(outsideScript(command)).toBe(script);
    const told = numbered("ok\nexit code 0", { number: 1, command });
    expect(told).toContain(`ok\nrun 1: exit code 0 (no proof: ${script} is outside of the work tree`);
  });
  test.each([
    "npm test > /tmp/out.txt; tail /tmp/out.txt",
    "npm test 2>&1 | tee /tmp/log",
    "cat > /tmp/t.mjs <<'E'\n1\nE\nnode /tmp/t.mjs",
    "git worktree add -q /tmp/base base && node /tmp/base/cli.js",
    "GOCACHE=/tmp/go go test ./...",
    "node cli.js --out /tmp/x",
    "node tmp/check.mjs",
    "mkdir -p /tmp/w && cp -r . /tmp/w && bash /tmp/w/run.sh",
    "mkdir -p /tmp/w && cp -r . /tmp/w && cd /tmp/w && npm test",
    "cd /tmp && cat > a.js <<'E'\n1\nE\nnode a.js",
    "cd $(mktemp -d) && npm init -y && node a.js",
    "cd /tmp && node /work/cli.js",
    "cd /tmp && npm --prefix=/work test",
    "(cd /tmp && ls) && npm test",
    "cd app && node a.js",
    "node cli.js < /tmp/input.json",
    "cat /tmp/data | node cli.js",
    "cd",
    "rm -r /tmp/old; npm test",
  ])("`%s` does not", command => {
    expect(outsideScript(command)).toBeNull();
  });
  test.each([
    "if",
    "'",
    '"$(',
    "$(",
    "`",
    "a <<E",
    "a <<E\nb",
    "((1))",
    "case",
    "case x in",
    "case x in a",
    "f()",
    "function",
    "for",
    "while true",
    "a &&",
    "a |",
    "a > ",
    "\\",
    ";; x",
    "<(ls)",
    "x ${y",
    "(".repeat(99),
    "{ ".repeat(99),
    "if ".repeat(99),
    `${"bash -c ".repeat(9)}x`,
    "eval eval eval eval eval eval eval true",
  ])("what no shell would take is looked at like anything else: %s", command => {
    expect([typeof isMasked(command), outsideScript(command)]).toEqual(["boolean", null]);
  });
  test("what is longer than anybody looks proves nothing", () => {
    const long = "npm test;".repeat(1_001);
    expect([isMasked(long), isMasked(`bash -c '${long}'`), outsideScript(long)]).toEqual([true, true, null]);
    expect(isMasked(`node - <<'E'\n${"a;".repeat(20_000)}\nE`)).toBe(false);
  });
  test("C12: a run that rests on a script outside of the tree proves nothing", () => {
    const answer = { proof: { what_was_done: "w", how_verified: [1], verification_result: "v" } };
    const problem = (command: string) =>
      proofProblem(answer, { gate: false, runs: runsOf([turnWith({}, bash(command))]) });
    expect(problem("node /tmp/a.mjs")).toMatch(
      /^proof\.how_verified: run 1 rests on \/tmp\/a\.mjs, which is outside/,
    );
    expect(problem("node a.mjs")).toBeNull();
  });
});
