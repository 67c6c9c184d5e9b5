// The control plane's own look at a patch before it commits it: a runner's word is not enough.

import type { FileChange } from "../model/change.ts";
import { MAX_PATCH_BYTES, MAX_PATCH_FILES, secretProblem, sizeProblem } from "../model/patch/patch-rules.ts";
import { nameProblem, protectedProblem } from "../model/patch/path-rules.ts";

/** Why a patch is not committed, for the task's status; null where it may be. */
export const checkPatch = (
  changes: readonly FileChange[],
  protectedPaths: readonly string[],
): string | null => {
  const sizes = changes.map(change => ({ path: change.path, bytes: bytesOf(change) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (changes.length > MAX_PATCH_FILES)
    return refusal("the patch", `it has ${changes.length} files and ${MAX_PATCH_FILES} are allowed`);
  if (total > MAX_PATCH_BYTES)
    return refusal("the patch", `it has ${total} bytes and ${MAX_PATCH_BYTES} are allowed`);
  for (const change of changes) {
    const problem =
      nameProblem(change.path) ??
      protectedProblem(change.path, protectedPaths) ??
      sizeProblem(bytesOf(change)) ??
      (change.content === null ? null : secretProblem(change.content, ""));
    if (problem !== null) return refusal(`\`${change.path.slice(0, 200)}\``, problem);
  }
  return null;
};

const bytesOf = ({ content, encoding }: FileChange): number =>
  content === null
    ? 0
    : encoding === "base64"
      ? Math.floor((content.length * 3) / 4)
      : new TextEncoder().encode(content).length;

const refusal = (what: string, why: string): string =>
  `Kin did not commit ${what}: ${why}. A person has to look at it.`;
