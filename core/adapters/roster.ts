// Reads specialists.yaml and the prompts beside it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { answerSchema } from "../model/answer.ts";
import { KinError } from "../model/error.ts";
import { type Roster, Specialists } from "../model/role.ts";

export interface LoadedRoster {
  readonly roster: Roster;
  /** The text that every role's system prompt begins with. */
  readonly preamble: string;
}

/** `root` holds specialists.yaml and prompts/. Throws `roster_invalid` naming file, key, found and allowed. */
export const loadRoster = (root: string): LoadedRoster => {
  const file = join(root, "specialists.yaml");
  const parsed = Specialists.safeParse(readYaml(file));
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues
        .map(issue => `${file}: ${issue.path.map(String).join(".")}: ${issue.message}`)
        .join("\n"),
    );
  }
  const roles = parsed.data.roles.map(entry => {
    answerSchema(entry.output_schema, `${file}: ${entry.name}.output_schema`);
    return [entry.name, { ...entry, prompt: readText(join(root, "prompts", `${entry.name}.md`)) }] as const;
  });
  const twice = roles.find(([name], index) => roles.findIndex(([other]) => other === name) !== index);
  if (twice !== undefined) throw invalid(`${file}: the role "${twice[0]}" stands there twice.`);
  return {
    roster: { roles: new Map(roles), routes: parsed.data.routes },
    preamble: readText(join(root, "prompts", "shared", "preamble.md")),
  };
};

const readYaml = (file: string): unknown => {
  const text = readText(file);
  try {
    return parse(text, { schema: "core", maxAliasCount: 0 });
  } catch (error) {
    throw invalid(
      `${file} is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    );
  }
};

const readText = (file: string): string => {
  try {
    const text = readFileSync(file, "utf8");
    if (text.trim() !== "") return text;
  } catch (error) {
    throw invalid(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}.`);
  }
  throw invalid(`${file} is empty.`);
};

const invalid = (message: string): KinError =>
  new KinError(message, {
    code: "roster_invalid",
    hint: "Each role in specialists.yaml needs a prompt in prompts/<name>.md; docs/roles.md describes both.",
  });
