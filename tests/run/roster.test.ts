// The roster as specified, its cross-checks, and the one clear error for a wrong one before anything runs.
// prompts.test.ts covers what the prompts say.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  departmentsOf,
  membersOf,
  placedBy,
  readsTheWeb,
  roleOf,
  selectableRoles,
  whyNot,
} from "../../core/agents/roster.ts";
import { ProjectType } from "../../core/model/config.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";
import { ESCALATION_TARGETS } from "../../core/pipeline/escalation.ts";
import { loadRoster } from "../../host/roster.ts";
import { aConfig } from "../build.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const { roster, preamble } = loadRoster(ROOT);
const roles = [...roster.roles.values()];
const names = roles.map(({ name }) => name);
const core = roles.filter(({ group }) => group === "core");
const protocol = roles.filter(({ group }) => group === "protocol");

const temp = mkdtempSync(join(tmpdir(), "kin-roster-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

describe("the roster", () => {
  // Plans consist of 24 of these roles; 7 more own the categories that had nobody (DB, INFRA, OBS, PERF, DOCS) and the
  // work after a passed gate (followup, learner). The protocol's eight are the specialist's two and a coordinator's
  // six. Another number needs its reason here.
  test("T46, J6, L15: has 31 roles and eight of the protocol, and a prompt for each and none besides", () => {
    expect(roles.filter(({ group }) => group === "core")).toHaveLength(31);
    expect(protocol.map(({ name }) => name)).toEqual([
      ...["coordinator", "explore", "researcher", "coder", "verifier", "general"],
      ...["backend_specialist", "test_automator"],
    ]);
    const prompts = readdirSync(join(ROOT, "prompts")).filter(file => file.endsWith(".md"));
    expect(prompts.toSorted()).toEqual(names.map(name => `${name}.md`).toSorted());
    expect(preamble).not.toBe("");
  });

  // The roster table of the requirements: permission, tier, gate, departments.
  test.each<[name: string, permissions: string, tier: string, gate: boolean, ...departments: string[]]>([
    ["pm", "read_only", "sonnet", false],
    ["architect", "read_only", "sonnet", false, "backend", "research"],
    ["backend_dev", "full", "sonnet", false, "backend"],
    ["frontend_dev", "full", "sonnet", false, "frontend"],
    ["tester", "full", "sonnet", true, "backend", "frontend", "qa"],
    ["reviewer", "read_only", "sonnet", true, "backend", "frontend", "qa", "security", "infra"],
    ["debugger", "full", "sonnet", false, "infra"],
    ["sysadmin", "read_bash", "sonnet", false, "infra"],
    ["security", "read_bash", "opus", true, "security"],
    ["tech_researcher", "read_only", "sonnet", false, "research", "marketing"],
    ["spec", "read_only", "sonnet", false, "marketing"],
    ["error_coordinator", "read_only", "sonnet", false],
    ["return_analyst", "read_only", "sonnet", false],
    ["analyst", "read_only", "sonnet", false],
    ["cto_advisor", "read_only", "opus", false],
    ["smoke_tester", "read_bash", "sonnet", false, "qa"],
    ["task_decomposer", "read_only", "sonnet", false],
    ["backend_head", "read_only", "opus", false, "backend"],
    ["frontend_head", "read_only", "opus", false, "frontend"],
    ["qa_head", "read_only", "opus", false, "qa"],
    ["security_head", "read_only", "opus", false, "security"],
    ["infra_head", "read_only", "opus", false, "infra"],
    ["research_head", "read_only", "opus", false, "research"],
    ["marketing_head", "read_only", "opus", false, "marketing"],
    ["followup", "read_only", "sonnet", false],
    ["learner", "read_only", "haiku", false],
    ["db_engineer", "full", "sonnet", false, "backend"],
    ["devops_engineer", "full", "sonnet", false, "infra"],
    ["observability_engineer", "full", "sonnet", false, "infra"],
    ["perf_engineer", "full", "sonnet", false, "backend"],
    ["tech_writer", "full", "haiku", false, "marketing"],
    ["coordinator", "read_only", "opus", false, "coordinator"],
    ["explore", "read_only", "haiku", false, "coordinator"],
    ["researcher", "read_only", "haiku", false, "coordinator"],
    ["coder", "full", "sonnet", false, "coordinator"],
    ["verifier", "read_bash", "sonnet", true, "coordinator"],
    ["general", "full", "sonnet", false, "coordinator"],
    ["backend_specialist", "full", "sonnet", false, "backend"],
    ["test_automator", "full", "sonnet", false, "qa"],
  ])("V: %s is %s, %s, gate %s, of %s %s %s %s %s", (name, permissions, model, gate, ...departments) => {
    const role = roleOf(roster, name);
    expect({ ...role, department: departmentsOf(role) }).toMatchObject({
      permissions,
      model,
      gate,
      department: departments,
    });
  });

  test.each([
    ["read_only", ["read", "glob", "grep"]],
    ["read_bash", ["read", "glob", "grep", "bash"]],
    ["full", ["read", "glob", "grep", "write", "edit", "bash"]],
  ])("V: every role with the permission %s has exactly its tools", (permission, tools) => {
    for (const role of roles.filter(({ permissions }) => permissions === permission))
      expect(
        role.tools.filter(tool => !["web", "skill", "workers"].includes(tool)).toSorted(),
        role.name,
      ).toEqual(tools.toSorted());
  });

  test("V: no role that only reads has a tool that writes", () => {
    const writing = ["write", "edit", "bash"];
    for (const { name, permissions, tools } of roles.filter(role => role.permissions !== "full"))
      expect(
        tools.filter(tool => writing.includes(tool) && !(permissions === "read_bash" && tool === "bash")),
        name,
      ).toEqual([]);
  });

  test("B7: gates, the smoke test and a coordinator's account answer with a verdict; a gate's has two values", () => {
    const judging = roles.filter(({ output_schema }) => "verdict" in output_schema);
    expect(judging.map(({ name }) => name).toSorted()).toEqual(
      ["coordinator", "smoke_tester", ...roles.filter(({ gate }) => gate).map(({ name }) => name)].toSorted(),
    );
    for (const { name, output_schema } of judging.filter(({ gate }) => gate))
      expect(output_schema.verdict, name).toBe("approved | changes_requested");
  });

  test("J2: every description has See also, and each name of a role in it exists", () => {
    for (const { name, description } of roles) {
      const [, seen] = /See also: (.+)$/s.exec(description) ?? [];
      const named = (seen ?? "").replace(/\([^)]*\)/g, "").match(/[a-z_]+/g) ?? [];
      const others = named.filter(word => word !== "and");
      expect(others.length, name).toBeGreaterThan(0);
      expect(
        others.filter(other => !names.includes(other)),
        name,
      ).toEqual([]);
      expect(others, name).not.toContain(name);
    }
  });
});

describe("docs/roles.md", () => {
  const lines = readFileSync(join(ROOT, "docs", "roles.md"), "utf8").split("\n");
  test("has a row for each role, with what its entry says and the types of project in which it may be chosen", () => {
    for (const role of roles) {
      const types = ProjectType.options.filter(project_type =>
        selectableRoles(roster, aConfig({ project_type, web: "on" })).some(({ name }) => name === role.name),
      );
      const files = role.paths === undefined && role.paths_denied === undefined ? "" : ", some files";
      const cells = [
        `\`${role.name}\``,
        departmentsOf(role).join(", ") || "–",
        role.model,
        `${role.permissions}${files}`,
        role.gate ? "yes" : "",
      ].map(cell => (cell === "" ? "" : `${cell} `));
      const row = `| ${cells.join("| ")}| ${types.length === 0 ? "" : `planner: ${types.join(", ")}`}`;
      expect(
        lines.filter(line => line.startsWith(row)),
        row,
      ).toHaveLength(1);
    }
  });
  test("has a row for each department with its members, and for each route with its steps", () => {
    const quoted = (list: readonly string[]) => list.map(name => `\`${name}\``).join(", ");
    for (const { name, department } of roles.filter(role => role.head && role.department != null)) {
      const members = membersOf(roster, name)
        .filter(({ group }) => group === "core")
        .map(member => member.name);
      expect(lines).toContain(`| ${String(department)} | \`${name}\` | ${quoted(members)} |`);
    }
    for (const { name, steps } of roster.routes)
      expect(lines).toContain(`| \`${name}\` | ${quoted(steps)} |`);
  });
});

describe("the files of tests that the tester may change", () => {
  const { permissions: permission, paths = null, paths_denied = [] } = roleOf(roster, "tester");
  const scope = { permission, paths, paths_denied };
  const problem = (path: string) => pathProblem(path, { scope, protected: [] });
  test.each(
    [
      "test/split.test.js",
      "src/split.test-d.ts",
      "src/__tests__/split.jsx",
      "src/__mocks__/axios.ts",
      "src/__snapshots__/page.snap",
      "cypress/support/commands.js",
      "src/app/app.component.spec.ts",
      "tests/test_split.py",
      "pkg/test_split.py",
      "pkg/conftest.py",
      "shop/tests.py",
      "src/parser/tests.rs",
      "src/parser_tests.rs",
      "src/test_parser.c",
      "src/parser_unittest.cc",
      "src/parser_tests.cpp",
      "src/ParserTest.cpp",
      "src/ParserTest.cc",
      "src/ParserTests.cpp",
      "App/SplitTest.m",
      "App/SplitTests.m",
      "AppTests/Helpers.swift",
      "App.Tests/Split.cs",
      "Tests/Split.swift",
      "Split/SplitTests.vb",
      "Split/SplitTests.fs",
      "src/main/kotlin/SplitSpec.kt",
      "src/main/kotlin/SplitIT.kt",
      "app/src/integrationTest/kotlin/Split.kt",
      "app/src/testFixtures/java/Bills.java",
      "app/src/androidTest/java/Split.java",
      "src/main/java/SplitTest.java",
      "split_test.go",
      "testdata/bill.json",
      "spec/models/bill_spec.rb",
      "features/split.feature",
      "features/step_definitions/split.rb",
    ].map(path => [path]),
  )("hold %s", path => {
    expect(problem(path)).toBeNull();
  });
  test.each(
    [
      "src/split.js",
      "src/contest.cpp",
      "src/latest.m",
      "src/attests/seal.ts",
      "src/testing.py",
      "src/Spec.kt.md",
      "features/split.ts",
      "integration/split.kt",
      "package.json",
    ].map(path => [path]),
  )("do not hold %s", path => {
    expect(problem(path)).toMatch(/^your role may only change/);
  });
});

test.each<[role: string, may: readonly string[], mayNot: readonly string[]]>([
  ["backend_dev", ["src/bill.ts", "db/001.sql"], ["web/page.tsx", "web/page.css", "web/App.vue"]],
  ["frontend_dev", ["web/page.tsx", "web/page.css"], []],
])("K3, X47: %s keeps to its side of the project", (name, may, mayNot) => {
  const { permissions: permission, paths = null, paths_denied = [] } = roleOf(roster, name);
  const problem = (path: string) =>
    pathProblem(path, { scope: { permission, paths, paths_denied }, protected: [] });
  expect(may.filter(path => problem(path) !== null)).toEqual([]);
  expect(mayNot.filter(path => problem(path) === null)).toEqual([]);
});

describe("departments", () => {
  test("C7: each has one head of its name and at least the members that the requirements name", () => {
    const departments = [...new Set(core.flatMap(departmentsOf))].toSorted();
    expect(departments).toEqual(["backend", "frontend", "infra", "marketing", "qa", "research", "security"]);
    for (const department of departments) {
      const heads = roles.filter(role => role.head && departmentsOf(role).includes(department));
      expect(heads.map(({ name }) => name)).toEqual([`${department}_head`]);
    }
  });

  test.each([
    ["backend_head", ["architect", "backend_dev", "tester", "reviewer", "db_engineer", "perf_engineer"]],
    ["frontend_head", ["frontend_dev", "tester", "reviewer"]],
    ["qa_head", ["tester", "reviewer", "smoke_tester"]],
    ["security_head", ["security", "reviewer"]],
    ["infra_head", ["sysadmin", "debugger", "reviewer", "devops_engineer", "observability_engineer"]],
    ["research_head", ["tech_researcher", "architect", "reviewer"]],
    ["marketing_head", ["tech_researcher", "spec", "tech_writer", "reviewer"]],
  ])("C7: %s places %j, and its prompt names each of them", (head, members) => {
    const found = placedBy(roster, { head, config: aConfig({ web: "on" }) }).map(({ name }) => name);
    expect(found.toSorted()).toEqual(members.toSorted());
    for (const member of found) expect(roleOf(roster, head).prompt).toContain(`\`${member}\``);
  });

  test("C7: every role that a prompt names in the manner of a head exists", () => {
    for (const { name, prompt } of roles) {
      const heads = [...prompt.matchAll(/\b[a-z]+_head\b/g)].map(([head]) => head);
      expect(
        heads.filter(head => !names.includes(head)),
        name,
      ).toEqual([]);
    }
  });

  test("E1: return_analyst is in no department", () => {
    expect(departmentsOf(roleOf(roster, "return_analyst"))).toEqual([]);
    for (const { name } of roles.filter(({ head, department }) => head && department != null))
      expect(membersOf(roster, name).map(member => member.name)).not.toContain("return_analyst");
  });
});

describe("escalation", () => {
  test("F1: goes to roles that exist, are heads, and think with opus", () => {
    for (const target of ESCALATION_TARGETS)
      expect(roleOf(roster, target), target).toMatchObject({ head: true, model: "opus" });
  });

  test("E11: return_analyst's entry is the one that is laid down", () => {
    expect(roleOf(roster, "return_analyst")).toMatchObject({
      model: "sonnet",
      tools: ["read", "glob", "grep"],
      permissions: "read_only",
      context_rules: { decisions: "all", returns: 20 },
      output_schema: {
        // Requirements U: an answer without it is valid, too.
        "status?": "done | partial | blocked",
        root_cause_analysis: "string",
        refined_brief: "string",
        clarification_list: "array of string",
        escalate_to_dept_head: "bool",
      },
    });
  });
});

describe("what the project manager may choose", () => {
  const EVERYWHERE = ["reviewer", "sysadmin", "error_coordinator", "return_analyst", "infra_head"];
  const CHANGING_NOTHING = ["architect", "security", "tech_researcher", "spec", "smoke_tester"];
  /**
   * The planner itself, roles that join by themselves, the adviser, who only gets escalations, and those a coordinator
   * starts.
   */
  const NEVER = [
    ...["pm", "learner", "followup", "analyst", "cto_advisor", "task_decomposer"],
    ...["explore", "researcher", "coder", "verifier", "general"],
  ];
  const HEADS = ["backend", "frontend", "qa", "security", "research", "marketing"].map(d => `${d}_head`);
  test.each([
    ["operations", [...EVERYWHERE, "debugger"]],
    ["research", [...EVERYWHERE, ...CHANGING_NOTHING, ...HEADS, "coordinator"]],
    ["development", names.filter(name => !NEVER.includes(name))],
  ])("C4, C5, C6, X3: in a project of type %s", (project_type, chosen) => {
    const selectable = selectableRoles(roster, aConfig({ project_type, web: "on" })).map(({ name }) => name);
    expect(selectable.toSorted()).toEqual(chosen.toSorted());
  });

  describe("X45: without a network", () => {
    const selectable = (config: object) => selectableRoles(roster, aConfig(config)).map(({ name }) => name);
    test("a role that lives by it is not selectable, one that can do without is", () => {
      const left = selectable({ web: "on" }).filter(name => !selectable({}).includes(name));
      expect(left).toEqual(["tech_researcher"]);
      expect(whyNot(roleOf(roster, "tech_researcher"), aConfig())).toBe(
        '"tech_researcher" works from the web, and `web` is off in .github/kin.yml.',
      );
    });
    test("tech_researcher stays selectable in a research project, with the tools that read only", () => {
      const config = aConfig({ project_type: "research" });
      expect(selectable(config)).toContain("tech_researcher");
      expect(readsTheWeb(roleOf(roster, "tech_researcher"), config)).toBe(false);
    });
    test("and `web: on` gives it to whom it is laid down for, and nobody else", () => {
      const reading = roles.filter(role => readsTheWeb(role, aConfig({ web: "on" })));
      expect(reading.map(({ name }) => name)).toEqual([
        ...["tech_researcher", "research_head", "marketing_head"],
        ...["coordinator", "researcher"],
      ]);
    });
  });

  test.each(roster.routes.map(({ name, steps }) => [name, steps] as const))(
    "C15: the route %s has roles that it may choose, and ends with a gate that a plan may end with",
    (_, steps) => {
      const selectable = selectableRoles(roster, aConfig({ web: "on" })).map(({ name }) => name);
      expect(steps.filter(step => !selectable.includes(step))).toEqual([]);
      expect(["tester", "reviewer"]).toContain(steps.at(-1));
    },
  );

  test("R: the routes are those that are laid down, and each type of project has one", () => {
    expect(roster.routes.map(({ name }) => name)).toEqual([
      "debug",
      "multi_bug_debug",
      "hotfix",
      "feature",
      "security",
      "department",
      "coordinator",
      "research",
      "operations",
      "backend_protocol",
    ]);
    for (const project_type of ProjectType.options) {
      const selectable = selectableRoles(roster, aConfig({ project_type })).map(({ name }) => name);
      expect(roster.routes.some(({ steps }) => steps.every(step => selectable.includes(step)))).toBe(true);
    }
  });
});

describe("a roster that is wrong", () => {
  let count = 0;
  const aRoot = (yaml: string | null, without: string | null = null): string => {
    const root = join(temp, String(count++));
    cpSync(join(ROOT, "prompts"), join(root, "prompts"), { recursive: true });
    if (without !== null) rmSync(join(root, "prompts", without));
    if (yaml !== null) writeFileSync(join(root, "specialists.yaml"), yaml);
    return root;
  };
  const role = (over: string): string =>
    `roles:\n  - name: pm\n    model: sonnet\n    tools: [read]\n    permissions: read_only\n    description: Plans the work of the others.\n    output_schema: { analysis: string }\n${over}`;

  test.each<[what: string, root: () => string, message: RegExp]>([
    ["a missing specialists.yaml", () => aRoot(null), /specialists\.yaml cannot be read: ENOENT/],
    ["an empty one", () => aRoot(" \n"), /specialists\.yaml is empty/],
    ["one that is no YAML", () => aRoot("roles: [\n"), /specialists\.yaml is not valid YAML/],
    ["one without roles", () => aRoot("routes: []\n"), /specialists\.yaml: roles: /],
    [
      "an unknown key of a role",
      () => aRoot(role("    colour: red\n")),
      /specialists\.yaml: roles\.0: .*colour/,
    ],
    ["an unknown tool", () => aRoot(role("").replace("[read]", "[fly]")), /roles\.0\.tools\.0: .*"read"/],
    [
      "a tool that the permission lacks",
      () => aRoot(role("").replace("[read]", "[read, bash]")),
      /roles\.0\.tools: pm: read_only allows read, glob, grep, skill, web, workers, found bash/,
    ],
    [
      "a gate without a verdict",
      () => aRoot(role("    gate: true\n")),
      /roles\.0\.output_schema: pm: a gate's answer has `verdict/,
    ],
    [
      "a field type that cannot be read",
      () => aRoot(role("").replace("analysis: string", "analysis: strnig")),
      /pm\.output_schema\.analysis: cannot read the type "strnig"/,
    ],
    [
      "a role that stands there twice",
      () => aRoot(`${role("")}${role("").replace("roles:\n", "")}`),
      /the role "pm" stands there twice/,
    ],
    ["a role without its prompt", () => aRoot(role(""), "pm.md"), /pm\.md cannot be read: ENOENT/],
    ["a missing preamble", () => aRoot(role(""), "shared/preamble.md"), /preamble\.md cannot be read/],
  ])("%s is an error that names the file and what is wrong", (_, root, message) => {
    const load = () => loadRoster(root());
    expect(load).toThrow(message);
    expect(load).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(roster|output_schema)_invalid$/),
        hint: expect.stringMatching(/\w/),
      }),
    );
  });
});

