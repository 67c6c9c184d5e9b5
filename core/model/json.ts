// Columns that hold JSON.
import * as z from "zod";

/** Text that is not JSON becomes a value that no schema here accepts. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text, context): z.output<T> => {
    const parsed = schema.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: parsed.error.message });
    return z.NEVER;
  });
