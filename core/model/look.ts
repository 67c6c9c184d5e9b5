// What a reader of a patch is shown.
import type { Note } from "./patch/look.ts";

export interface Look {
  /** What should not be missed. */
  readonly notes: readonly Note[];
  /** Every file that differs, in git's order; line counts are null for what git considers binary. */
  readonly changed: readonly {
    readonly path: string;
    readonly added: number | null;
    readonly removed: number | null;
    /** How much of its diff is in `diff`. */
    readonly shown: "all" | "part" | "none";
  }[];
  /** As git writes it, within a budget; cuts are marked in place. */
  readonly diff: string;
  /** Paths of the tree, in git's order; of a large one the first few thousand. */
  readonly files: readonly string[];
}
