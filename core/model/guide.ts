// A guide: a file in which the project tells agents how to work on it, such as AGENTS.md. It is the project's word, so Kin
// treats it as data: it changes nobody's role, paths, verdict or budget.
import * as z from "zod";

export const Guide = z.object({
  path: z.string(),
  /** What it applies to, as globs; empty: everything. */
  globs: z.array(z.string()),
  /** Its size in the repository. */
  bytes: z.number().int().nonnegative(),
  /** Cleaned, and cut to what is shown. */
  text: z.string(),
  /** `named`: there was no room for its text, so roles are told to read it. `left_out`: they are not told about it. */
  shown: z.enum(["whole", "cut", "named", "left_out"]),
  /** Why it is not whole; null if it is. */
  why: z.string().nullable(),
  /** Fences its text. Derived from its path and bytes, so that the text cannot contain it. */
  mark: z.string(),
});
export type Guide = z.infer<typeof Guide>;

/** Those that were looked at, the widest first, and how many more there are. */
export const Guides = z.object({ files: z.array(Guide), more: z.number().int().nonnegative() });
export type Guides = z.infer<typeof Guides>;

export interface FoundGuide extends Pick<Guide, "path" | "globs" | "bytes" | "mark"> {
  /** Null if it is left out; `why` says why. */
  readonly text: string | null;
  readonly why: string | null;
}

export interface FoundGuides {
  readonly files: readonly FoundGuide[];
  readonly more: number;
}
