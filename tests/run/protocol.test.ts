// The specialist's protocol in the roster, the plan rules and the prompts. model-rules/protocol.test.ts has what
// becomes of its answers and attempts.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openConversation } from "../../core/agents/context.ts";
import { envelopeOf } from "../../core/agents/envelope.ts";
import { declarationsOf, existingIn, wordsOf } from "../../core/agents/existing.ts";
import { longFiles } from "../../core/agents/long-files.ts";
import { placedBy, roleOf, selectableRoles, WORKER_TYPES } from "../../core/agents/roster.ts";
import type { Look } from "../../core/model/look.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import type { Step } from "../../core/model/pipeline.ts";
import { RoleEntry } from "../../core/model/role.ts";
import { typesFor } from "../../core/pipeline/orders.ts";
import { departmentSteps } from "../../core/pipeline/plan/department.ts";
import { makePlan } from "../../core/pipeline/plan/rules.ts";
import { loadRoster } from "../../host/roster.ts";
import { aConfig, anOpening, aPipeline } from "../build.ts";
import { answerOf, stepsOf } from "../model-rules/planning.ts";

const { roster, preamble } = loadRoster(join(import.meta.dirname, "..", ".."));
const roles = [...roster.roles.values()];
const BY_PROTOCOL = { protocol: "specialist" };

const refusalsOf = (config: object, ...names: readonly string[]): readonly string[] => {
  const opening = anOpening({}, { config });
  const answer = answerOf(stepsOf(...names), { justification: "Several fields." });
  const made = makePlan(answer, { roster, opening });
  return made.kind === "refused" ? made.reasons : [];
};

describe("L1: no role calls itself", () => {
  test("X19: whoever may start workers is nobody's worker, so that they are one deep", () => {
    const pipeline = aPipeline({ plan: ["backend_head", "reviewer"], config: BY_PROTOCOL });
    const starting = roles.filter(role => role.tools.includes("workers"));
    expect(starting.map(({ name }) => name)).toContain("coordinator");
    for (const { name, head } of starting) {
      const types = typesFor({
        step: { ...(pipeline.steps[1] as Step), role: name, head },
        roster,
        pipeline,
      });
      expect(types, name).toEqual(expect.arrayContaining([...WORKER_TYPES]));
      expect(
        types.filter(type => roleOf(roster, type).tools.includes("workers")),
        name,
      ).toEqual([]);
    }
  });
  test("the project manager puts no project manager into a plan", () => {
    expect(refusalsOf({}, "pm", "reviewer")[0]).toContain('"pm" cannot be put into a plan');
  });
  test.each(roles.filter(({ head }) => head).map(({ name }) => [name]))("%s places no head", name => {
    const pipeline = aPipeline({ plan: ["backend_head", "reviewer"], config: BY_PROTOCOL });
    const step = { ...(pipeline.steps[1] as Step), role: name };
    const made = departmentSteps(
      { sub_pipeline: [{ role: name, brief: "Again." }] },
      { step, roster, pipeline },
    );
    expect(made.kind === "refused" ? made.reasons[0] : "").toContain(
      `"${name}" is no member of your department`,
    );
  });
  test("a coordinator's workers are in no plan", () => {
    for (const name of ["explore", "researcher", "coder", "verifier", "general"])
      expect(refusalsOf({}, name, "reviewer")[0], name).toContain(`"${name}" cannot be put into a plan`);
  });
});

describe("L7, L15: writers of code write no tests, and the other way round", () => {
  const problemFor = (name: string) => {
    const { permissions: permission, paths = null, paths_denied = [] } = roleOf(roster, name);
    return (path: string) => pathProblem(path, { scope: { permission, paths, paths_denied }, protected: [] });
  };
  const [code, tests] = [problemFor("backend_specialist"), problemFor("test_automator")];
  test.each<[language: string, tests: readonly string[], code: readonly string[]]>([
    ["Python", ["tests/test_bill.py", "pkg/bill_test.py", "conftest.py"], ["pkg/bill.py", "pyproject.toml"]],
    ["TypeScript", ["src/bill.test.ts", "src/__tests__/bill.tsx", "test/e2e.ts"], ["src/bill.ts"]],
    ["JavaScript", ["bill.spec.mjs", "cypress/bill.cy.js"], ["src/contest.js", "vitest.config.js"]],
    ["Go", ["bill_test.go", "testdata/bill.json"], ["bill.go", "go.mod"]],
    ["Rust", ["tests/bill.rs", "src/bill/tests.rs"], ["src/bill.rs", "Cargo.toml"]],
    ["Java", ["src/test/java/Bill.java", "src/BillTest.java"], ["src/main/java/Bill.java", "pom.xml"]],
    ["C#", ["Shop.Tests/Bill.cs", "Shop/BillTests.cs"], ["Shop/Bill.cs", "Shop/Shop.csproj"]],
    ["Ruby", ["spec/bill_spec.rb", "test/bill_test.rb"], ["lib/bill.rb", "Gemfile"]],
    ["PHP", ["tests/BillTest.php", "src/BillTest.php"], ["src/Bill.php", "composer.json"]],
  ])("%s", (_, ofTests, ofCode) => {
    for (const path of ofTests) expect([path, code(path), tests(path)]).toEqual([path, DENIED, null]);
    for (const path of ofCode) expect([path, code(path), tests(path)]).toEqual([path, null, ALONE]);
  });
  const DENIED = expect.stringMatching(/^your role may not change/);
  const ALONE = expect.stringMatching(/^your role may only change/);
  test("X47: `tests` is a list of paths that a project's own role may name as well", () => {
    const own = { name: "own", model: "haiku", tools: ["read"], description: "Does something of its own." };
    const entry = { ...own, permissions: "full", output_schema: {}, paths: "tests" };
    expect(RoleEntry.parse(entry).paths).toEqual(roleOf(roster, "tester").paths);
    expect(RoleEntry.safeParse({ ...entry, paths: "test" }).success).toBe(false);
  });
});

