// A guide: a file in which the project tells agents how to work on it, such as AGENTS.md. It is the project's word, so it
// is data to Kin: it changes nobody's role, paths, verdict or budget.
import * as z from "zod";

export const Guide = z.object({
  path: z.string(),
  /** What it counts for, as globs; empty: for everything. */
  globs: z.array(z.string()),
  /** As it lies in the repository. */
  bytes: z.number().int().nonnegative(),
  /** Cleaned, and as far as it is shown. */
  text: z.string(),
  /** `named`: there was no room for its text, so roles are told to read it. `left_out`: they are not told of it. */
  shown: z.enum(["whole", "cut", "named", "left_out"]),
  /** Why it is not whole; null where it is. */
  why: z.string().nullable(),
  /** Made of its path and its bytes, so that it holds this nowhere: what its text stands between. */
  mark: z.string(),
});
export type Guide = z.infer<typeof Guide>;

/** Those that were looked at, the widest first, and how many there are besides. */
export const Guides = z.object({ files: z.array(Guide), more: z.number().int().nonnegative() });
export type Guides = z.infer<typeof Guides>;

/** A guide as it was found. */
export interface FoundGuide extends Pick<Guide, "path" | "globs" | "bytes" | "mark"> {
  /** Null where it is left out: then `why` says it. */
  readonly text: string | null;
  readonly why: string | null;
}

export interface FoundGuides {
  readonly files: readonly FoundGuide[];
  readonly more: number;
}
