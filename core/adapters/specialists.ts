// Reads specialists.yaml: who can work on a task, by name.
import { parse } from "yaml";
import { answerSchema } from "../model/answer.ts";
import { Specialists } from "../model/role.ts";
import { readText, rosterInvalid } from "./prompts.ts";

/** Throws `roster_invalid` or `output_schema_invalid` naming file, key, found and allowed. */
export const readSpecialists = (file: string): Specialists => {
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
  return parsed.data;
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