describe("R: the route backend_protocol", () => {
  const chosen = (config: object) => selectableRoles(roster, aConfig(config)).map(({ name }) => name);
  const shownTo = (config: object) => {
    const pipeline = aPipeline({ config });
    const step = pipeline.steps[0] as Step;
    const role = roleOf(roster, "pm");
    const { first } = openConversation({
      ...{ pipeline, step, attempt: 1, role, roster, preamble },
      delimiter: "0123456789abcdef",
    });
    return first;
  };
  const ROUTE = "- backend_protocol: backend_specialist → test_automator → reviewer.";

  test("may be chosen where nothing is said", () => {
    expect(refusalsOf({}, "backend_specialist", "test_automator", "reviewer")).toEqual([]);
    expect(chosen({})).toEqual(expect.arrayContaining(["backend_dev", "backend_specialist"]));
    expect(shownTo({})).toContain(ROUTE);
    expect(shownTo({})).not.toContain("works by the specialist's protocol");
  });
  test("is the way of back-end work where the project says `protocol: specialist`", () => {
    const first = shownTo(BY_PROTOCOL);
    expect(first).toContain(ROUTE);
    expect(first).toContain("This project works by the specialist's protocol");
    expect(first).toContain("- feature: architect → backend_specialist → frontend_dev → tester.");
    expect(first).not.toMatch(/^- backend_dev /m);
    expect(refusalsOf(BY_PROTOCOL, "backend_dev", "reviewer")[0]).toContain(
      '"backend_dev" does not work where `protocol` is specialist in .github/kin.yml: "backend_specialist" writes the code',
    );
  });
  test("a head places its roles only there", () => {
    const placed = (head: string, config: object) =>
      placedBy(roster, { head, config: aConfig(config) }).map(({ name }) => name);
    expect(placed("backend_head", {})).not.toContain("backend_specialist");
    expect(placed("backend_head", BY_PROTOCOL)).toContain("backend_specialist");
    expect(placed("backend_head", BY_PROTOCOL)).not.toContain("backend_dev");
    expect(placed("qa_head", BY_PROTOCOL)).toContain("test_automator");
  });
  test("is none of an operations or a research project", () => {
    for (const project_type of ["operations", "research"])
      expect(chosen({ project_type, ...BY_PROTOCOL })).not.toContain("backend_specialist");
  });
});

