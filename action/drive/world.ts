// What a running pipeline has at hand.

import type { Clock } from "../../core/model/clock.ts";
import type { Roster } from "../../core/model/role.ts";
import type { SkillShelf } from "../../core/model/shelf.ts";
import type { LanguageModel } from "./ports/model.ts";
import type { ToolServers } from "./ports/tool-servers.ts";
import type { Workbench } from "./ports/workbench.ts";

export interface World {
  readonly model: LanguageModel;
  readonly workbench: Workbench;
  /** Absent where the configuration names no MCP server. */
  readonly servers?: ToolServers;
  readonly roster: Roster;
  /** The text that every role's system prompt begins with. */
  readonly preamble: string;
  /** What Kin brings along; none where absent. */
  readonly skills?: SkillShelf;
  readonly clock: Clock;
  /** A fresh token that nobody can guess. */
  readonly random: () => string;
  /** For people who watch: one line an event. */
  readonly log: (line: string) => void;
}
