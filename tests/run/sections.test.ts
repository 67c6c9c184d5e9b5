// The parts of a first message that only some steps and projects have.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openConversation } from "../../core/agents/context.ts";
import { decisionsShown } from "../../core/agents/knowledge.ts";
import { roleOf } from "../../core/agents/roster.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import { ContextRules } from "../../core/model/role.ts";
import type { Opening } from "../../core/model/task.ts";
import { loadRoster } from "../../host/roster.ts";
import { type AttemptSpec, anOpening, aPipeline, aPlan, type JournalSpec } from "../build.ts";

const { roster, preamble } = loadRoster(join(import.meta.dirname, "..", ".."));

const talkOf = (pipeline: Pipeline, number: number, name?: string, files?: readonly string[]) => {
  const step = pipeline.steps[number] as Step;
  const role = roleOf(roster, name ?? step.role);
  return openConversation({
    pipeline,
    step,
    attempt: 1,
    role,
    roster,
    preamble,
    delimiter: "0123456789abcdef",
    look: files === undefined ? null : { notes: [], changed: [], diff: "", files },
  });
};
/** The text under a heading, without its fence. */
const under = (heading: string, pipeline: Pipeline, number: number, name?: string): string | null => {
  const { first } = talkOf(pipeline, number, name);
  const start = first.indexOf(`## ${heading}\n\n`);
  if (start < 0) return null;
  const [block = ""] = first.slice(start + heading.length + 5).split("\n\n## ");
  return block.replace(/^<<<data \w+\n|\n\w+ data>>>$/g, "");
};
const headings = (pipeline: Pipeline, number: number) =>
  talkOf(pipeline, number).first.match(/^## .*$/gm) ?? [];

const decision = (id: number) => ({
  id,
  type: "convention" as const,
  title: `T${id}`,
  description: `D${id}.`,
});
const KNOWN: Partial<Opening> = {
  decisions: Array.from({ length: 25 }, (_, index) => decision(index + 1)),
  modules: [
    { name: "billing", path: "src/billing", description: "Shares and bills." },
    { name: "mail", path: "src/mail", description: "" },
  ],
  active_tasks: [
    { id: "octocat/flats#7", title: "Reminders", status: "running", modules: ["mail", "billing"] },
    { id: "octocat/flats#8", title: "Logo", status: "review", modules: [] },
  ],
};

describe("H9: what the project knows is shown by a role's rules", () => {
  const planned = (spec: JournalSpec = {}) =>
    aPipeline({ opening: KNOWN, plan: ["debugger", "reviewer"], ...spec });
  const ids = (decisions: ContextRules["decisions"], own: readonly number[] = []) =>
    decisionsShown({
      opening: anOpening(KNOWN),
      step: { ...(planned().steps[1] as Step), decisions: [...own] },
      rules: ContextRules.parse({ decisions }),
    }).map(({ id }) => id);

  test("all its decisions to the planner, one line each", () => {
    const lines = under("Decisions of the project", planned(), 0)?.split("\n") ?? [];
    expect(lines).toHaveLength(25);
    expect(lines[0]).toBe("- #1 [convention] T1: D1.");
  });
  test("B15: the latest twenty where a role says nothing else, in their order", () => {
    const lines = under("Decisions of the project", planned(), 1)?.split("\n") ?? [];
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([
      20,
      "- #6 [convention] T6: D6.",
      "- #25 [convention] T25: D25.",
    ]);
  });
  test("to a gate with what becomes of a change that breaks one", () => {
    const heading = "## Decisions of the project; a change that breaks one without saying so has a finding";
    expect(headings(planned(), 2)).toContain(heading);
    expect(headings(planned({ opening: {} }), 2)).not.toContain(heading);
  });
  test.each<[ContextRules["decisions"], number[], number[]]>([
    [2, [], [24, 25]],
    [2, [3, 25], [3, 24, 25]],
    [0, [], []],
    [0, [7], [7]],
    [2, [99], [24, 25]],
  ])("C16: with %j by rule and %j named by its plan, a step is shown %j", (rule, own, shown) => {
    expect(ids(rule, own)).toEqual(shown);
  });
  test("A13: modules to whoever has them by rule, and to nobody else", () => {
    const lines = "- billing (src/billing): Shares and bills.\n- mail (src/mail)";
    expect(under("Modules", planned(), 1)).toBe(lines);
    expect(under("Modules", planned(), 1, "tester")).toBeNull();
  });
  test("C1, H8: the tasks under way to the planner alone, with their modules", () => {
    expect(under("Active tasks", planned(), 0)).toBe(
      "- octocat/flats#7: Reminders [running] in mail, billing\n- octocat/flats#8: Logo [review]",
    );
    expect(under("Active tasks", planned(), 1)).toBeNull();
  });
  test("H7: in one order: tasks under way, returns, specialists", () => {
    const latest = [
      {
        return_number: 1,
        reason_category: "missing_context",
        reason_text: "r",
        returned_by: "pm",
        returned_at: "a",
      },
    ] as const;
    const returns = { count: 1, latest: [...latest] };
    expect(headings(planned({ opening: { ...KNOWN, returns } }), 0)).toEqual([
      "## Task",
      "## Modules",
      "## Decisions of the project",
      "## Active tasks",
      "## Return History (return_count=1):",
      "## Available specialists",
      "## Route templates",
      "## Your part",
    ]);
  });
  test("nothing of it where the project knows nothing", () => {
    expect(headings(aPipeline({ plan: ["debugger", "reviewer"] }), 1)).toEqual(["## Task", "## Your part"]);
  });
});

test("the language that people read is said to every role, English needs no words", () => {
  const projectOf = (language?: string) =>
    talkOf(aPipeline({ config: { ...(language && { language }) } }), 0).system[1]?.text;
  expect(projectOf("Russian")).toContain("Write sentences for people in Russian;");
  expect(projectOf()).not.toContain("Write sentences");
});

describe("C7: a head is shown its department", () => {
  const of = (head: string, config: object = {}) => {
    const kept = { plan: aPlan([head]), answers: [] };
    const { first } = talkOf(aPipeline({ config, opening: { type: "escalation", kept } }), 1);
    const [block = ""] = first.slice(first.indexOf("## Your department")).split("\n\n## ");
    return [...block.matchAll(/^- (\w+) \((gate; )?[^)]*\): /gm)].map(
      ([, name, gate]) => `${name}${gate === undefined ? "" : " (gate)"}`,
    );
  };
  test.each([
    ["backend_head", "architect backend_dev tester (gate) reviewer (gate) db_engineer perf_engineer"],
    ["frontend_head", "frontend_dev tester (gate) reviewer (gate)"],
    ["qa_head", "tester (gate) reviewer (gate) smoke_tester"],
    ["security_head", "reviewer (gate) security (gate)"],
    ["infra_head", "debugger reviewer (gate) sysadmin devops_engineer observability_engineer"],
    ["research_head", "architect reviewer (gate) tech_researcher"],
    ["marketing_head", "reviewer (gate) tech_researcher spec tech_writer"],
  ])("%s: %s", (head, names) => {
    expect(of(head, { web: "on" }).join(" ")).toBe(names);
  });
  test("without those who live by the web where it is off", () => {
    expect(of("research_head")).toEqual(["architect", "reviewer (gate)"]);
  });
  test("and that nobody changes what is protected", () => {
    const kept = { plan: aPlan(["qa_head"]), answers: [] };
    const { first } = talkOf(aPipeline({ opening: { type: "escalation", kept } }), 1);
    expect(first).toContain("Nobody can change `.github` or another protected file");
  });
  test("X13: as far as the type of project allows", () => {
    expect(of("infra_head", { project_type: "operations" })).toEqual([
      "debugger",
      "reviewer (gate)",
      "sysadmin",
    ]);
  });
  test("X3: cto_advisor everybody that a plan may have but heads and the return_analyst", () => {
    const names = of("cto_advisor", { web: "on" }).map(name => name.replace(" (gate)", ""));
    const roles = [...roster.roles.values()].filter(
      role => role.selectable && !role.head && role.group === "core",
    );
    expect(names).toEqual(roles.map(role => role.name).filter(name => name !== "return_analyst"));
  });
});

