// A patch, as a list of whole files: what a turn changed, or what a commit will change.
import * as z from "zod";

export const FileChange = z.object({
  /** Relative to the work tree's root, with forward slashes. */
  path: z.string().min(1),
  mode: z.enum(["100644", "100755"]),
  /** `null` deletes the file. */
  content: z.string().nullable(),
  /** `base64` if the bytes are not valid UTF-8. */
  encoding: z.enum(["utf-8", "base64"]).default("utf-8"),
  /** Whether the file exists in the tree that the pipeline started from. */
  in_base: z.boolean(),
});
export type FileChange = z.infer<typeof FileChange>;

/** Later changes win; a file that was added and removed again is no change at all. Sorted by path. */
export const combineChanges = (lists: readonly (readonly FileChange[])[]): readonly FileChange[] => {
  const byPath = new Map<string, FileChange>();
  for (const change of lists.flat()) byPath.set(change.path, change);
  return [...byPath.values()]
    .filter(change => change.content !== null || change.in_base)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
};
