// What setup read in the repository, for people who wonder what roles were told; without its text.
import { countsFor } from "../agents/guides.ts";
import type { Guide, Guides } from "../model/guide.ts";
import { joined } from "../model/joined.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { safeInline } from "../text/safe.ts";
import { plural } from "./format.ts";
import { list, table } from "./frame.ts";
import { codeOf } from "./term.ts";

export const knownTable = ({ setup }: Pipeline): string => {
  if (setup === null) return "";
  const { guides, scopes = [], skills } = setup;
  return joined("\n\n", [
    guides === undefined ? "" : guidesTable(guides),
    scopes.length === 0
      ? ""
      : `Parts of the workspace, offered as modules: ${listOf(scopes.map(({ path }) => path))}.`,
    skills === undefined || skills.listed.length === 0
      ? ""
      : `Skills that roles may load: ${listOf(skills.listed.map(({ name }) => name))}.`,
    list((skills?.notes ?? []).slice(0, MOST_NAMED).map(note => safeInline(note, { limit: 300 }))),
  ]);
};

const MOST_NAMED = 20;

const listOf = (names: readonly string[]): string =>
  [
    ...names.slice(0, MOST_NAMED).map(codeOf),
    ...(names.length > MOST_NAMED ? [`${names.length - MOST_NAMED} more`] : []),
  ].join(", ");

const guidesTable = (guides: Guides): string => {
  const rows = guides.files.map(guide => [
    codeOf(guide.path),
    safeInline(countsFor(guide), { limit: 200 }),
    sizeOf(guide),
    stateOf(guide),
  ]);
  const more = moreOf(guides);
  return `${table(["File", "Counts for", ">Size", "Read"], rows)}${more === "" ? "" : `\n\n${more}`}`;
};

/** 12.3 KB */
export const sizeOf = ({ bytes }: Pick<Guide, "bytes">): string => `${(bytes / 1000).toFixed(1)} KB`;

const WORDS = { whole: "whole", cut: "cut", named: "named only", left_out: "left out" } as const;

export const stateOf = ({ shown, why }: Pick<Guide, "shown" | "why">): string =>
  why === null ? WORDS[shown] : `${WORDS[shown]}: ${why}`;

export const moreOf = ({ more }: Guides): string =>
  more === 0 ? "" : `${plural(more, "more file")} of this kind: not looked at.`;
