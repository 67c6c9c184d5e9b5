// The skills that Kin brings along, and which are suggested for what.
import type { Skill, SuggestedSkills } from "./skill.ts";

/** Contract: `read` gives a file that stands among the skill's, or its SKILL.md; null where it is not there. */
export interface SkillShelf {
  readonly suggested: SuggestedSkills;
  readonly built_in: readonly Skill[];
  readonly read: (name: string, file: string) => string | null;
}
