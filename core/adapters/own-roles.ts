// A repository's own roles and prompts: `.github/kin/roles.yml` and `.github/kin/prompts/<role>.md`, read from the
// default branch like the configuration, and frozen with each pipeline.
import { parse } from "yaml";
import { z } from "zod";
import { answerSchema } from "../model/answer.ts";
import type { Config } from "../model/config.ts";
import { KinError } from "../model/error.ts";
import { type OwnRoles, RoleEntry, type Roster } from "../model/role.ts";

export const ROLES_PATH = ".github/kin/roles.yml";
export const PROMPTS_PATH = ".github/kin/prompts";
const LARGEST_PROMPT = 32 * 1024;

const RolesFile = z.strictObject({ roles: z.array(RoleEntry).max(20) });

export interface OwnFiles {
  readonly roles: string | null;
  /** By role: the text of `.github/kin/prompts/<role>.md`. */
  readonly prompts: ReadonlyMap<string, string>;
}

/** Throws `config_invalid` that names file, key, what was found and what is allowed. */
export const readOwnRoles = (
  files: OwnFiles,
  { config, roster }: { readonly config: Config; readonly roster: Roster },
): OwnRoles => {
  const roles = files.roles === null ? [] : parseRoles(files.roles, roster);
  const known = new Set([...roster.roles.keys(), ...roles.map(role => role.name)]);
  for (const [name, text] of files.prompts) {
    const file = `${PROMPTS_PATH}/${name}.md`;
    if (!known.has(name))
      throw invalid(`${file}: there is no role "${name}". Known: ${[...known].join(", ")}.`);
    if (text.trim() === "") throw invalid(`${file} is empty.`);
    if (text.length > LARGEST_PROMPT) throw invalid(`${file} is larger than 32 KiB.`);
  }
  for (const name of [...Object.keys(config.prompts), ...Object.keys(config.models.roles)])
    if (!known.has(name))
      throw invalid(`.github/kin.yml: there is no role "${name}". Known: ${[...known].join(", ")}.`);
  const bare = roles.find(role => !files.prompts.has(role.name));
  if (bare !== undefined)
    throw invalid(`${ROLES_PATH}: "${bare.name}" needs a prompt in ${PROMPTS_PATH}/${bare.name}.md.`);
  const prompts = [...files.prompts].map(
    ([name, text]) => [name, { text, how: config.prompts[name] ?? ("extend" as const) }] as const,
  );
  return { roles, prompts: Object.fromEntries(prompts) };
};

const parseRoles = (text: string, roster: Roster): RoleEntry[] => {
  const parsed = RolesFile.safeParse(fromYaml(text) ?? { roles: [] });
  if (!parsed.success)
    throw invalid(
      parsed.error.issues
        .slice(0, 5)
        .map(issue => `${ROLES_PATH}: ${issue.path.map(String).join(".")}: ${issue.message}`)
        .join("\n"),
    );
  const { roles } = parsed.data;
  for (const [index, role] of roles.entries()) {
    const taken = roster.roles.has(role.name) || roles.findIndex(({ name }) => name === role.name) !== index;
    if (taken)
      throw invalid(
        `${ROLES_PATH}: the name "${role.name}" is taken. Choose another, or change that role's prompt.`,
      );
    if (role.head) throw invalid(`${ROLES_PATH}: "${role.name}": heads are built in; leave \`head\` out.`);
    try {
      answerSchema(role.output_schema, `${ROLES_PATH}: ${role.name}.output_schema`);
    } catch (error) {
      throw error instanceof KinError ? invalid(`${error.message}. ${error.hint}`) : error;
    }
  }
  return roles;
};

const fromYaml = (text: string): unknown => {
  try {
    return parse(text, { schema: "core", maxAliasCount: 0 });
  } catch (error) {
    throw invalid(
      `${ROLES_PATH} is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
    );
  }
};

const invalid = (message: string): KinError =>
  new KinError(message, {
    code: "config_invalid",
    hint: "Mend the file on the default branch; docs/roles.md describes roles and prompts.",
  });
