// What the requirements lay down of the shipped roles beside their table (tests/run/roster.test.ts): fields and words.
import { expect, test } from "vitest";
import { loadRoster } from "../../core/adapters/roster.ts";
import { roleOf, selectableRoles } from "../../core/agents/roster.ts";
import { ROOT } from "../../local/world.ts";
import { aConfig } from "../build.ts";

const { roster } = loadRoster(ROOT);

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

test("X45: tech_researcher stays selectable in a research project, and only reads", () => {
  const names = selectableRoles(roster, aConfig({ project_type: "research" })).map(({ name }) => name);
  expect(names).toContain("tech_researcher");
  expect(roleOf(roster, "tech_researcher").tools).toEqual(["read", "glob", "grep"]);
});

test("J7: prompts and descriptions are English", () => {
  for (const { name, prompt, description } of roster.roles.values())
    expect(`${prompt} ${description}`, name).not.toMatch(/\p{Script=Cyrillic}/u);
});
