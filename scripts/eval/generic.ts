// The same role with the short prompt that serves all roles: what our prompts have to beat.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { roleOf, rosterWith } from "../../core/agents/roster.ts";
import type { Roster } from "../../core/model/role.ts";

/** Replaces the prompt in the way a repository's own prompt would. */
export const withGenericPrompt = (roster: Roster, name: string): Roster => {
  const { description, output_schema } = roleOf(roster, name);
  const words: Readonly<Record<string, string>> = {
    role: name,
    description: description.replace(/\s*See also:.*$/s, ""),
    output_schema: stringify(output_schema, { lineWidth: 0 }).trim(),
  };
  const text = TEMPLATE().replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? "");
  return rosterWith(roster, { roles: [], prompts: { [name]: { text, how: "replace" } } });
};

const TEMPLATE = (): string => readFileSync(join(import.meta.dirname, "generic.md"), "utf8");
