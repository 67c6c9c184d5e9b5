// Which skills roles are offered, and what loading one returns: the project's text or Kin's own, cleaned and bounded.

import type { FoundSkills, Skill, SkillShelf, Skills } from "../model/skill.ts";
import { clean } from "../text/clean.ts";
import { visible } from "../text/invisible.ts";

/** Suggested for every project, whatever it is written in. */
const ALWAYS = ["performance", "general"];

/** The project's own, and those of Kin's that are suggested for its languages; its own win. */
export const toSkills = (
  { own, left_out, languages }: FoundSkills,
  { suggested, built_in }: Pick<SkillShelf, "suggested" | "built_in">,
): Skills => {
  const reasons = new Map<string, string>();
  for (const language of [...languages, ...ALWAYS])
    for (const name of suggested[language] ?? []) if (!reasons.has(name)) reasons.set(name, language);
  const names = new Set(own.map(({ name }) => name));
  const missing = [...reasons].filter(
    ([name]) => !names.has(name) && !built_in.some(skill => skill.name === name),
  );
  return {
    listed: [
      ...own.map(skill => ({
        ...skill,
        description: visible(skill.description).text,
        files: [...skill.files],
      })),
      ...[...reasons.keys()].flatMap(
        name => built_in.find(skill => skill.name === name && !names.has(name)) ?? [],
      ),
    ],
    notes: [
      ...left_out,
      ...missing.map(([name, language]) => `${name}: suggested for ${language}, and nobody has written it`),
    ],
  };
};

const MOST_LISTED = 12_000;
const LONGEST = 400;

/** One line each; without room for that, the name alone. */
export const skillLines = (skills: Skills | undefined): string => {
  let room = MOST_LISTED;
  return (skills?.listed ?? [])
    .map(({ name, description }) => {
      const line = `- ${name}: ${description.length > LONGEST ? `${description.slice(0, LONGEST).toWellFormed()}…` : description}`;
      if (line.length > room) return `- ${name}`;
      room -= line.length;
      return line;
    })
    .join("\n");
};

/** Which file a call of the tool asks for; a sentence if there is none. */
export const askedFor = (
  input: unknown,
  skills: Skills | undefined,
): { readonly skill: Skill; readonly file: string } | string => {
  const { name, file = "SKILL.md" } = (input ?? {}) as { readonly name?: unknown; readonly file?: unknown };
  const listed = skills?.listed ?? [];
  const skill = listed.find(one => one.name === name);
  if (skill === undefined)
    return `There is no such skill. ${listed.length === 0 ? "There is none here." : `There are: ${listed.map(one => one.name).join(", ")}.`}`;
  // Only what was found in the folder, so that no path leads elsewhere.
  if (file === "SKILL.md" || skill.files.some(one => one === file)) return { skill, file: String(file) };
  return `The skill ${skill.name} has no such file. ${filesOf(skill)}`;
};

const filesOf = ({ files }: Skill): string =>
  files.length === 0
    ? "It has SKILL.md alone."
    : `Its files, to be loaded with \`file\`: ${files.join(", ")}.`;

const MOST_LOADED = 32_000;

/** Markdown as a reader sees it; in any other file, invisible characters are made visible. */
export const loaded = (
  text: string,
  { skill, file }: { readonly skill: Skill; readonly file: string },
): string => {
  const { text: shown } = file.endsWith(".md")
    ? clean(text, { limit: MOST_LOADED })
    : { text: cut(visible(text).text) };
  return file === "SKILL.md" && skill.files.length > 0 ? `${shown.trimEnd()}\n\n(${filesOf(skill)})` : shown;
};

const cut = (text: string): string =>
  text.length <= MOST_LOADED
    ? text
    : `${text.slice(0, MOST_LOADED).toWellFormed()}\n(cut here: ${text.length} characters)`;
