// The three steps of a release: changes become a version, the commit that has it is tagged, the tag gets notes.
//
// A commit cannot name itself. So a tag is two commits after the one on main that it releases: in the first the
// workflows run the Action of that commit, in the second the caller calls the workflow of the first. On main the
// placeholder stays.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import { nextVersion, notesOf, readChange, sectionOf } from "./changes.ts";

const CHANGES = ".changeset";
const CHANGELOG = "CHANGELOG.md";
const TITLE = "# Changelog\n";

const RUN_THE_ACTION = ["workflow/kin.yml", ".github/workflows/pipeline.yml"];
const CALL_THE_WORKFLOW = ["workflow/kin-caller.yml"];
/** In a `uses` line; comments may mention it as well. */
const PLACEHOLDER = /(?<=\buses: )kin\/kin(\/\S+)?@v0$/gm;

/** Moves the changes into the changelog, removes their files, and returns the resulting version. */
export const writeVersion = (root: string): string => {
  const files = readdirSync(join(root, CHANGES)).filter(name => /^(?!README).*\.md$/.test(name));
  if (files.length === 0) throw refusal("Nothing has changed that people notice", `${CHANGES} is empty.`);
  const changes = files.toSorted().map(name => readChange(read(root, join(CHANGES, name)), name));
  const version = nextVersion(versionIn(root), changes);
  for (const name of ["package.json", "package-lock.json"])
    rewrite(root, name, text => text.replace(VERSION, `$1"${version}"`));
  const before = existsSync(join(root, CHANGELOG)) ? read(root, CHANGELOG).slice(TITLE.length) : "";
  writeFileSync(join(root, CHANGELOG), `${TITLE}\n${sectionOf(version, changes)}\n${before}`);
  for (const name of files) rmSync(join(root, CHANGES, name));
  return version;
};

/** Tags HEAD for the copy of Kin at `repository` (owner/name), and returns the tag. The work tree is not changed. */
export const tagVersion = (root: string, repository: string): string => {
  const tag = `v${versionIn(root)}`;
  notesFor(root, tag);
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw refusal("Whose copy of Kin is that", "Name its repository: npm run release -- tag owner/name");
  if (git(root, "status", "--porcelain") !== "")
    throw refusal("There is something that is not committed", "A tag is of a commit.");
  const place = mkdtempSync(join(tmpdir(), "kin-release-"));
  git(root, "worktree", "add", "--quiet", "--detach", place);
  try {
    for (const files of [RUN_THE_ACTION, CALL_THE_WORKFLOW]) {
      const commit = git(place, "rev-parse", "HEAD");
      for (const file of files)
        rewrite(place, file, text =>
          text.replace(PLACEHOLDER, (_, path = "") => `${repository}${path}@${commit} # ${tag}`),
        );
      git(place, "commit", "--quiet", "--all", "--message", `${tag}: ${files.join(", ")}`);
    }
    git(place, "tag", "--annotate", "--message", tag, tag);
  } finally {
    git(root, "worktree", "remove", "--force", place);
  }
  return tag;
};

/** The changelog's notes for a tag; throws if the tag's version differs, or it still has the placeholder. */
export const notesFor = (root: string, tag: string): string => {
  const version = versionIn(root);
  const notes = notesOf(existsSync(join(root, CHANGELOG)) ? read(root, CHANGELOG) : "", version);
  if (tag !== `v${version}`) throw refusal(`${tag} is no tag of version ${version}`, "package.json has it.");
  if (notes === null) throw refusal(`${CHANGELOG} has nothing of ${version}`, "`npm run release` writes it.");
  return notes;
};

/** The workflows that still have the placeholder. */
export const withPlaceholder = (root: string): readonly string[] =>
  [...RUN_THE_ACTION, ...CALL_THE_WORKFLOW].filter(file => read(root, file).search(PLACEHOLDER) >= 0);

const VERSION = /("name": "kin",\s+"version": )"[^"]+"/g;
const versionIn = (root: string): string => JSON.parse(read(root, "package.json")).version;

const read = (root: string, file: string): string => readFileSync(join(root, file), "utf8");
const rewrite = (root: string, file: string, change: (text: string) => string): void =>
  writeFileSync(join(root, file), change(read(root, file)));
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync("git", args, { cwd, encoding: "utf8" }).trim();

const refusal = (message: string, hint: string): KinError =>
  new KinError(`${message}.`, { code: "release_refused", hint });
