// A repository's own roles and prompts: `.github/kin/roles.yml` and `.github/kin/prompts/<role>.md`, read from the
// default branch like the configuration, and frozen with each pipeline.
import * as z from "zod";
import { answerSchema } from "../core/model/answer.ts";
import type { Config } from "../core/model/config.ts";
import { KinError } from "../core/model/error.ts";
import { nearest } from "../core/model/nearest.ts";
import { ContextRules, type OwnRoles, RoleEntry, type Roster } from "../core/model/role.ts";
import { readPlainYaml } from "./config-file.ts";
import { problemsText, unknownKeys } from "./config-problem.ts";

export const ROLES_PATH = ".github/kin/roles.yml";
export const PROMPTS_PATH = ".github/kin/prompts";
const CONFIG_PATH = ".github/kin.yml";
const LARGEST_PROMPT = 32 * 1024;

const RolesFile = z.strictObject({ roles: z.array(RoleEntry).max(20) });

export interface OwnFiles {
  readonly roles: string | null;
  /** By role: the text of `.github/kin/prompts/<role>.md`. */
  readonly prompts: ReadonlyMap<string, string>;
}

/** Throws `config_invalid`, which names file, key, what was found, what is allowed, and what to do. */
export const readOwnRoles = (
  files: OwnFiles,
  { config, roster }: { readonly config: Config; readonly roster: Roster },
): OwnRoles => {
  const roles = files.roles === null ? [] : parseRoles(files.roles);
  for (const [index, role] of roles.entries()) checkRole(role, { roles, index, files, roster });
  const known = [...roster.roles.keys(), ...roles.map(({ name }) => name)];
  for (const prompt of files.prompts) checkPrompt(prompt, known);
  checkConfig(config, { known, files });
  const prompts = [...files.prompts].map(
    ([name, text]) => [name, { text, how: config.prompts[name] ?? ("extend" as const) }] as const,
  );
  return { roles: [...roles], prompts: Object.fromEntries(prompts) };
};

const parseRoles = (text: string): readonly RoleEntry[] => {
  const value = fromYaml(text) ?? { roles: [] };
  const parsed = RolesFile.safeParse(value);
  if (parsed.success) return parsed.data.roles;
  throw invalid(problemsText(parsed.error.issues, issue => describe(issue, value)));
};

/** As strict as the configuration, but with its own hint. */
const fromYaml = (text: string): unknown => {
  try {
    return readPlainYaml(text, ROLES_PATH);
  } catch (error) {
    throw error instanceof KinError ? invalid(error.message) : error;
  }
};

const describe = (issue: z.core.$ZodIssue, value: unknown): string => {
  const key = keyOf(issue.path);
  if (issue.code === "unrecognized_keys")
    return unknownKeys(issue.keys, {
      file: ROLES_PATH,
      at: key === "" ? "" : `${key}.`,
      allowed: keysAt(issue.path),
    });
  const at = key === "" ? ROLES_PATH : `${ROLES_PATH}: \`${key}\``;
  return `${at}: found ${short(valueAt(value, issue.path))}. ${issue.message}.`;
};

const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  if (path.length === 0) return Object.keys(RolesFile.shape);
  return Object.keys((path.at(-1) === "context_rules" ? ContextRules : RoleEntry).shape);
};

/** `roles[0].tools[1]` */
const keyOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 97)}…` : text;
};

interface Among {
  readonly roles: readonly RoleEntry[];
  readonly index: number;
  readonly files: OwnFiles;
  readonly roster: Roster;
}

const checkRole = (role: RoleEntry, { roles, index, files, roster }: Among): void => {
  const at = `${ROLES_PATH}: \`roles[${index}]`;
  const prompt = `${PROMPTS_PATH}/${role.name}.md`;
  if (roster.roles.has(role.name))
    throw invalid(
      `${at}.name\`: "${role.name}" is a role of Kin's own. Choose another name, or change that role with ${prompt}.`,
    );
  if (roles.findIndex(({ name }) => name === role.name) !== index)
    throw invalid(`${at}.name\`: "${role.name}" stands there twice. Choose another name for one of them.`);
  if (role.head)
    throw invalid(`${at}.head\`: found true. Allowed: false; heads are built in. Leave \`head\` out.`);
  checkSchema(role, `${at}.output_schema`);
  if (!files.prompts.has(role.name))
    throw invalid(`${at}\`: "${role.name}" has no prompt. Add ${prompt}, which says what it does and how.`);
};

const checkSchema = ({ output_schema }: RoleEntry, at: string): void => {
  try {
    answerSchema(output_schema, at);
  } catch (error) {
    throw error instanceof KinError
      ? invalid(`${error.message.replace(": cannot", "`: cannot")}. ${error.hint}`)
      : error;
  }
};

/** Checked before all of it is in memory: in bytes, at most three per character. Throws `config_invalid`. */
export const checkSize = ({ name, size }: { readonly name: string; readonly size: number }): void => {
  if (size > 3 * LARGEST_PROMPT)
    throw invalid(
      `${PROMPTS_PATH}/${name}.md has ${size} bytes. Allowed: ${LARGEST_PROMPT} characters. Make it shorter.`,
    );
};

const checkPrompt = ([name, text]: readonly [name: string, text: string], known: readonly string[]): void => {
  const file = `${PROMPTS_PATH}/${name}.md`;
  if (!known.includes(name))
    throw invalid(
      `${file}: there is no role "${name}". ${meantRole(name, known)} Name the file after its role, or add the role to ${ROLES_PATH}.`,
    );
  if (text.trim() === "") throw invalid(`${file} is empty. Write the prompt, or take the file away.`);
  if (text.length > LARGEST_PROMPT)
    throw invalid(`${file} has ${text.length} characters. Allowed: ${LARGEST_PROMPT}. Make it shorter.`);
};

const meantRole = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return near === null ? `Allowed: ${known.join(", ")}.` : `Did you mean "${near}"?`;
};

/** Keys of the configuration that name roles. */
const checkConfig = (
  { prompts, models, mcp = {} }: Config,
  { known, files }: { readonly known: readonly string[]; readonly files: OwnFiles },
): void => {
  const keys = [
    ...Object.keys(prompts).map(name => ["prompts", name] as const),
    ...Object.keys(models.roles).map(name => ["models.roles", name] as const),
  ];
  for (const [key, name] of keys)
    if (!known.includes(name))
      throw invalid(
        `${CONFIG_PATH}: \`${key}.${name}\`: there is no role "${name}". ${meantRole(name, known)} Correct the name.`,
      );
  for (const [server, { roles }] of Object.entries(mcp))
    for (const name of roles)
      if (!known.includes(name))
        throw invalid(
          `${CONFIG_PATH}: \`mcp.${server}.roles\`: there is no role "${name}". ${meantRole(name, known)} Correct the name.`,
        );
  const missing = Object.keys(prompts).find(name => !files.prompts.has(name));
  if (missing !== undefined)
    throw invalid(
      `${CONFIG_PATH}: \`prompts.${missing}\`: there is no ${PROMPTS_PATH}/${missing}.md. Add it, or take the key out.`,
    );
};

const invalid = (message: string): KinError =>
  new KinError(message, {
    code: "config_invalid",
    hint: "Mend the file on the default branch; docs/roles.md describes roles and prompts.",
  });
