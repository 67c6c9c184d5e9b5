// specialists.yaml: who can work on a task. One entry per role; the prompt lies in prompts/<role>.md.
import * as z from "zod";
import { Tier } from "./config.ts";

export const ToolName = z.enum(["read", "glob", "grep", "write", "edit", "bash"]);
export type ToolName = z.infer<typeof ToolName>;

/**
 * `read_only`: looks at files. `read_bash`: also runs commands, and what they change is thrown away.
 * `full`: what it changes is recorded and becomes part of the patch.
 */
export const Permission = z.enum(["read_only", "read_bash", "full"]);
export type Permission = z.infer<typeof Permission>;

/** What a conversation may touch. Globs are relative to the work tree, as in `.gitignore` without negation. */
export interface Scope {
  readonly permission: Permission;
  readonly paths: readonly string[] | null;
  readonly paths_denied: readonly string[];
}

/** What a role is shown besides the task. */
export const ContextRules = z.strictObject({
  decisions: z.union([z.literal("all"), z.number().int().min(0).max(200)]).default(20),
  modules: z.boolean().default(false),
  returns: z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(0)
    .describe("Latest returns shown; 0 shows not even the count."),
  roster: z.boolean().default(false).describe("The selectable roles and the route templates."),
});

/** The answer's fields in the mini-language that `answer.ts` reads; a nested map is an object. */
export const OutputSchema: z.ZodType<OutputSchema> = z.record(
  z.string(),
  z.union([z.string(), z.lazy(() => OutputSchema)]),
);
export type OutputSchema = { readonly [field: string]: string | OutputSchema };

export const RoleEntry = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{1,40}$/),
  model: Tier,
  tools: z.array(ToolName).min(1),
  description: z.string().min(20).max(600),
  permissions: Permission,
  context_rules: ContextRules.prefault({}),
  output_schema: OutputSchema,
  department: z.union([z.string(), z.array(z.string())]).nullish(),
  gate: z.boolean().default(false),
  selectable: z.boolean().default(true).describe("Whether the project manager may put it into a plan."),
  paths: z.array(z.string()).optional().describe("Globs it may change; everything where absent."),
  paths_denied: z.array(z.string()).optional().describe("Globs it may not change."),
});
export type RoleEntry = z.infer<typeof RoleEntry>;

/** A route the project manager is shown: roles in order. */
export const Route = z.strictObject({
  name: z.string(),
  when: z.string(),
  steps: z.array(z.string()).min(1),
});
export type Route = z.infer<typeof Route>;

export const Specialists = z.strictObject({
  roles: z.array(RoleEntry).min(1),
  routes: z.array(Route).default([]),
});
export type Specialists = z.infer<typeof Specialists>;

/** A role with its prompt's text. */
export interface Role extends RoleEntry {
  readonly prompt: string;
}

export interface Roster {
  readonly roles: ReadonlyMap<string, Role>;
  readonly routes: readonly Route[];
}
