// A key: whatever is asked for, done or signed under one happens once.
import * as z from "zod";

/** Built in keys.ts and nowhere else. */
export const Key = z.string().brand<"Key">();
export type Key = z.infer<typeof Key>;