test.each([
  ["pm", "analysis completion_mode? category pipeline estimated_steps? route_type"],
  ["backend_dev", "status changes new_files schema_changes notes proof tech_debt?"],
  ["return_analyst", "status? root_cause_analysis refined_brief clarification_list escalate_to_dept_head"],
  ["tester", "verdict reason"],
  ["reviewer", "verdict reason"],
  ["error_coordinator", "streams reintegration_checklist"],
  ["followup", "created pending_actions"],
])("U: the answer of %s has the fields %s", (name, fields) => {
  const { output_schema } = roleOf(roster, name);
  expect(Object.keys(output_schema)).toEqual(expect.arrayContaining(fields.split(" ")));
});

test("K5, J4: a proof has three parts, a debt four, and a stream says whose it is", () => {
  const { proof, "tech_debt?": debt } = roleOf(roster, "backend_dev").output_schema;
  expect(Object.keys(proof as object)).toEqual(["what_was_done", "how_verified", "verification_result"]);
  expect(Object.keys(debt as object)).toEqual(["description", "reason_temporary", "proper_fix", "category"]);
  expect(roleOf(roster, "error_coordinator").output_schema.streams).toBe(
    "array of { specialist: string, scope: string, bugs: array of string, priority: high | medium | low }",
  );
});

test("C21: the planner reads, sees every decision, and is described beside the return_analyst", () => {
  const pm = roleOf(roster, "pm");
  expect(pm).toMatchObject({ model: "sonnet", permissions: "read_only", tools: ["read", "glob", "grep"] });
  expect(pm.context_rules.decisions).toBe("all");
  expect(pm.description).toContain("return_analyst");
});

test("J7: prompts and descriptions are English", () => {
  for (const { name, prompt, description } of roster.roles.values())
    expect(`${prompt} ${description}`, name).not.toMatch(/\p{Script=Cyrillic}/u);
});
