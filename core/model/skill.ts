// A skill: a folder with SKILL.md, which explains how a kind of work is done well, and files beside it. Roles see names and
// descriptions, and load what they need.
import * as z from "zod";

export const SKILL_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const Skill = z.object({
  name: z.string(),
  description: z.string(),
  /** In the repository; null if it is one of Kin's own. */
  folder: z.string().nullable(),
  /** What lies beside SKILL.md, relative to it. Nothing else in the folder is read. */
  files: z.array(z.string()),
});
export type Skill = z.infer<typeof Skill>;

export const Skills = z.object({
  listed: z.array(Skill),
  /** What is missing or was left out, for people. */
  notes: z.array(z.string()),
});
export type Skills = z.infer<typeof Skills>;

/** Maps what was detected in a project to the names of the skills suggested for it. */
export const SuggestedSkills = z.record(z.string(), z.array(z.string().regex(SKILL_NAME).max(64)));
export type SuggestedSkills = z.infer<typeof SuggestedSkills>;

/** Contract: `read` returns SKILL.md or one of the skill's `files`; null if it is not there. */
export interface SkillShelf {
  readonly suggested: SuggestedSkills;
  readonly built_in: readonly Skill[];
  readonly read: (name: string, file: string) => string | null;
}

/** Skills found in a repository, and the languages it is written in. */
export interface FoundSkills {
  readonly own: readonly Skill[];
  /** Why others were left out. */
  readonly left_out: readonly string[];
  readonly languages: readonly string[];
}
