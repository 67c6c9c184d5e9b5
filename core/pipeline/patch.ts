// The control plane's own look at a patch before it commits it: a runner's word is not enough.

import type { FileChange } from "../model/change.ts";
import { bytesOf } from "../model/patch/bytes.ts";
import { contentProblem } from "../model/patch/content-rules.ts";
import { look, type Note } from "../model/patch/look.ts";
import { collisions, MAX_PATCH_BYTES, MAX_PATCH_FILES, MAX_PATCH_NAMES } from "../model/patch/patch-rules.ts";
import { placeProblem } from "../model/patch/path-rules.ts";
import { secretProblem } from "../model/patch/secrets.ts";

export interface PatchRules {
  /** Patterns from the config. */
  readonly protected: readonly string[];
  /** What the `refusable` files held before, by path: a test's key that was already there may stay. */
  readonly before: ReadonlyMap<string, string>;
  /** Of the tree that it goes onto: `GitHub.files` of the port. */
  readonly files: ReadonlyMap<string, string> | null;
}

/** Why a patch is not committed, for the task's status; null if it may be. */
export const checkPatch = (changes: readonly FileChange[], rules: PatchRules): string | null => {
  const total = tooMuch(changes);
  if (total !== null) return refusal("the patch", `it has ${total}`);
  if (rules.files === null) return refusal("the patch", UNSEEN); // guard: onto-what-is-seen
  const { files } = rules;
  const colliding = collidingIn(changes, files);
  for (const change of changes) {
    const problem =
      placeProblem(change.path, rules.protected) ??
      kindProblem(change, files) ??
      colliding.get(change.path) ??
      contentProblem(change, rules.before.get(change.path) ?? "");
    if (problem !== null) return refusal(called(change.path), problem);
  }
  return null;
};

/** The reason is shown and logged, so it must not name a secret. */
const called = (path: string): string =>
  secretProblem(path, "") === null ? `\`${path.slice(0, 200)}\`` : "a file"; // guard: no-secret-in-a-reason

/** The same for all that a pull request would bring: `changes` is everything of Kin's in it, including the new patch. */
export const checkPull = (changes: readonly FileChange[]): string | null => {
  const total = tooMuch(changes);
  return total === null
    ? null
    : refusal("the patch", `with what was committed before, the pull request would have ${total}`);
};

/** What a patch has too much of, and how much is allowed; null if all of it fits. */
export const tooMuch = (changes: readonly FileChange[]): string | null => {
  const bytes = changes.reduce((sum, change) => sum + bytesOf(change), 0);
  const names = changes.reduce((sum, { path }) => sum + path.length, 0);
  if (changes.length > MAX_PATCH_FILES) return `${changes.length} files and ${MAX_PATCH_FILES} are allowed`;
  if (bytes > MAX_PATCH_BYTES) return `${bytes} bytes and ${MAX_PATCH_BYTES} are allowed`;
  if (names > MAX_PATCH_NAMES) return `${names} characters of paths and ${MAX_PATCH_NAMES} are allowed`; // guard: path-sum
  return null;
};

const UNSEEN =
  "it goes onto a tree of more than 100,000 files, of which GitHub lists a part, and touches too many directories of it to ask for each";

/** Deleting a path that is not a file would remove a whole directory. */
const kindProblem = ({ path, content }: FileChange, files: ReadonlyMap<string, string>): string | null => {
  if (files.get(path) === "160000") return "it is a submodule";
  return content === null && !files.has(path) ? "it is no file that could be deleted" : null;
};

/** As the recorder checks the whole tree: how it looks after the patch. */
const collidingIn = (
  changes: readonly FileChange[],
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const after = new Set(files.keys());
  for (const { path, content } of changes) content === null ? after.delete(path) : after.add(path);
  const added = changes.filter(({ path, content }) => content !== null && !files.has(path));
  return collisions(
    added.map(({ path }) => path),
    after,
  );
};

/** The paths that would be refused if the file were new; what it held before has to be looked at. */
export const refusable = (changes: readonly FileChange[]): readonly string[] =>
  changes.filter(change => contentProblem(change, "") !== null).map(({ path }) => path);

/** The paths that would have notes if the file were new. */
export const noted = (changes: readonly FileChange[]): readonly string[] =>
  changes.filter(change => look([{ change, before: null }], 1).length > 0).map(({ path }) => path);

/** What a reader should not miss in a patch. `before`: what the `noted` files hold in the tree that it is compared with. */
export const notesOnPatch = (
  changes: readonly FileChange[],
  before: ReadonlyMap<string, string>,
): readonly Note[] => look(changes.map(change => ({ change, before: before.get(change.path) ?? null })));

const refusal = (what: string, why: string): string =>
  `Kin did not commit ${what}: ${why}. A person has to look at it.`;
