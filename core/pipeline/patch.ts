// The control plane's own look at a patch before it commits it: a runner's word is not enough.

import type { FileChange } from "../model/change.ts";
import { MAX_PATCH_BYTES, MAX_PATCH_FILES, secretProblem, sizeProblem } from "../model/patch/patch-rules.ts";
import { nameProblem, protectedProblem } from "../model/patch/path-rules.ts";

export interface PatchRules {
  /** Patterns of the config's. */
  readonly protected: readonly string[];
  /** What files that look as if they held a secret held before, by path: a test's key that was there may stay. */
  readonly before: ReadonlyMap<string, string>;
}

/** Why a patch is not committed, for the task's status; null where it may be. */
export const checkPatch = (changes: readonly FileChange[], rules: PatchRules): string | null => {
  const sizes = changes.map(change => ({ path: change.path, bytes: bytesOf(change) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (changes.length > MAX_PATCH_FILES)
    return refusal("the patch", `it has ${changes.length} files and ${MAX_PATCH_FILES} are allowed`);
  if (total > MAX_PATCH_BYTES)
    return refusal("the patch", `it has ${total} bytes and ${MAX_PATCH_BYTES} are allowed`);
  for (const change of changes) {
    const problem =
      nameProblem(change.path) ??
      protectedProblem(change.path, rules.protected) ??
      sizeProblem(bytesOf(change)) ??
      secretProblem(textOf(change), rules.before.get(change.path) ?? "");
    if (problem !== null) return refusal(`\`${change.path.slice(0, 200)}\``, problem);
  }
  return null;
};

/** The paths of which somebody has to see what was there before. */
export const holdingSecrets = (changes: readonly FileChange[]): readonly string[] =>
  changes.filter(change => secretProblem(textOf(change), "") !== null).map(({ path }) => path);

const textOf = ({ content, encoding }: FileChange): string =>
  content === null ? "" : encoding === "base64" ? decoded(content) : content;

/** A byte a character. What is no base64 cannot become a file either: GitHub refuses it. */
const decoded = (content: string): string => {
  try {
    return atob(content);
  } catch {
    return content;
  }
};

const bytesOf = ({ content, encoding }: FileChange): number =>
  content === null
    ? 0
    : encoding === "base64"
      ? Math.floor((content.length * 3) / 4)
      : new TextEncoder().encode(content).length;

const refusal = (what: string, why: string): string =>
  `Kin did not commit ${what}: ${why}. A person has to look at it.`;
