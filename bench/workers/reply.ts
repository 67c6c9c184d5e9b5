// A model's reply as its stream.
import { eventsOf } from "../../local/model/reply.ts";

export interface Reply {
  readonly whole: string;
  /** Its first event: the reply has begun and does not continue. */
  readonly begin: string;
}

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export const calling = (calls: readonly Call[]): Reply =>
  streamOf(
    calls.map((call, index) => ({ type: "tool_use" as const, id: `toolu_${index}`, ...call })),
    "tool_use",
  );

export const said = (text: string, stop_reason: string): Reply =>
  streamOf([{ type: "text", text, citations: null }], stop_reason);

const streamOf = (content: Parameters<typeof eventsOf>[0]["content"], stop_reason: string): Reply => {
  const events = eventsOf({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content,
    stop_reason,
    stop_sequence: null,
    usage: {
      input_tokens: 10,
      output_tokens: 10,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    },
  }).map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { whole: events.join(""), begin: events[0] ?? "" };
};
