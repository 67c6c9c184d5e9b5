// The specialist's protocol as the roster, the rules of plans and the prompts have it. What becomes of its answers and
// attempts is model-rules/protocol.test.ts's.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadRoster } from "../../core/adapters/roster.ts";
import { openConversation } from "../../core/agents/context.ts";
import { placedBy, roleOf, selectableRoles } from "../../core/agents/roster.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import type { Step } from "../../core/model/pipeline.ts";
import { RoleEntry } from "../../core/model/role.ts";
import { departmentSteps } from "../../core/pipeline/department.ts";
import { makePlan } from "../../core/pipeline/plan-rules.ts";
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
  test("no tool hands work to a role", () => {
    const tools = roles.flatMap(role => role.tools);
    expect([...new Set(tools)].toSorted()).toEqual(["bash", "edit", "glob", "grep", "read", "web", "write"]);
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
  test("a coordinator and its workers are in no plan", () => {
    for (const name of ["coordinator", "explore", "researcher", "coder", "verifier", "general"])
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
