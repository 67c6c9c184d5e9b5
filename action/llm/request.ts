// A ModelRequest as the body of POST /v1/messages: without what the API refuses, with breakpoints for the prompt cache,
// and otherwise unchanged to the byte.
import type {
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
} from "@anthropic-ai/sdk/resources/messages/messages";
import type { PersonBlock, ReplyBlock } from "../../core/model/message.ts";
import type { ModelMessage, ModelRequest } from "../../core/model/request.ts";

type Block = ReplyBlock | PersonBlock;
interface Place {
  readonly message: number;
  readonly block: number;
}

const EPHEMERAL = { cache_control: { type: "ephemeral" } } as const;
const MOST_BREAKPOINTS = 4;
/** From a breakpoint the API looks back this many blocks for something it has cached. */
const LOOKBACK = 20;
/** Used when the API wants a block and the reply has none that it accepts: an empty reply, or thinking cut short. */
const NOTHING = { type: "text", text: "(no further output)" } as const;

export const paramsOf = (request: ModelRequest): MessageCreateParamsStreaming => {
  const messages = request.messages.map(sendable);
  const moving = movingBreakpoints(messages);
  return {
    model: request.model,
    stream: true,
    max_tokens: request.max_tokens,
    ...(request.system.length === 0 ? {} : { system: systemOf(request, MOST_BREAKPOINTS - moving.length) }),
    ...(request.tools.length === 0
      ? {}
      : { tools: request.tools as MessageCreateParamsStreaming["tools"] & object }),
    messages: withBreakpoints(messages, moving) as MessageParam[],
  };
};

/** The later breakpoints win: looking back a block or two from one of them, the API finds what an earlier one wrote. */
const systemOf = (request: ModelRequest, most: number): TextBlockParam[] => {
  const cached = request.system.filter(block => block.cached && !blank(block.text));
  const kept = new Set(cached.slice(-most));
  return request.system.flatMap(block => {
    if (blank(block.text)) return [];
    return [{ type: "text" as const, text: block.text, ...(kept.has(block) ? EPHEMERAL : {}) }];
  });
};

/** The API refuses blank text, empty messages, an assistant message that ends in thinking, and an error without text. */
const sendable = (message: ModelMessage): { role: ModelMessage["role"]; content: readonly Block[] } => {
  const content = (message.content as readonly Block[]).filter(block => !isBlankText(block)).map(withWords);
  const last = content.at(-1);
  const complete = last !== undefined && !(message.role === "assistant" && isThinking(last));
  return { role: message.role, content: complete ? content : [...content, NOTHING] };
};

const withWords = (block: Block): Block =>
  block.type === "tool_result" && block.is_error === true && block.content === ""
    ? { ...block, content: "(no output)" }
    : block;

/**
 * On the last block, and also on the last block of the previous request if so much came since that the API would not
 * find it by looking back.
 */
const movingBreakpoints = (messages: readonly { role: string; content: readonly Block[] }[]): Place[] => {
  const places = messages.flatMap(({ content }, message) =>
    content.map((block, at) => ({ message, block: at, cacheable: !isThinking(block) })),
  );
  const last = places.findLastIndex(place => place.cacheable);
  if (last === -1) return [];
  const endsAt = places[last]?.message ?? 0;
  const previous = places.findLastIndex(
    place => place.cacheable && place.message < endsAt && messages[place.message]?.role === "user",
  );
  const far = previous !== -1 && last - previous >= LOOKBACK;
  return [last, ...(far ? [previous] : [])].flatMap(index => places[index] ?? []);
};

const withBreakpoints = (
  messages: readonly { role: string; content: readonly Block[] }[],
  marked: readonly Place[],
): object[] =>
  messages.map(({ role, content }, message) => ({
    role,
    content: content.map((block, at) =>
      marked.some(place => place.message === message && place.block === at)
        ? { ...block, ...EPHEMERAL }
        : block,
    ),
  }));

const blank = (text: string): boolean => text.trim() === "";
const isBlankText = (block: Block): boolean => block.type === "text" && blank(String(block.text));
const isThinking = (block: Block): boolean => block.type === "thinking" || block.type === "redacted_thinking";
