// One file that is set up: looked at, written if it is missing, and otherwise left alone unless forced.
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KinError } from "../../core/model/error.ts";
import { type Check, failedBy, ok, unknown } from "../doctor/check.ts";
import type { Git } from "./git.ts";

export interface WantedFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Texts that are right, too, if the file already has one of them. */
  readonly alternatives: readonly string[];
  /** Texts that are overwritten without `--force`: Kin's own, with nothing of anybody's in them. */
  readonly replaced: readonly string[];
}

export interface Placing {
  readonly root: string;
  readonly git: Git;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface Placed {
  readonly check: Check;
  /** The text or the difference that a person should see, with a title; null if there is none. */
  readonly shown: { readonly title: string; readonly text: string } | null;
}

export const placeFile = (file: WantedFile, placing: Placing): Placed => {
  try {
    const found = readFound(placing.root, file.path);
    if (found === null) return placeNew(file, placing);
    if ([file.text, ...file.alternatives].includes(found))
      return { check: ok(file.path, "is there and right"), shown: null };
    return placeOver(file, file.replaced.includes(found) ? { ...placing, force: true } : placing);
  } catch (error) {
    const remedy = `Look at ${join(placing.root, file.path)}: whoever calls kin must be able to write there.`;
    return { check: failedBy(file.path, error, remedy), shown: null };
  }
};

/** GitHub follows no links here, and a link may lead to anybody's file. */
const readFound = (root: string, path: string): string | null => {
  const above = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  for (const part of above) {
    const state = lstatSync(join(root, part), { throwIfNoEntry: false });
    if (state === undefined) return null;
    if (state.isSymbolicLink())
      throw new KinError(`${part} is a symbolic link.`, {
        code: "file_is_link",
        hint: "Put a plain directory and a plain file there: GitHub reads neither workflow nor configuration through a link.",
      });
  }
  return readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
};

const placeNew = ({ path, text }: WantedFile, { root, dryRun }: Placing): Placed => {
  if (dryRun) return { check: unknown(path, "would be written, as below"), shown: { title: path, text } };
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { flag: "wx" });
  return { check: ok(path, "written"), shown: null };
};

const placeOver = ({ path, text }: WantedFile, { root, git, force, dryRun }: Placing): Placed => {
  const title = `${path}: as it was found (-), as kin init writes it (+)`;
  const shown = { title, text: differenceTo(text, path, git) };
  if (!force) {
    const remedy =
      "Take over by hand what you want of the difference below; --force overwrites the file, and what is your own in it (-) goes.";
    return { check: unknown(path, "differs, and is left as it is", remedy), shown };
  }
  if (dryRun) return { check: unknown(path, "would be overwritten, as below"), shown };
  writeFileSync(join(root, path), text);
  return { check: ok(path, "overwritten, as below"), shown };
};

/** Without git's header lines, which name a file that does not exist. */
const differenceTo = (text: string, path: string, git: Git): string => {
  const options = ["--no-color", "--no-ext-diff", "--no-textconv", "--text", "--ignore-cr-at-eol"];
  const { out, err } = git(["diff", "--no-index", ...options, "--", path, "-"], text);
  const from = out.indexOf("\n@@");
  if (from < 0) throw new Error(`git shows no difference: ${err}`);
  return out.slice(from + 1);
};
