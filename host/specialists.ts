// Reads specialists.yaml: who can work on a task, by name.
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { answerSchema } from "../core/model/answer.ts";
import { Specialists, type SpecialistsWithSkills } from "../core/model/role.ts";
import { readBuiltIn } from "./built-in-skills.ts";
import { readText, rosterInvalid, SKILLS_PATH } from "./prompts.ts";

/** Throws `roster_invalid` or `output_schema_invalid`, which name file, key, what was found and what is allowed. */
export const readSpecialists = (file: string): SpecialistsWithSkills => {
  const parsed = Specialists.safeParse(readYaml(file));
  if (!parsed.success) {
    throw rosterInvalid(
      parsed.error.issues
        .map(issue => `${file}: ${issue.path.map(String).join(".")}: ${issue.message}`)
        .join("\n"),
    );
  }
  const { roles } = parsed.data;
  for (const { name, output_schema } of roles) answerSchema(output_schema, `${file}: ${name}.output_schema`);
  const twice = roles.find(({ name }, index) => roles.findIndex(other => other.name === name) !== index);
  if (twice !== undefined) throw rosterInvalid(`${file}: the role "${twice.name}" stands there twice.`);
  return { ...parsed.data, built_in: readBuiltIn(join(dirname(file), SKILLS_PATH)) };
};

const readYaml = (file: string): unknown => {
  const text = readText(file);
  try {
    return parse(text, { schema: "core", maxAliasCount: 0 });
  } catch (error) {
    throw rosterInvalid(
      `${file} is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    );
  }
};
