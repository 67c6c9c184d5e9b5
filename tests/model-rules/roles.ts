// A small roster for tables: just enough roles for every rule, so that specialists.yaml may change.
import { type Role, RoleEntry, type Roster, type Route } from "../../core/model/role.ts";

export const aRole = (
  over: Partial<RoleEntry> & { readonly name: string },
  prompt = `You are ${over.name}.`,
): Role => ({
  ...RoleEntry.parse({
    model: "sonnet",
    tools: ["read"],
    description: "Does what its name says, and nothing else.",
    permissions: "read_only",
    output_schema: { notes: "string" },
    ...over,
  }),
  prompt,
});

export const aRoster = (roles: readonly Role[] = ROLES, routes: readonly Route[] = []): Roster => ({
  roles: new Map(roles.map(role => [role.name, role])),
  routes,
});

const PROOF = "{ what_was_done: string, how_verified: array of integer, verification_result: string }";

export const ROLES: readonly Role[] = [
  aRole({
    name: "pm",
    selectable: false,
    context_rules: {
      decisions: "all",
      modules: true,
      active_tasks: false,
      history: false,
      returns: 5,
      roster: true,
    },
    output_schema: {
      analysis: "string",
      route_type: "string",
      category: "string",
      "completion_mode?": "string",
      pipeline: "array of { role: string, brief: string, depends_on?: string }",
    },
  }),
  aRole({ name: "architect" }),
  aRole({ name: "sysadmin" }),
  aRole({
    name: "debugger",
    permissions: "full",
    tools: ["read", "write", "bash"],
    output_schema: { status: "done | partial | blocked", "notes?": "string", proof: PROOF },
  }),
  aRole({
    name: "tester",
    gate: true,
    permissions: "full",
    tools: ["read", "write", "bash"],
    paths: ["test/**"],
    output_schema: { verdict: "approved | changes_requested", reason: "string", proof: PROOF },
  }),
  aRole({
    name: "reviewer",
    gate: true,
    output_schema: { verdict: "approved | changes_requested", reason: "string" },
  }),
];

const SUB = "array of { role: string, brief: string, module?: string, depends_on?: string }";
const head = (name: string, department?: string): Role =>
  aRole({
    name,
    head: true,
    model: "opus",
    ...(department === undefined ? { selectable: false } : { department }),
    output_schema: { "decision?": "string", "sub_pipeline?": SUB },
  });
const inDepartment = (name: string, department: string): Role => ({
  ...(ROLES.find(role => role.name === name) as Role),
  department,
});

/** With departments, heads, and the roles that join by themselves. */
export const ORGANISATION: readonly Role[] = [
  ...ROLES.filter(({ name }) => !["debugger", "sysadmin", "reviewer"].includes(name)),
  inDepartment("sysadmin", "infra"),
  inDepartment("debugger", "infra"),
  inDepartment("reviewer", "infra"),
  aRole({ name: "backend_dev", department: "backend", permissions: "full", tools: ["read", "write"] }),
  aRole({ name: "tech_researcher", department: "research" }),
  head("backend_head", "backend"),
  head("infra_head", "infra"),
  head("research_head", "research"),
  head("cto_advisor"),
  aRole({ name: "error_coordinator" }),
  aRole({
    name: "return_analyst",
    output_schema: {
      "status?": "done | partial | blocked",
      root_cause_analysis: "string",
      refined_brief: "string",
      clarification_list: "array of string",
      escalate_to_dept_head: "bool",
    },
  }),
  aRole({
    name: "smoke_tester",
    output_schema: { verdict: "confirmed | cannot_confirm", reason: "string" },
  }),
  ...["analyst", "task_decomposer", "followup", "learner"].map(name => aRole({ name, selectable: false })),
];
