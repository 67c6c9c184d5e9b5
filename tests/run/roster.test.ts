// specialists.yaml and the prompts as they are read: what is wrong with them is one clear error before anything runs.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadRoster } from "../../core/adapters/roster.ts";
import { departmentsOf, roleOf, selectableRoles } from "../../core/agents/roster.ts";
import { answerSchema } from "../../core/model/answer.ts";
import { Config } from "../../core/model/config.ts";
import type { Role } from "../../core/model/role.ts";
import { ESCALATION_TARGETS } from "../../core/pipeline/escalation.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const temp = mkdtempSync(join(tmpdir(), "kin-roster-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

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

const { roster, preamble } = loadRoster(ROOT);
const ROLES = [...roster.roles.values()];
const named = (which: (role: Role) => boolean): readonly string[] =>
  ROLES.filter(which).map(role => role.name);

describe("the shipped roster", () => {
  test("T46, J6: has 31 roles, each with its prompt, and no prompt is anybody else's", () => {
    const files = readdirSync(join(ROOT, "prompts"), { withFileTypes: true }).filter(entry => entry.isFile());
    expect(files.map(file => file.name).toSorted()).toEqual(ROLES.map(role => `${role.name}.md`).toSorted());
    expect(files).toHaveLength(31);
    expect(preamble).not.toBe("");
  });
  test.each(ROLES.map(role => [role.name, role] as const))(
    "J5, J8: the prompt of %s has every section, in order",
    (_, role) => {
      expect(role.prompt).toMatch(/^You are .+\n.+\n\n## Input\n/);
      expect(role.prompt.match(/^## .*$/gm)).toEqual([
        "## Input",
        "## Working Mode",
        "## Focus On",
        "## Quality Checks",
        "## Return Format",
        "## Constraints",
        "## Blocked Protocol",
      ]);
    },
  );
  test.each(ROLES.map(role => [role.name, role] as const))(
    "every field of the answer of %s stands in its Return Format",
    (_, role) => {
      const [, format = ""] = /## Return Format\n(.*?)\n## /s.exec(role.prompt) ?? [];
      for (const field of Object.keys(role.output_schema))
        expect(format).toContain(`\`${field.replace("?", "")}\``);
    },
  );
  test("J2: every description says whom else to see", () => {
    for (const role of ROLES) expect(role.description).toContain("See also: ");
  });
  test("C7: every department has a head of its own name, and members besides", () => {
    const heads = named(role => role.head && role.department != null);
    expect(heads).toEqual(
      ["backend", "frontend", "qa", "security", "infra", "research", "marketing"].map(name => `${name}_head`),
    );
    for (const head of heads)
      expect(departmentsOf(roleOf(roster, head))).toEqual([head.replace("_head", "")]);
    const departments = new Set(ROLES.flatMap(departmentsOf));
    expect([...departments].map(name => `${name}_head`).toSorted()).toEqual(heads.toSorted());
  });
  test("B10: heads, cto_advisor and security are of the tier opus, whoever only reads back is not", () => {
    expect(named(role => role.model === "opus").toSorted()).toEqual(
      [...named(role => role.head), "security"].toSorted(),
    );
    expect(named(role => role.model === "haiku")).toEqual(["learner", "tech_writer"]);
  });
  test("X3: every role that tasks are handed over to is a head that only reads, and cto_advisor no planner's choice", () => {
    for (const name of ESCALATION_TARGETS)
      expect(roleOf(roster, name)).toMatchObject({
        head: true,
        model: "opus",
        permissions: "read_only",
        gate: false,
      });
    expect(roleOf(roster, "cto_advisor").selectable).toBe(false);
  });
  test("X31: the planner may choose seven heads, of which five are handed tasks", () => {
    const heads = named(role => role.head && role.selectable);
    expect(heads).toHaveLength(7);
    expect(heads.filter(name => ESCALATION_TARGETS.includes(name))).toHaveLength(5);
  });
  test("E1: error_coordinator, return_analyst and those who come in by themselves are of no department", () => {
    expect(named(role => role.department == null)).toEqual([
      "pm",
      "error_coordinator",
      "return_analyst",
      "analyst",
      "cto_advisor",
      "task_decomposer",
      "followup",
      "learner",
    ]);
  });
  test("E11, X23: return_analyst only reads, and its answer takes every status, or none", () => {
    const role = roleOf(roster, "return_analyst");
    expect(role).toMatchObject({
      model: "sonnet",
      tools: ["read", "glob", "grep"],
      permissions: "read_only",
    });
    const answer = {
      root_cause_analysis: "r",
      refined_brief: "b",
      clarification_list: [],
      escalate_to_dept_head: false,
    };
    const schema = answerSchema(role.output_schema, role.name);
    for (const status of [undefined, null, "done", "partial"])
      expect(schema.safeParse({ ...answer, status }).success).toBe(true);
    expect(schema.safeParse({ ...answer, escalate_to_dept_head: "false" }).success).toBe(false);
  });
  test("C21: pm only reads, plans and names the return_analyst; nobody may put it into a plan", () => {
    const pm = roleOf(roster, "pm");
    expect(pm).toMatchObject({
      model: "sonnet",
      tools: ["read", "glob", "grep"],
      permissions: "read_only",
      selectable: false,
    });
    expect(pm.context_rules.decisions).toBe("all");
    expect(pm.description).toContain("return_analyst");
  });
  test("J4: error_coordinator answers with streams and how they come together again", () => {
    expect(Object.keys(roleOf(roster, "error_coordinator").output_schema)).toEqual(
      expect.arrayContaining(["fault_groups", "primary_faults", "streams", "reintegration_checklist"]),
    );
  });
  test("K5: whoever writes proves it, and says what it only did for now", () => {
    const writers = named(role => role.permissions === "full" && !role.gate);
    for (const name of writers) expect(roleOf(roster, name).output_schema).toHaveProperty("proof");
    for (const name of ["backend_dev", "frontend_dev", "debugger", "db_engineer", "perf_engineer"])
      expect(roleOf(roster, name).output_schema).toHaveProperty("tech_debt?");
  });
  test("X47: tester and tech_writer write in their own places, developers not in each other's", () => {
    expect(named(role => role.paths !== undefined)).toEqual(["tester", "tech_writer"]);
    for (const name of ["backend_dev", "frontend_dev"])
      expect(roleOf(roster, name).paths_denied).not.toEqual(undefined);
  });
  test.each(["development", "operations", "research"])(
    "B9, C4 to C6: a project of the type %s has routes that it may take",
    project_type => {
      const may = new Set(selectableRoles(roster, Config.parse({ project_type })).map(role => role.name));
      const routes = roster.routes
        .filter(route => route.steps.every(step => may.has(step)))
        .map(route => route.name);
      expect(routes).toEqual(
        {
          development: roster.routes.map(route => route.name),
          operations: ["hotfix", "operations"],
          research: ["department", "research"],
        }[project_type],
      );
    },
  );
  test("C15: every route ends with a tester or a reviewer", () => {
    for (const route of roster.routes) expect(["tester", "reviewer"]).toContain(route.steps.at(-1));
  });
  test("C4: an operations project has sysadmin, debugger and reviewer, and X13 who looks at the task itself", () => {
    expect(
      selectableRoles(roster, Config.parse({ project_type: "operations" })).map(role => role.name),
    ).toEqual(["debugger", "reviewer", "sysadmin", "error_coordinator", "return_analyst", "infra_head"]);
  });
  test("X45: research has its tech_researcher without a network, with the read tools", () => {
    const research = selectableRoles(roster, Config.parse({ project_type: "research" })).map(
      role => role.name,
    );
    expect(research).toContain("tech_researcher");
    expect(roleOf(roster, "tech_researcher").tools).toEqual(["read", "glob", "grep"]);
  });
});

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
