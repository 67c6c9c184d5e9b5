// One streamed reply, whole or not at all. The SDK puts the blocks together; what it is lenient about is checked
// here: a stream without its end, and tool input that is not JSON.
import type {
  Message,
  MessageStreamEvent,
  MessageStreamParams,
  Messages,
} from "@anthropic-ai/sdk/resources/messages/messages";
import type { Reply, ReplyBlock } from "../../model/message.ts";

export interface ReplyProgress {
  /** `text`, `thinking`, `tool_use` … */
  readonly block: string;
  /** The tool's name, where it is one. */
  readonly name: string | null;
}

/** The reply came to its end and cannot be used. */
export class MalformedReply extends Error {}

interface Asked {
  readonly params: MessageStreamParams;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: ReplyProgress) => void) | undefined;
}

export const readReply = async (
  messages: Messages,
  { params, signal, onProgress }: Asked,
): Promise<Reply> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), longest(params.max_tokens));
  const inputs = new Map<number, string>();
  let whole: Message | null = null;
  const stream = messages.stream(params, { signal: AbortSignal.any([signal, deadline.signal]) });
  stream.on("streamEvent", event => {
    collectInput(inputs, event);
    if (event.type === "content_block_start") onProgress?.(progressOf(event.content_block));
  });
  stream.on("message", message => {
    whole = message;
  });
  try {
    await stream.finalMessage();
  } catch (error) {
    // After `message_stop` nothing of worth can be lost, and asking again would be paid twice.
    if (whole === null) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (whole === null) throw new MalformedReply("the stream ended without its last event");
  return replyOf(whole, { inputs, request_id: stream.request_id ?? null });
};

/** As the SDK reckons for replies that are not streamed: an hour for 128,000 tokens, ten minutes at least. */
const longest = (max_tokens: number): number => Math.max(600_000, (3_600_000 * max_tokens) / 128_000);

const progressOf = (block: { readonly type: string }): ReplyProgress => ({
  block: block.type,
  name: "name" in block && typeof block.name === "string" ? block.name : null,
});

const collectInput = (inputs: Map<number, string>, event: MessageStreamEvent): void => {
  if (event.type !== "content_block_delta" || event.delta.type !== "input_json_delta") return;
  inputs.set(event.index, (inputs.get(event.index) ?? "") + event.delta.partial_json);
};

interface Collected {
  readonly inputs: ReadonlyMap<number, string>;
  readonly request_id: string | null;
}

const replyOf = (message: Message, { inputs, request_id }: Collected): Reply => {
  const { stop_reason, usage } = message;
  if (stop_reason === null) throw new MalformedReply("the reply has no stop reason");
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

/** Where the model was told to stop, a tool call may be cut short: it is left out. Elsewhere it spoils the reply. */
const checked = (
  block: Message["content"][number],
  { input, stop_reason }: { readonly input: string | undefined; readonly stop_reason: string },
): ReplyBlock[] => {
  const plain = JSON.parse(JSON.stringify(block)) as ReplyBlock;
  if (block.type !== "tool_use" && block.type !== "server_tool_use") return [plain];
  const finished = stop_reason === "tool_use" || stop_reason === "end_turn" || stop_reason === "pause_turn";
  // A call without arguments has no input events at all; so has one that was cut before the first.
  if (input === undefined || input === "") return finished ? [plain] : [];
  const parsed = parseObject(input);
  if (parsed !== null) return [{ ...plain, input: parsed }];
  if (finished) throw new MalformedReply("the input of a tool call is not a JSON object");
  return [];
};

const parseObject = (text: string): object | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
};

/** The SDK's timeout ends with the headers, and it swallows pings: the silence is measured on the bytes. */
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
