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

const PROOF = "{ what_was_done: string, how_verified: array of string, verification_result: string }";

export const ROLES: readonly Role[] = [
  aRole({
    name: "pm",
    selectable: false,
    context_rules: { decisions: "all", modules: true, active_tasks: false, history: false, returns: 5, roster: true },
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
