// Reads the roles' prompts, which are beside specialists.yaml.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KinError } from "../core/model/error.ts";
import type { Roster, SpecialistsWithSkills } from "../core/model/role.ts";
import type { SkillShelf } from "../core/model/skill.ts";

export interface LoadedRoster {
  readonly roster: Roster;
  /** The text that every role's system prompt begins with. */
  readonly preamble: string;
  readonly skills: SkillShelf;
}

export const SKILLS_PATH = "prompts/skills";

/** `root` holds prompts/. Throws `roster_invalid`, which names the file. */
export const withPrompts = (
  { roles, routes, skills, built_in }: SpecialistsWithSkills,
  root: string,
): LoadedRoster => {
  const prompt = (name: string) => readText(join(root, "prompts", `${name}.md`));
  return {
    roster: {
      roles: new Map(roles.map(role => [role.name, { ...role, prompt: prompt(role.name) }])),
      routes,
    },
    preamble: prompt("shared/preamble"),
    skills: {
      suggested: skills,
      built_in,
      read: (name, file) => {
        const skill = built_in.find(one => one.name === name);
        if (skill === undefined || (file !== "SKILL.md" && !skill.files.includes(file))) return null;
        return readText(join(root, SKILLS_PATH, name, file));
      },
    },
  };
};

export const readText = (file: string): string => {
  try {
    const text = readFileSync(file, "utf8");
    if (text.trim() !== "") return text;
  } catch (error) {
    throw rosterInvalid(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}.`);
  }
  throw rosterInvalid(`${file} is empty.`);
};

export const rosterInvalid = (message: string): KinError =>
  new KinError(message, {
    code: "roster_invalid",
    hint: "Each role in specialists.yaml needs a prompt in prompts/<name>.md; docs/roles.md describes both.",
  });
