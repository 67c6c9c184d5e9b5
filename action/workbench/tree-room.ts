// Whether a bench has room for a tree, in addition to what it will hold already.
import { KinError } from "../../core/model/error.ts";
import type { HarnessGit } from "./git.ts";
import type { Totals } from "./totals.ts";
import * as trees from "./tree.ts";

type Size = Pick<trees.Sized, "files" | "bytes">;

/**
 * A few kilobytes of trees and packed blobs can unpack to more than any disk holds, so the size is computed first,
 * added to what is `held` already. Returns the new total and the tree's entries.
 */
export const requireRoom = async (
  git: HarnessGit,
  tree: string,
  { totals, signal, held }: { readonly totals: Totals; readonly signal: AbortSignal; readonly held?: Size },
): Promise<{ readonly held: Size; readonly entries: trees.Entries }> => {
  const size = await trees.sizedTree(git, tree, { most: totals.inodes, signal });
  const files = size.files + (held?.files ?? 0);
  const bytes = size.bytes + (held?.bytes ?? 0);
  const many = files > totals.inodes ? `more than ${totals.inodes} files` : null; // guard: most-files-of-a-tree
  const large = bytes > totals.disk ? `${(bytes / 1024 ** 3).toFixed(1)} GiB of files` : null; // guard: most-bytes-of-a-tree
  const problem = many ?? large;
  if (problem === null) return { held: { files, bytes }, entries: size.entries };
  throw new KinError(`The repository has ${problem}, which is more than a bench may hold.`, {
    code: "repository_too_large",
    hint: `Kin works on repositories of up to ${totals.inodes} files and ${Math.floor(totals.disk / 1024 ** 3)} GiB.`,
  });
};
