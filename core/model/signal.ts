// What is kept of a webhook: who, what, where. The rest is fetched again when it is worked on, because deliveries come
// late, twice, and out of order.
import * as z from "zod";

export const User = z.object({ id: z.number(), login: z.string(), type: z.string().default("User") });

/** The data of an `event` job. */
export const Signal = z.object({
  name: z.string(),
  action: z.string().nullable(),
  installation: z.number().nullable(),
  /** From an installation's own events, which name several. */
  repositories: z.array(z.object({ id: z.number(), owner: z.string(), name: z.string() })).default([]),
  repository: z
    .object({ id: z.number(), owner: z.string(), name: z.string(), default_branch: z.string().optional() })
    .nullable(),
  sender: User.nullable(),
  issue: z.number().nullable(),
  /** SHA-256 of title and body as delivered, to detect a later edit. */
  issue_text: z.string().nullable(),
  label: z.string().nullable(),
  comment: z.number().nullable(),
  review: z.number().nullable(),
  pull: z.number().nullable(),
  sha: z.string().nullable(),
  run: z.object({ id: z.number(), attempt: z.number() }).nullable(),
  /** GitHub says that whoever said it has no part in the repository. This decides nothing but what comes first. */
  by_outsider: z.boolean().default(false),
});
export type Signal = z.infer<typeof Signal>;
