// One streamed reply, whole or not at all. The blocks are assembled here because the SDK's helper gives up a whole
// reply, already paid for, if the input of one of its calls is not JSON.
import type {
  Message,
  MessageCreateParamsStreaming,
  Messages,
  RawMessageStreamEvent,
} from "@anthropic-ai/sdk/resources/messages/messages";
import { NOT_AN_OBJECT, type Reply, type ReplyBlock } from "../../core/model/message.ts";

export interface ReplyProgress {
  /** `text`, `thinking`, `tool_use` … */
  readonly block: string;
  /** The tool's name, if it is a tool call. */
  readonly name: string | null;
}

/** The reply is complete but unusable. */
export class MalformedReply extends Error {}

interface Asked {
  readonly params: MessageCreateParamsStreaming;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: ReplyProgress) => void) | undefined;
}

export const readReply = async (
  messages: Messages,
  { params, signal, onProgress }: Asked,
): Promise<Reply> => {
  const deadline = new AbortController();
  const timers = [setTimeout(() => deadline.abort(), longest(params.max_tokens))];
  let reply: Reply | null = null;
  try {
    const options = { signal: AbortSignal.any([signal, deadline.signal]) };
    const { data: events, request_id } = await messages.create(params, options).withResponse();
    const collecting: Collecting = { message: null, inputs: new Map() };
    for await (const event of events) {
      if (reply !== null) continue;
      collect(collecting, event);
      if (event.type === "content_block_start") onProgress?.(progressOf(event.content_block));
      if (event.type !== "message_stop") continue;
      reply = replyOf(collecting, request_id ?? null);
      timers.push(setTimeout(() => deadline.abort(), LINGER_MS));
    }
  } catch (error) {
    // After the last event nothing of value can be lost, and asking again would be paid for twice.
    if (reply === null) throw error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
  if (reply === null) throw new MalformedReply("the stream ended without its last event");
  return reply;
};

/** Leaving a stream before its end closes the connection, and the next turn would need another. */
const LINGER_MS = 500;

/** The SDK's own formula for replies that are not streamed: an hour for 128,000 tokens, at least ten minutes. */
const longest = (max_tokens: number): number => Math.max(600_000, (3_600_000 * max_tokens) / 128_000);

const progressOf = (block: { readonly type: string }): ReplyProgress => ({
  block: block.type,
  name: "name" in block && typeof block.name === "string" ? block.name : null,
});

interface Collecting {
  message: Message | null;
  /** The text of each call's input, by block. */
  readonly inputs: Map<number, string>;
}

const collect = (collecting: Collecting, event: RawMessageStreamEvent): void => {
  if (event.type === "message_start") {
    if (collecting.message !== null) throw new MalformedReply("the stream begins twice");
    collecting.message = event.message;
    return;
  }
  const { message, inputs } = collecting;
  if (message === null) return;
  if (event.type === "content_block_start") {
    if (event.index !== message.content.length) throw new MalformedReply("the blocks are out of order");
    message.content.push(event.content_block);
  }
  if (event.type === "message_delta") {
    Object.assign(message, given(event.delta));
    Object.assign(message.usage, given(event.usage));
  }
  if (event.type !== "content_block_delta") return;
  const block = message.content[event.index];
  const { delta } = event;
  if (delta.type === "input_json_delta")
    inputs.set(event.index, (inputs.get(event.index) ?? "") + delta.partial_json);
  else if (block?.type === "text" && delta.type === "text_delta") block.text += delta.text;
  else if (block?.type === "text" && delta.type === "citations_delta")
    block.citations = [...(block.citations ?? []), delta.citation];
  else if (block?.type === "thinking" && delta.type === "thinking_delta") block.thinking += delta.thinking;
  else if (block?.type === "thinking" && delta.type === "signature_delta") block.signature = delta.signature;
};

/** Counts are for the whole message, and omitted if they do not apply. */
const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

const replyOf = ({ message, inputs }: Collecting, request_id: string | null): Reply => {
  if (message?.stop_reason == null) throw new MalformedReply("the reply has no stop reason");
  const { stop_reason, usage } = message;
  const cache_write = usage.cache_creation_input_tokens ?? 0;
  const searches = usage.server_tool_use?.web_search_requests ?? 0;
  return {
    content: message.content.flatMap((block, index) =>
      checked(block, { input: inputs.get(index), stop_reason }),
    ),
    stop_reason,
    model: message.model,
    usage: {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cache_read: usage.cache_read_input_tokens ?? 0,
      cache_write,
      cache_write_1h: Math.min(usage.cache_creation?.ephemeral_1h_input_tokens ?? 0, cache_write),
      ...(searches > 0 ? { web_searches: searches } : {}),
    },
    request_id,
  };
};

/**
 * If the model was told to stop, a tool call may be truncated and is left out. Otherwise bad input is the model's
 * mistake.
 */
const checked = (
  block: Message["content"][number],
  { input, stop_reason }: { readonly input: string | undefined; readonly stop_reason: string },
): ReplyBlock[] => {
  const plain = wellFormed(JSON.stringify(block)) as ReplyBlock;
  if (block.type !== "tool_use" && block.type !== "server_tool_use") return [plain];
  const finished = stop_reason === "tool_use" || stop_reason === "end_turn" || stop_reason === "pause_turn";
  // A call without arguments has no input events; neither does one cut off before the first.
  if (input === undefined || input === "") return finished ? [plain] : [];
  const parsed = parseObject(input);
  if (parsed !== null) return [{ ...plain, input: parsed }];
  return finished
    ? [{ ...plain, input: { [NOT_AN_OBJECT]: input.slice(0, MOST_OF_A_SLIP).toWellFormed() } }]
    : [];
};

/** The API refuses a lone surrogate that is sent back, and with it the whole conversation. */
const wellFormed = (json: string): unknown =>
  JSON.parse(json, (_, value) => (typeof value === "string" ? value.toWellFormed() : value));

/** Enough to show what went wrong. */
const MOST_OF_A_SLIP = 2_000;

const parseObject = (text: string): object | null => {
  try {
    const value = wellFormed(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
};

/** The SDK's timeout ends with the headers and it swallows pings, so silence is measured on the bytes. */
export const withIdleLimit =
  (base: typeof fetch, ms: number): typeof fetch =>
  async (input, init) => {
    const response = await base(input, init);
    if (response.body === null) return response;
    return new Response(ReadableStream.from(chunks(response.body, ms)), response);
  };

async function* chunks(body: ReadableStream<Uint8Array>, ms: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), ms);
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

const within = async <T>(promise: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MalformedReply(`nothing came for ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
};
