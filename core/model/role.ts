// specialists.yaml: who can work on a task. One entry per role; its prompt is prompts/<role>.md.
import * as z from "zod";
import type { Area } from "./area.ts";
import { Tier } from "./config.ts";
import { TEST_FILES } from "./patch/test-files.ts";
import { TOOLS_OF } from "./permission.ts";
import { type Skill, SuggestedSkills } from "./skill.ts";

export const ToolName = z.enum(["read", "glob", "grep", "write", "edit", "bash"]);
export type ToolName = z.infer<typeof ToolName>;

/**
 * `skill`: loads a listed skill through the harness. `web`: search and fetch, run by the model's API, if the project's
 * config has `web: on`. `workers`: starts, addresses and stops workers, if it has `limits.workers`.
 */
const RoleTool = z.enum([...ToolName.options, "skill", "web", "workers"]);

/**
 * `read_only`: looks at files. `read_bash`: also runs commands, whose changes are discarded.
 * `full`: its changes are recorded and become part of the patch.
 */
export const Permission = z.enum(["read_only", "read_bash", "full"]);
export type Permission = z.infer<typeof Permission>;

/** What a conversation may touch. Globs are relative to the work tree, as in `.gitignore` without negation. */
export interface Scope {
  readonly permission: Permission;
  readonly paths: readonly string[] | null;
  readonly paths_denied: readonly string[];
  /** A worker's area, which narrows its role's paths; absent: none is set. */
  readonly area?: Area;
}

/** What a role is shown besides the task. */
export const ContextRules = z.strictObject({
  decisions: z.union([z.literal("all"), z.number().int().min(0).max(200)]).default(20),
  modules: z.boolean().default(false),
  active_tasks: z.boolean().default(false).describe("Other tasks of the project that are under way."),
  history: z.boolean().default(false).describe("All earlier steps instead of the previous one's output."),
  returns: z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(0)
    .describe("Latest returns shown; 0 shows not even the count."),
  roster: z.boolean().default(false).describe("The selectable roles and the route templates."),
  envelope: z
    .boolean()
    .optional()
    .describe("Its step as the protocol's envelope, and the patch as it stands."),
  existing: z.boolean().optional().describe("Declarations that have words of the task in their names."),
});
export type ContextRules = z.infer<typeof ContextRules>;

/** The answer's fields in the mini-language that `answer.ts` reads; a nested map is an object. */
export const OutputSchema: z.ZodType<OutputSchema> = z.record(
  z.string(),
  z.union([z.string(), z.lazy(() => OutputSchema)]),
);
export type OutputSchema = { readonly [field: string]: string | OutputSchema };

/** `tests` stands for every file that holds tests, whatever the language. */
const Globs = z.union([
  z.literal("tests").transform(() => [...TEST_FILES]),
  z.array(z.string().max(200)).max(100),
]);

/** `protocol`: roles that work from an envelope and answer in a form of their own (docs/roles.md). */
export const RoleGroup = z.enum(["core", "protocol"]);

const Entry = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{1,40}$/),
  model: Tier,
  tools: z.array(RoleTool).min(1),
  description: z.string().min(20).max(600),
  permissions: Permission,
  context_rules: ContextRules.prefault({}),
  output_schema: OutputSchema,
  group: RoleGroup.default("core"),
  department: z.union([z.string(), z.array(z.string())]).nullish(),
  gate: z.boolean().default(false),
  head: z.boolean().default(false).describe("Expands to steps of its department's members."),
  selectable: z.boolean().default(true).describe("Whether the project manager may put it into a plan."),
  paths: Globs.optional().describe("Globs it may change; everything where absent."),
  paths_denied: Globs.optional().describe("Globs it may not change."),
});

export const RoleEntry = Entry.superRefine(({ name, tools, permissions, output_schema, gate }, context) => {
  const more = tools.filter(tool => !TOOLS_OF[permissions].includes(tool));
  if (more.length > 0)
    context.addIssue({
      code: "custom",
      path: ["tools"],
      message: `${name}: ${permissions} allows ${TOOLS_OF[permissions].join(", ")}, found ${more.join(", ")}`,
    });
  if (gate && !("verdict" in output_schema))
    context.addIssue({
      code: "custom",
      path: ["output_schema"],
      message: `${name}: a gate's answer has \`verdict: approved | changes_requested\``,
    });
});
export type RoleEntry = z.infer<typeof RoleEntry>;

/** A repository's own roles and prompts (`.github/kin/`), frozen when a pipeline opens. */
export const OwnRoles = z.object({
  roles: z.array(RoleEntry).default([]),
  /** By role; `replace` takes the place of the built-in text, `extend` is appended to it. */
  prompts: z
    .record(z.string(), z.object({ text: z.string(), how: z.enum(["replace", "extend"]) }))
    .default({}),
});
export type OwnRoles = z.infer<typeof OwnRoles>;

/** A route shown to the project manager: roles in order. */
export const Route = z.strictObject({
  name: z.string(),
  when: z.string(),
  steps: z.array(z.string()).min(1),
});
export type Route = z.infer<typeof Route>;

export const Specialists = z.strictObject({
  roles: z.array(RoleEntry).min(1),
  routes: z.array(Route).default([]),
  skills: SuggestedSkills.default({}),
});
export type Specialists = z.infer<typeof Specialists>;

/** Together with the skills in prompts/skills. */
export type SpecialistsWithSkills = Specialists & { readonly built_in: readonly Skill[] };

/** A role with its prompt's text. */
export interface Role extends RoleEntry {
  readonly prompt: string;
}

export interface Roster {
  readonly roles: ReadonlyMap<string, Role>;
  readonly routes: readonly Route[];
}
