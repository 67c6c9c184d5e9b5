// Marks: that something was done once, and what came of it. Rows of an older Kin must still parse.
import * as z from "zod";
import type { Key } from "./key.ts";
import { Note } from "./patch/look.ts";

export interface Mark<R = null> {
  readonly key: Key;
  readonly kind: string;
  /** What the mark keeps; null: nothing. */
  readonly result: z.ZodType<R>;
}

/** A comment that was posted: its id. */
export const Posted = z.object({ id: z.number() }).nullable();
export type Posted = z.infer<typeof Posted>;

/** An issue that was opened: its number. */
export const Opened = z.object({ number: z.number() }).nullable();
export type Opened = z.infer<typeof Opened>;

/** A gate's verdict that was posted, and by whom; `id` is null if GitHub accepted it in no form. */
export const PostedReview = z
  .object({ id: z.number().nullable(), by: z.enum(["app", "reviewer", "actions"]) })
  .nullable();

/** Why the `verdict` job posted nothing. */
export const NoVerdict = z.object({ reason: z.string() }).nullable();

const Commit = z.object({
  sha: z.string().optional(),
  beside: z.boolean().default(false),
  refused: z.string().optional(),
  /** What a reader should not miss in Kin's commits up to it. */
  notes: z.array(Note).default([]),
});

/** What came of a commit point. `beside`: it is based on commits that no gate of its pipeline saw. */
export const Made = Commit.nullable().transform(made => made ?? Commit.parse({}));
export type Made = z.infer<typeof Made>;

/** A commit made for a point, whether or not it reached its branch. */
export const Making = z.object({ sha: z.string(), beside: z.boolean() });
export type Making = z.infer<typeof Making>;

/** The task's last pipeline when Kin first heard of an order: the one that the person meant. */
export const Meant = z
  .object({ id: z.string(), number: z.number(), open: z.boolean(), dry: z.boolean() })
  .nullable();
export type Meant = z.infer<typeof Meant>;

/** Whose review was requested before Kin requested any. */
export const Asking = z.object({ before: z.array(z.string()) });

/** Who has to be told in another way that a review waits. Rows of an older Kin hold nothing: everybody was asked. */
export const Unasked = z
  .object({ unasked: z.array(z.string()).default([]) })
  .nullable()
  .transform(rest => rest ?? { unasked: [] });