describe("what the prompts of the protocol say", () => {
  const { prompt } = roleOf(roster, "backend_specialist");
  test("L9: analyze, tell the language, scan, look up, write, gates, in this order", () => {
    const points = [...prompt.matchAll(/^\d\. \*\*([A-Z][a-z ]+)/gm)].map(([, title]) => title);
    expect(points).toEqual([
      ...["Analyze", "Language", "Scan", "Look up", "Write", "Gates", "Runtime check"],
    ]);
  });
  test("L6, L13: static analysis, build, tests, runtime check, in this order", () => {
    expect(prompt).toContain("static analysis, build, the existing tests, then the runtime check");
  });
  test("X21: existing tests are run, and none are written", () => {
    expect(prompt).toContain("You write no tests, and change none");
    expect(prompt).toContain("Existing tests are run.");
  });
  test("X22: the gates are the language's own, and no other language is given JavaScript's", () => {
    for (const command of ["python -m pytest", "tsc --noEmit", "go vet", "cargo clippy", "dotnet test"])
      expect(prompt).toContain(command);
    for (const { name, prompt: text } of roles.filter(({ group }) => group === "protocol"))
      expect(text, name).not.toMatch(/console\.\w+|index\.ts|npm run dev|\.ai\//);
  });
});

describe("L8: the envelope", () => {
  const criteria = ["Sums add up.", "A cent at most differs."];
  const pipelineOf = (over: object = {}) =>
    aPipeline({
      task: { acceptance_criteria: criteria, body: "`pkg/split.py` loses a cent; see also README.md." },
      opening: {
        decisions: [
          { id: 7, type: "convention", title: "Cents are integers", description: "No floats." },
          { id: 8, type: "convention", title: "Another", description: "No matter." },
        ],
        modules: [{ name: "billing", path: "src/billing", description: "" }],
        findings: [{ severity: "high", issue: "The rest is lost.\nSeen in run 3." }],
        ...over,
      },
      plan: [
        {
          role: "backend_specialist",
          brief: "Mend the sum in bill.py.\n\nIt is called by the page.",
          module: "billing",
          decisions: [7],
        },
        "test_automator",
        "reviewer",
      ],
    });
  const files = ["pkg/split.py", "src/billing/bill.py", "src/other.py"];
  const shown = (number: number, look: Look | null = null) => {
    const pipeline = pipelineOf();
    const step = pipeline.steps[number] as Step;
    const role = roleOf(roster, step.role);
    const { first } = openConversation({
      ...{ pipeline, step, attempt: 1, role, roster, preamble, look },
      delimiter: "0123456789abcdef",
    });
    return first;
  };
  const look = { notes: [], changed: [], diff: "", files };
  const inFirst = (first: string) =>
    JSON.parse(/## The task envelope\n\n<<<data \w+\n([\s\S]*?)\n\w+ data>>>/.exec(first)?.[1] ?? "null");

  test("holds the task, the brief's aim, what comes with it, the files, and the criteria by their numbers", () => {
    expect(inFirst(shown(1, look))).toEqual({
      task_id: "octocat/flats#12",
      main_task: "Mend the sum in bill.py.",
      extras: ["#7 Cents are integers", "The rest is lost."],
      files_involved: ["pkg/split.py", "src/billing/bill.py", "src/billing"],
      requirements: ["1. Sums add up.", "2. A cent at most differs."],
    });
  });
  test("stands behind the delimiter, and the brief behind it is the instruction", () => {
    expect(shown(1, look)).toMatch(/data>>>\n\n## Your part\n\nMend the sum in bill\.py\.\n\nIt is called/);
  });
  test("takes the place of the list of criteria, and is not another role's", () => {
    expect(shown(1, look)).not.toContain("## Acceptance criteria");
    expect(shown(2, look)).toContain('"requirements"');
    expect(shown(3, look)).not.toContain("## The task envelope");
  });
  test("the test automator's holds the files that were changed before it", () => {
    const changed = [{ path: "src/new.py", added: 1, removed: 0, shown: "all" as const }];
    expect(inFirst(shown(2, { ...look, changed })).files_involved).toContain("src/new.py");
  });
  test("is of bounded size", () => {
    const many = Array.from({ length: 100 }, (_, index) => `d${index}/bill.py`);
    expect(inFirst(shown(1, { ...look, files: many })).files_involved).toHaveLength(40);
    const pipeline = pipelineOf();
    const step = { ...(pipeline.steps[1] as Step), brief: "x".repeat(5_000) };
    const { main_task } = envelopeOf({ pipeline, step, files: [], changed: [] });
    expect(main_task).toBe(`${"x".repeat(600)}…`);
  });
});

describe("L12: what is there already", () => {
  test("is looked for by the words of the task, those that come most often first", () => {
    expect(
      wordsOf([
        "Show sizes of uploads for people",
        "Add the size of an upload: parseHTTPHeaders, human_sizes",
      ]),
    ).toEqual(["size", "upload", "people", "parse", "http", "header", "human"]);
  });
  test.each([
    "def human_size(count):",
    "export const humanSize = (count: number): string =>",
    "func HumanSize(count int64) string {",
    "func (u Upload) HumanSize() string {",
    "pub fn human_size(count: u64) -> String {",
    "    public static String humanSize(long count) {",
    "class HumanSize",
    "  def human_size(count)",
    "    public function humanSize(int $count): string",
    "export interface HumanSize {",
    "    public string HumanSize(long count) => Format(count);",
  ])("in any language: %s", line => {
    const words = wordsOf(["human sizes"]);
    expect(line).toMatch(new RegExp(declarationsOf(words)));
    expect(existingIn(`src/a.x:3:${line}`, words)).toBe(`- src/a.x:3: ${line.trim()}`);
  });
  test("the best first: with more of the words, then in shared places, then by path", () => {
    const found = [
      "src/z.py:1:def size(a):",
      "src/b.py:1:def size(a):",
      "src/utils/text.py:9:def size_text(a):",
      "src/a.py:2:def human_size(a):",
      "src/a.py:7:def other(size):",
    ].join("\n");
    expect(existingIn(found, ["human", "size"]).split("\n")).toEqual([
      "- src/a.py:2: def human_size(a):",
      "- src/utils/text.py:9: def size_text(a):",
      "- src/b.py:1: def size(a):",
      "- src/z.py:1: def size(a):",
    ]);
  });
  test("without tests and what others wrote, and fifteen at most", () => {
    expect(
      existingIn("tests/test_size.py:1:def size():\nnode_modules/a/b.js:1:function size() {", ["size"]),
    ).toBe("");
    const many = Array.from({ length: 50 }, (_, index) => `a${index}.py:1:def size():`).join("\n");
    expect(existingIn(many, ["size"]).split("\n")).toHaveLength(15);
  });
  test("nothing of it where no line is one, or no word is left", () => {
    expect(existingIn("No matches found.", ["size"])).toBe("");
    expect(wordsOf(["Add the new function to this file"])).toEqual([]);
  });
});

describe("X44: house rules of the protocol are off unless the project asks for them", () => {
  const rules = { protocol_rules: { file_lines: 300, logging: true } };
  const long = "x\n".repeat(301);
  const change = (path: string, content: string | null) => ({
    ...{ path, mode: "100644" as const, content, encoding: "utf-8" as const, in_base: false },
  });
  const headOf = (config: object, number = 1) => {
    const pipeline = aPipeline({ config, plan: ["backend_specialist", "debugger", "reviewer"] });
    const step = pipeline.steps[number] as Step;
    return openConversation({
      ...{ pipeline, step, attempt: 1, role: roleOf(roster, step.role), roster, preamble },
      delimiter: "0123456789abcdef",
    }).first.split("\n\n## ")[0];
  };
  test("L4, L5: then its roles are told of long files and of logging, and nobody else is", () => {
    expect(headOf(rules)).toContain("files of at most 300 lines");
    expect(headOf(rules)).toContain("This project wants logging");
    for (const [config, number] of [
      [{}, 1],
      [rules, 2],
      [{ protocol_rules: {} }, 1],
    ] as const)
      expect(headOf(config, number)).not.toMatch(/This project wants/);
  });
  test.each<[string, string | null, string[]]>([
    ["300 lines", "x\n".repeat(300), []],
    ["301 lines", long, ["- a.py: 301 lines are more than 300; split it by function, layer or type."]],
    ["a last line without its end", `${"x\n".repeat(300)}x`, [expect.stringContaining("301 lines")]],
    ["an empty file", "", []],
    ["one that is gone", null, []],
  ])("L4: a file of %s", (_, content, said) => {
    expect(longFiles([change("a.py", content)], aConfig(rules))).toEqual(said);
    expect(longFiles([change("a.py", content)], aConfig())).toEqual([]);
  });
  test("L4: what is no text has no lines", () => {
    expect(longFiles([{ ...change("a.png", "AAAA"), encoding: "base64" }], aConfig(rules))).toEqual([]);
  });
  test("L4: the gate is told of those that roles of the protocol wrote", () => {
    const seenBy = (config: object) => {
      const pipeline = aPipeline({
        config,
        plan: ["backend_specialist", "debugger", "reviewer"],
        play: [
          { turns: [{ wrote: ["a.py"] }, {}], answer: { status: "done" } },
          { turns: [{ wrote: ["b.py"] }, {}], answer: { status: "done" } },
        ],
      });
      const steps = pipeline.steps.map(step => ({
        ...step,
        attempts: step.attempts.map(attempt => ({
          ...attempt,
          turns: attempt.turns.map(turn =>
            turn.wrote === null
              ? turn
              : {
                  ...turn,
                  wrote: {
                    ...turn.wrote,
                    changes: turn.wrote.changes.map(one => ({ ...one, content: long })),
                  },
                },
          ),
        })),
      }));
      const step = steps[3] as Step;
      return openConversation({
        ...{ pipeline: { ...pipeline, steps }, step, attempt: 1, role: roleOf(roster, "reviewer") },
        ...{ roster, preamble, delimiter: "0123456789abcdef" },
        look: { notes: [], changed: [], diff: "", files: [] },
      }).first;
    };
    expect(seenBy(rules)).toContain("- a.py: 301 lines are more than 300");
    expect(seenBy(rules)).not.toContain("- b.py: 301");
    expect(seenBy({})).not.toContain("are more than 300");
  });
});
