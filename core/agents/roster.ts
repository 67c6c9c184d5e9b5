// Who works here: looking a role up, and which roles a type of project lets the project manager choose.
import type { Config } from "../model/config.ts";
import { KinError } from "../model/error.ts";
import type { Role, RoleEntry, Roster } from "../model/role.ts";

export const roleOf = (roster: Roster, name: string): Role => {
  const role = roster.roles.get(name);
  if (role !== undefined) return role;
  throw new KinError(`There is no role "${name}" in specialists.yaml.`, {
    code: "role_unknown",
    hint: `Known roles: ${[...roster.roles.keys()].join(", ")}. The App and the Action may be of different versions.`,
  });
};

const OPERATIONS_ROLES: ReadonlySet<string> = new Set(["sysadmin", "debugger", "reviewer", "infra_head"]);

/** The roles that a project of this type lets the project manager choose (requirements C4 to C6). */
export const selectableRoles = (roster: Roster, config: Config): readonly RoleEntry[] =>
  [...roster.roles.values()].filter(role => role.selectable && whyNot(role, config) === null);

/** Why a role does not work in this type of project; null where it does. */
export const whyNot = (role: RoleEntry, config: Config): string | null => {
  if (config.project_type === "operations" && !OPERATIONS_ROLES.has(role.name)) {
    return `"${role.name}" does not work in an operations project.`;
  }
  if (config.project_type === "research" && role.permissions === "full") {
    return `"${role.name}" changes files, and a research project changes no code.`;
  }
  return null;
};
