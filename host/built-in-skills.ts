// The skills that come with Kin, in prompts/skills: read and checked when the bundle is made, so that a run reads no YAML.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { SKILL_NAME, type Skill } from "../core/model/skill.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { readText, rosterInvalid } from "./prompts.ts";

const Matter = z.looseObject({
  name: z.string().regex(SKILL_NAME).max(64),
  description: z.string().min(1).max(1024),
});

/** Throws `roster_invalid`, which names the file. */
export const readBuiltIn = (directory: string): readonly Skill[] =>
  (existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [])
    .filter(entry => entry.isDirectory())
    .map(({ name }) => readSkill(join(directory, name), name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const readSkill = (folder: string, directory: string): Skill => {
  const file = join(folder, "SKILL.md");
  const { inner } = splitFrontMatter(readText(file));
  const parsed = Matter.safeParse(inner === null ? null : parse(inner, { schema: "core" }));
  if (!parsed.success)
    throw rosterInvalid(`${file}: its front matter needs a \`name\` and a \`description\`.`);
  const { name, description } = parsed.data;
  if (name !== directory) throw rosterInvalid(`${file}: its name is ${name}, and its folder's ${directory}.`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter(path => path !== "SKILL.md");
  return { name, description, folder: null, files: files.sort() };
};
