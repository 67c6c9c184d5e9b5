// The skills of a repository, from a commit's tree: folders with SKILL.md below these two, of which the first wins if
// both have one of the same name.
import { isUtf8 } from "node:buffer";
import { SKILL_NAME, type Skill } from "../../core/model/skill.ts";
import { readFrontMatter } from "../../host/front-matter.ts";
import type { Git } from "./git.ts";
import * as trees from "./tree.ts";

const PLACES = [".github/kin/skills", ".claude/skills"];
const MOST = 40;
const MOST_FILES = 40;
const MOST_BYTES = 128 * 1024;
const LONGEST_DESCRIPTION = 1024;

export const skillsIn = async (
  git: Git,
  entries: trees.Entries,
): Promise<{ readonly own: readonly Skill[]; readonly left_out: readonly string[] }> => {
  const folders = PLACES.flatMap(place =>
    [...entries.keys()].flatMap(path =>
      path.startsWith(`${place}/`) && /^[^/]+\/SKILL\.md$/.test(path.slice(place.length + 1))
        ? [path.slice(0, -"/SKILL.md".length)]
        : [],
    ),
  );
  const own: Skill[] = [];
  const left_out: string[] = [];
  const names = [...entries.keys()];
  for (const folder of folders.slice(0, MOST)) {
    const read = await readSkill(folder, { git, entries, names });
    if (typeof read === "string") left_out.push(`${folder}: ${read}`);
    else if (own.some(({ name }) => name === read.name))
      left_out.push(`${folder}: there is another skill of the name ${read.name}`);
    else own.push(read);
  }
  if (folders.length > MOST) left_out.push(`${folders.length - MOST} more skills: ${MOST} are read`);
  return { own, left_out };
};

const readSkill = async (
  folder: string,
  {
    git,
    entries,
    names,
  }: { readonly git: Git; readonly entries: trees.Entries; readonly names: readonly string[] },
): Promise<Skill | string> => {
  const text = await textIn(git, entries, `${folder}/SKILL.md`);
  if (text === null) return "its SKILL.md is no file of text of up to 128 KiB";
  const { data } = await readFrontMatter(text);
  const given = (key: string): string | null => (typeof data[key] === "string" ? data[key] : null);
  const name = (given("name") ?? folder.slice(folder.lastIndexOf("/") + 1)).trim();
  const description = (given("description") ?? "").replace(/[\s\p{C}]+/gu, " ").trim();
  if (!SKILL_NAME.test(name) || name.length > 64)
    return "its name is none: lower-case letters, digits, hyphens";
  if (description === "") return "its front matter has no `description`";
  const files = names.flatMap(path =>
    path.startsWith(`${folder}/`) &&
    path !== `${folder}/SKILL.md` &&
    entries.get(path)?.mode.startsWith("100")
      ? [path.slice(folder.length + 1)]
      : [],
  );
  return {
    name,
    description: description.slice(0, LONGEST_DESCRIPTION).toWellFormed(),
    folder,
    files: files.filter(path => path.length <= 200 && !/\p{C}/u.test(path)).slice(0, MOST_FILES),
  };
};

/** Null if it is not a regular file, not text, or too large. */
export const textIn = async (git: Git, entries: trees.Entries, path: string): Promise<string | null> => {
  const entry = entries.get(path);
  if (!entry?.mode.startsWith("100")) return null;
  if (((await trees.blobSizes(git, [entry.sha])).get(entry.sha) ?? 0) > MOST_BYTES) return null;
  const blob = (await trees.readBlobs(git, [entry.sha])).get(entry.sha);
  return blob !== undefined && isUtf8(blob) ? blob.toString("utf8").replace(/^\ufeff/, "") : null;
};
