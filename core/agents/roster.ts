// Who works here: looking up a role, which roles a type of project allows, and a repository's own roles.
import type { Area } from "../model/area.ts";
import type { Config } from "../model/config.ts";
import { KinError } from "../model/error.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { OwnRoles, Role, RoleEntry, Roster, Route, Scope } from "../model/role.ts";

export const roleOf = (roster: Roster, name: string): Role => {
  const role = roster.roles.get(name);
  if (role !== undefined) return role;
  throw new KinError(`There is no role "${name}" in specialists.yaml.`, {
    code: "role_unknown",
    hint: `Known roles: ${[...roster.roles.keys()].join(", ")}. The App and the Action may be of different versions.`,
  });
};

/** The built-in roster with a repository's own roles and prompts. */
export const rosterWith = (roster: Roster, own: OwnRoles): Roster => {
  if (own.roles.length === 0 && Object.keys(own.prompts).length === 0) return roster;
  const roles = new Map(roster.roles);
  for (const entry of own.roles) roles.set(entry.name, { ...entry, prompt: "" });
  for (const [name, { text, how }] of Object.entries(own.prompts)) {
    const role = roles.get(name);
    if (role === undefined) continue;
    const prompt = how === "replace" || role.prompt === "" ? text : `${role.prompt.trim()}\n\n${text}`;
    roles.set(name, { ...role, prompt });
  }
  return { ...roster, roles };
};

/** The roles of an operations project; those that look at the task itself work everywhere. */
const OPERATIONS_ROLES: ReadonlySet<string> = new Set([
  "sysadmin",
  "debugger",
  "reviewer",
  "infra_head",
  "return_analyst",
  "error_coordinator",
]);

/** The roles that a project of this type lets the project manager choose. */
export const selectableRoles = (roster: Roster, config: Config): readonly RoleEntry[] =>
  [...roster.roles.values()].filter(role => role.selectable && whyNot(role, config) === null);

/** Who takes whose place if a project chose the specialist's protocol. */
const inPlaceOf = (name: string, { protocol }: Pick<Config, "protocol">): string =>
  protocol === "specialist" && name === "backend_dev" ? "backend_specialist" : name;

/** The route templates whose roles all work in this project. */
export const routesFor = (roster: Roster, config: Config): readonly Route[] => {
  const names = new Set(selectableRoles(roster, config).map(role => role.name));
  return roster.routes
    .map(route => ({ ...route, steps: route.steps.map(step => inPlaceOf(step, config)) }))
    .filter(({ steps }) => steps.every(step => names.has(step)));
};

/** Why a role does not work in this project; null if it does. */
export const whyNot = (role: RoleEntry, config: Config): string | null => {
  const instead = inPlaceOf(role.name, config);
  if (instead !== role.name)
    return `"${role.name}" does not work where \`protocol\` is specialist in .github/kin.yml: "${instead}" writes the code, and "test_automator" the tests.`;
  if (config.project_type === "operations" && role.selectable && !OPERATIONS_ROLES.has(role.name)) {
    return `"${role.name}" does not work in an operations project.`;
  }
  if (config.project_type === "research" && role.permissions === "full") {
    return `"${role.name}" changes files, and a research project changes no code.`;
  }
  if (config.web === "off" && config.project_type !== "research" && livesByTheWeb(role)) {
    return `"${role.name}" works from the web, and \`web\` is off in .github/kin.yml.`;
  }
  if (config.limits.workers === 0 && livesByWorkers(role)) {
    return `"${role.name}" works through others, and \`limits.workers\` is 0 in .github/kin.yml.`;
  }
  return null;
};

/** Not a head: it can also place steps. */
const livesByWorkers = (role: RoleEntry): boolean => role.tools.includes("workers") && !role.head;

/** A role that puts others to work has the web as well, and can do without it. */
const livesByTheWeb = (role: RoleEntry): boolean =>
  role.tools.includes("web") && !role.tools.includes("workers");

/** Whether the role is given search and fetch in this project. */
export const readsTheWeb = (role: Pick<RoleEntry, "tools">, config: Pick<Config, "web">): boolean =>
  config.web === "on" && role.tools.includes("web");

/** The roles that a coordinator may start in any project. */
export const WORKER_TYPES = ["explore", "researcher", "coder", "verifier", "general"] as const;

/** Whether the role may start workers in this project. */
export const coordinates = (role: Pick<RoleEntry, "tools">, { limits }: Pick<Config, "limits">): boolean =>
  limits.workers > 0 && role.tools.includes("workers");

/** What a conversation of the role may touch; a worker's also has an area. */
export const scopeOf = ({ permissions, paths, paths_denied }: RoleEntry, area?: Area): Scope => ({
  permission: permissions,
  paths: paths ?? null,
  paths_denied: paths_denied ?? [],
  ...(area === undefined ? {} : { area }),
});

export const departmentsOf = (role: Pick<RoleEntry, "department">): readonly string[] =>
  role.department == null ? [] : [role.department].flat();

/**
 * Who a head may put to work: its department and the reviewer, who judges any work; for a head without a department,
 * everybody that a plan may have. Never heads, coordinators or the return_analyst, who stands outside.
 */
export const membersOf = (roster: Roster, head: string): readonly RoleEntry[] => {
  const own = new Set(departmentsOf(roleOf(roster, head)));
  return [...roster.roles.values()].filter(
    role =>
      !role.head &&
      !role.tools.includes("workers") &&
      role.selectable &&
      role.name !== "return_analyst" &&
      (own.size === 0 || role.name === "reviewer" || departmentsOf(role).some(name => own.has(name))),
  );
};

/** Those that work in this project; protocol roles only if it chose the protocol. */
export const placedBy = (
  roster: Roster,
  { head, config }: { readonly head: string; readonly config: Config },
): readonly RoleEntry[] =>
  membersOf(roster, head).filter(
    role => whyNot(role, config) === null && (role.group === "core" || config.protocol === "specialist"),
  );

/** The gate that closes the plan after a step, and with it whatever a head adds there; null if there is none. */
export const closingGate = (
  { steps }: Pick<Pipeline, "steps">,
  { number }: Pick<Step, "number">,
): string | null =>
  steps.slice(number + 1).findLast(({ gate, part }) => gate && part === "plan")?.role ?? null;
