// A conversation with the model, in the shape of the Messages API. Blocks we do not read pass through whole.
import * as z from "zod";
import { Usage } from "./usage.ts";

export const TextBlock = z.looseObject({ type: z.literal("text"), text: z.string() });
export const ToolUseBlock = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
});
export type ToolUseBlock = z.infer<typeof ToolUseBlock>;

/** Under this name a call's input holds what the model wrote in place of a JSON object. */
export const NOT_AN_OBJECT = "not_a_json_object";
export const ToolResultBlock = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.string(),
  is_error: z.boolean().optional(),
});

/** Thinking blocks and whatever the API adds later: kept byte for byte, never read. */
const OtherBlock = z.looseObject({ type: z.string() });

export const ReplyBlock = z.union([TextBlock, ToolUseBlock, OtherBlock]);
export type ReplyBlock = z.infer<typeof ReplyBlock>;
export const PersonBlock = z.union([ToolResultBlock, TextBlock]);
export type PersonBlock = z.infer<typeof PersonBlock>;

export const Reply = z.object({
  content: z.array(ReplyBlock),
  stop_reason: z.string(),
  model: z.string(),
  usage: Usage, // guard: whole-tokens
  request_id: z.string().nullable(),
});
export type Reply = z.infer<typeof Reply>;

/** What the API ran itself while it replied. */
const ServerToolUseBlock = z.looseObject({
  type: z.literal("server_tool_use"),
  name: z.string(),
  input: z.unknown(),
});
type ServerToolUseBlock = z.infer<typeof ServerToolUseBlock>;

export const isServerToolUse = (block: ReplyBlock): block is ServerToolUseBlock =>
  ServerToolUseBlock.safeParse(block).success;

/** A call that cannot be run. */
export const isSlip = ({ input }: ToolUseBlock): boolean =>
  typeof input === "object" && input !== null && NOT_AN_OBJECT in input;

export const isToolUse = (block: ReplyBlock): block is ToolUseBlock => block.type === "tool_use";