describe("D8: a revision is shown what was found", () => {
  const DONE: AttemptSpec = { answer: { status: "done", notes: "First try." } };
  const NO = (reason: string): AttemptSpec => ({
    answer: {
      verdict: "changes_requested",
      reason,
      findings: [{ severity: "high", file: "a.js", line: 3, issue: "A cent." }],
    },
  });
  const config = { limits: { revisions: 2 } };
  const pipeline = aPipeline({
    config,
    plan: ["debugger", "tester"],
    play: [DONE, NO("Once."), DONE, NO("Twice.")],
  });
  const FIRST = "What the gate found (step 2, tester)";
  const SECOND = "What the gate found (step 4, tester)";

  test("the writer and the gate the latest rejection, with its findings", () => {
    const once = aPipeline({ config, plan: ["debugger", "tester"], play: [DONE, NO("Once.")] });
    for (const step of [3, 4]) expect(under(FIRST, once, step)).toBe("Once.\n- [high] a.js:3: A cent.");
    for (const step of [6, 7]) {
      expect(under(SECOND, pipeline, step)).toContain("Twice.");
      expect(under(FIRST, pipeline, step)).toBeNull();
    }
  });
  test("the analyst all of them, and everything that was done", () => {
    expect(pipeline.steps[5]?.role).toBe("analyst");
    expect([under(FIRST, pipeline, 5), under(SECOND, pipeline, 5)].map(text => text?.split("\n")[0])).toEqual(
      ["Once.", "Twice."],
    );
    expect(headings(pipeline, 5).filter(line => line.startsWith("## Step"))).toEqual([
      "## Step 1, debugger",
      "## Step 3, debugger",
    ]);
  });
  test("the writer its own answer besides, and a brief for this round", () => {
    const once = aPipeline({ config, plan: ["debugger", "tester"], play: [DONE, NO("Once.")] });
    expect(headings(once, 3)).toEqual([
      "## Task",
      "## Your own answer before (step 1, debugger)",
      `## ${FIRST}`,
      "## Your part",
    ]);
    expect(headings(once, 4)).toEqual([
      "## Task",
      "## Previous step output (step 1, debugger)",
      `## ${FIRST}`,
      "## Your part",
    ]);
    expect(talkOf(once, 3).first).toMatch(
      /## Your part\n\nA revision\. Step 2 \(tester\) rejected .* Deal with each of them .*\n\nThe part of debugger\.$/,
    );
    expect(talkOf(once, 4).first).toMatch(
      /Judge whether each of them is dealt with.*\n\nThe part of tester\.$/,
    );
    expect(talkOf(once, 3).first.match(/A cent\./g)).toHaveLength(1);
    expect(talkOf(pipeline, 6).first).toContain("## Your own answer before (step 3, debugger)");
    expect(talkOf(pipeline, 6).first).not.toContain("(step 1, debugger)");
  });
  test("no word of a rejection by a gate that approved, where Kin overruled it", () => {
    const proof = { what_was_done: "w", how_verified: [1], verification_result: "r" };
    const red = { verdict: "approved", reason: "Fine.", proof };
    const overruled = aPipeline({
      config,
      plan: ["debugger", "tester"],
      play: [DONE, { turns: [{ bash: ["npm test", 1, "not ok\n"] }, {}], answer: red }],
    });
    for (const step of [3, 4]) {
      const [, part = ""] = talkOf(overruled, step).first.split("## Your part");
      expect(part).toContain(
        "Step 2 (tester) approved what this pipeline had made, but what has to pass did not",
      );
      expect(part).not.toMatch(/tester\) rejected/);
      expect(under(FIRST, overruled, step)).toContain("the exit code decides");
    }
  });
  test("a step of the plan none of it", () => {
    expect(under(FIRST, pipeline, 1)).toBeNull();
  });
  test("nothing where the rejection cannot be read", () => {
    const steps = pipeline.steps.map(step => (step.revised ? { ...step, answer: { verdict: "no" } } : step));
    expect(under(SECOND, { ...pipeline, steps }, 6)).toBeNull();
  });
});

