// What a running pipeline has at hand.

import type { Clock } from "../../core/model/clock.ts";
import type { Roster } from "../../core/model/role.ts";
import type { SkillShelf } from "../../core/model/skill.ts";
import type { LanguageModel } from "./ports/model.ts";
import type { ToolServers } from "./ports/tool-servers.ts";
import type { Workbench } from "./ports/workbench.ts";

export interface World {
  readonly model: LanguageModel;
  readonly workbench: Workbench;
  /** Absent if the configuration names no MCP server. */
  readonly servers?: ToolServers;
  readonly roster: Roster;
  /** The text that begins every role's system prompt. */
  readonly preamble: string;
  readonly skills?: SkillShelf;
  readonly clock: Clock;
  /** A fresh, unguessable token. */
  readonly random: () => string;
  /** For people who watch: one line per event. */
  readonly log: (line: string) => void;
}
