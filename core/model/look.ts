// What a reader of a patch is shown.
import type { Note } from "./patch/look.ts";

export interface Look {
  /** What should not be missed. */
  readonly notes: readonly Note[];
  /** Every file that differs, in git's order; counts of lines are null where git takes it for binary. */
  readonly changed: readonly {
    readonly path: string;
    readonly added: number | null;
    readonly removed: number | null;
    /** How much of its diff is in `diff`. */
    readonly shown: "all" | "part" | "none";
  }[];
  /** As git writes them, within a budget; what is cut says so where it is. */
  readonly diff: string;
  /** Paths of the tree, in git's order; of a large one the first some thousands. */
  readonly files: readonly string[];
}
