// Columns that hold JSON, and lists of which some items may have another shape.
import * as z from "zod";

/** Text that is not JSON becomes a value that no schema here accepts. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Items of the right shape; others are skipped. */
export const itemsOf = <T extends z.ZodObject>(schema: T, items: unknown): readonly z.output<T>[] =>
  (Array.isArray(items) ? items : [])
    .map(item => schema.safeParse(item).data)
    .filter(item => item !== undefined);

export const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text, context): z.output<T> => {
    const parsed = schema.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: parsed.error.message });
    return z.NEVER;
  });
