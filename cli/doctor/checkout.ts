// The checkout that the doctor is called in: what a run would read of it if its last commit were the default branch's.

import { openGit } from "../../action/workbench/git.ts";
import { guidesIn } from "../../action/workbench/guides.ts";
import { detectLanguages } from "../../action/workbench/languages.ts";
import { scopesIn } from "../../action/workbench/scopes.ts";
import { readRoot } from "../../action/workbench/setup-stage.ts";
import { skillsIn } from "../../action/workbench/skills.ts";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { listTree } from "../../action/workbench/tree.ts";
import { countsFor, toGuides } from "../../core/agents/guides.ts";
import { toSkills } from "../../core/agents/skills.ts";
import type { ModuleRecord } from "../../core/model/knowledge.ts";
import type { Skills } from "../../core/model/skill.ts";
import { moreOf, sizeOf, stateOf } from "../../core/report/known-table.ts";
import { visible } from "../../core/text/invisible.ts";
import { loadRoster } from "../../host/roster.ts";
import { ROOT } from "../../local/world.ts";
import type { Env } from "../arguments.ts";
import { createGit } from "../init/git.ts";
import { type Check, failedBy, ok } from "./check.ts";

/** Nothing if there is no checkout, or no commit in it. */
export const checkCheckout = async (directory: string, env: Env): Promise<readonly Check[]> => {
  const program = findProgram("git", env.PATH ?? "");
  if (program === null) return [];
  const { code, out } = createGit(directory, env)(["rev-parse", "--absolute-git-dir", "HEAD"]);
  const [dir, commit] = out.trim().split("\n");
  if (code !== 0 || dir === undefined || commit === undefined) return [];
  try {
    const git = openGit({ dir, program });
    const entries = await listTree(git, commit);
    const guides = toGuides(await guidesIn(git, entries));
    const lines = guides.files.map(
      guide => `${guide.path}, ${sizeOf(guide)}, for ${countsFor(guide)}: ${stateOf(guide)}`,
    );
    const all = [...lines, moreOf(guides)].filter(line => line !== "").map(line => visible(line).text);
    return [
      ok(
        "guides",
        all.length === 0
          ? `HEAD (${commit.slice(0, 7)}) has none: no AGENTS.md, nor what is read in its place`
          : `what roles are told of HEAD (${commit.slice(0, 7)}), where it is the default branch's:\n${all.join("\n")}`,
      ),
      modulesCheck(await scopesIn(git, entries)),
      skillsCheck(
        toSkills(
          {
            ...(await skillsIn(git, entries)),
            languages: detectLanguages(entries.keys(), (await readRoot(git, entries)).file),
          },
          loadRoster(ROOT).skills,
        ),
      ),
    ];
  } catch (error) {
    return [failedBy("guides", error, "Look at the checkout with `git fsck`.")];
  }
};

const modulesCheck = (scopes: readonly ModuleRecord[]): Check =>
  ok(
    "modules",
    scopes.length === 0
      ? "HEAD has no workspace of npm, pnpm, cargo, go or uv"
      : `parts of the workspace: ${visible(scopes.map(({ path }) => path).join(", ")).text}`,
  );

const skillsCheck = ({ listed, notes }: Skills): Check => {
  const [own, brought] = [true, false].map(isOwn =>
    listed.filter(({ folder }) => (folder !== null) === isOwn).map(({ name }) => name),
  );
  const lines = [
    `of its own: ${own?.join(", ") || "none"}`,
    `of Kin's, for what it is written in: ${brought?.join(", ") || "none"}`,
    ...notes,
  ];
  return ok("skills", visible(lines.join("\n")).text);
};
