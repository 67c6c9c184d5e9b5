// The skills that come with Kin, and which are suggested for what.
import type { Skill, SuggestedSkills } from "./skill.ts";

/** Contract: `read` returns SKILL.md or one of the skill's `files`; null if it is not there. */
export interface SkillShelf {
  readonly suggested: SuggestedSkills;
  readonly built_in: readonly Skill[];
  readonly read: (name: string, file: string) => string | null;
}