test("every role is told its tools and what it may change, and who chooses among them what each may", () => {
  const pipeline = aPipeline({
    plan: ["debugger", "reviewer", "tester"],
    config: { paths: { protected: ["secret/**"] } },
  });
  expect(talkOf(pipeline, 1).first).toContain(
    "Your tools: read, glob, grep, write, edit, bash, submit. A call of any other is refused.\nFiles that you may change: any.\nProtected in this project: secret/**.",
  );
  expect(talkOf(pipeline, 2).first).toMatch(
    /Your tools: read, glob, grep, submit\. A call of any other is refused\.\n\n## Task/,
  );
  expect(talkOf(pipeline, 3).first).toMatch(
    /Files that you may change: \*\*\/test\/\*\* (\S+ ){9}and 48 more\.\n/,
  );
  const here = talkOf(pipeline, 3, undefined, ["src/test/java/AppTest.java", "t/unit/a.t", "src/a.js"]).first;
  expect(here).toMatch(
    /change: \*\*\/test\/\*\* \*\*\/\*Test\.java \*\*\/t\/\*\*\/\*\.t (\S+ ){7}and 48 more\.\n/,
  );
  const { first } = talkOf(pipeline, 0);
  expect(first).toMatch(/- tester \(sonnet, gate; changes \*\*\/test\/\*\* (\S+ ){5}and \d+ more\): /);
  expect(first).toMatch(/- backend_dev \(sonnet; changes any, but not \*\*\/\*\.css .* more\): /);
  expect(first).toMatch(/- reviewer \(sonnet, gate; reads only\): /);
  expect(first).toMatch(/- security \(opus, gate; runs commands, changes nothing\): /);
});

