// The body of POST /v1/messages as the scripted model reads it. Its checks beyond the shape are in validate.ts.
import * as z from "zod";
import { invalid } from "./failure.ts";

const CacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() });
export const Block = z.looseObject({ type: z.string(), cache_control: CacheControl.nullish() });
export type Block = z.infer<typeof Block>;
const Content = z.union([z.string(), z.array(Block)]);
const tool = { name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/), cache_control: CacheControl.nullish() };
const Tool = z.union([
  z.looseObject({ ...tool, type: z.string().regex(/_\d{8}$/) }),
  z.looseObject({ ...tool, input_schema: z.looseObject({ type: z.literal("object") }) }),
]);

export const CountRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(z.strictObject({ role: z.string(), content: Content })).min(1),
  system: z.union([z.string(), z.array(Block)]).optional(),
  tools: z.array(Tool).optional(),
  tool_choice: z.looseObject({ type: z.string() }).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  output_config: z.looseObject({}).optional(),
  cache_control: CacheControl.nullish(),
});
export const MessagesRequest = z.strictObject({
  ...CountRequest.shape,
  max_tokens: z.number().int().min(1).max(128_000),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.looseObject({}).optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.number().optional(),
  service_tier: z.string().optional(),
});
export type MessagesRequest = z.infer<typeof MessagesRequest>;
export type CountRequest = z.infer<typeof CountRequest>;

export const readBody = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw invalid("invalid request");
  throw invalid(sentenceOf(issue));
};

/** In the API's words: `max_tokens: Field required`, `foo: Extra inputs are not permitted`. */
const sentenceOf = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return `${[...issue.path, issue.keys[0]].join(".")}: Extra inputs are not permitted`;
  if (issue.code === "invalid_type" && issue.input === undefined) return `${path}: Field required`;
  if (issue.code === "invalid_union" && issue.errors.length > 0)
    return `${path}: Input should be a valid list`;
  if (issue.code === "too_small" && path === "messages") return "messages: at least one message is required";
  return `${path}: ${issue.message}`;
};

export const blocksOf = (content: string | readonly Block[]): readonly Block[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : content;