test("whoever comes later sees what Kin saw of the runs that an answer names", () => {
  const proof = { what_was_done: "w", how_verified: ["npm test"], verification_result: "3 pass" };
  const pipeline = aPipeline({
    plan: ["debugger", "tester"],
    play: [
      {
        turns: [{ bash: "ls" }, { bash: ["npm test", 0, "# pass 3\n"] }, {}],
        answer: { status: "done", proof },
      },
    ],
  });
  expect(under("Previous step output (step 1, debugger)", pipeline, 2)).toMatch(
    /"how_verified": \[\s+2\s+\][\s\S]*\nWhat Kin saw of the runs that it names:\n- step 1, run 2: npm test\n {2}exit code 0; its output ends:\n {2}# pass 3$/,
  );
});

test("a head sees the steps behind its own and why it was asked; its members see its contracts and not its whole plan", () => {
  const head = {
    sub_pipeline: [{ role: "backend_dev", brief: "Only mine." }],
    interfaces: ["GET /a answers 204"],
  };
  const pipeline = aPipeline({ plan: ["backend_head", "backend_dev", "tester"] });
  expect(under("The steps of the plan behind yours", pipeline, 1)).toBe(
    "- backend_dev: The part of backend_dev.\n- tester (gate): The part of tester.",
  );
  expect(under("The steps of the plan behind yours", pipeline, 2)).toBeNull();
  const steps = pipeline.steps.map(step => (step.number === 1 ? { ...step, answer: head } : step));
  const told = under("Previous step output (step 1, backend_head)", { ...pipeline, steps }, 2);
  expect(told).toContain("GET /a answers 204");
  expect(told).not.toContain("Only mine.");
});

test("the next planner sees what the last pipeline answered, and every role whose word a rejection is", () => {
  const findings = [{ severity: "high" as const, issue: "A cent." }];
  const last_round = [{ step: 1, role: "debugger", answer: { notes: "the last try" } }];
  const pipeline = aPipeline({
    opening: { findings, rejected_by: "gh:monalisa", last_round },
    plan: ["debugger"],
  });
  expect(under("What the last pipeline answered (its step 1, debugger)", pipeline, 0)).toContain(
    "the last try",
  );
  expect(talkOf(pipeline, 1).first).not.toContain("the last try");
  for (const step of [0, 1])
    expect(under("What was rejected and is not dealt with yet, by gh:monalisa", pipeline, step)).toContain(
      "A cent.",
    );
});

test("who looks back on everything sees the attempts that did not count, and why", () => {
  const failing = aPipeline({
    config: { learn: "propose" },
    plan: ["debugger", "tester"],
    play: [{ failed: "It stopped." }, { answer: { status: "done" } }, { answer: { verdict: "approved" } }],
  });
  expect(failing.steps[3]?.role).toBe("learner");
  expect(under("Step 1, debugger", failing, 3)).toBe(
    'Attempt 1 did not count: It stopped.\n{\n  "status": "done"\n}',
  );
  const given = failing.steps.map(step => ({
    ...step,
    attempts: step.attempts.map(attempt => ({
      ...attempt,
      finished: attempt.finished && { ...attempt.finished, reason: null },
    })),
  }));
  expect(under("Step 1, debugger", { ...failing, steps: given }, 3)).toContain("Attempt 1 did not count: \n");
});

test("G8: who cuts a task is shown why it was too large", () => {
  const answer = { status: "blocked", reason: "Three features in one.", return_category: "scope_too_large" };
  const heading = "Why the project manager found it too large";
  expect(under(heading, aPipeline({ play: [{ answer }] }), 1)).toBe("Three features in one.");
  expect(under(heading, aPipeline({ plan: ["debugger"] }), 1)).toBeNull();
});

test("X14: what people said is shown to whoever begins after it", () => {
  const told = { kind: "told" as const, message: 1, by: "hubot", text: "Mind the refunds." };
  const pipeline = aPipeline({ plan: ["debugger", "tester"], more: [told] });
  expect(under("What people said while the pipeline ran", pipeline, 1)).toBe("- hubot: Mind the refunds.");
});

test("what became of a task's follow-ups is shown to its next planner", () => {
  const pipeline = aPipeline({ opening: { followed_up: "#31 was completed: one place rounds." } });
  expect(under("What became of the issues that this task was handed to", pipeline, 0)).toContain(
    "one place rounds",
  );
});
