// A turn of an answers file as a message of the API and as the events of its stream.
import type { Turn, WebUse } from "./answers.ts";
import type { PromptUsage } from "./cache.ts";
import { type Choice, type Conversation, hash } from "./choose.ts";
import { tokensOf } from "./prompt.ts";

type ScriptedBlock =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string; readonly citations: null }
  | ScriptedCall
  /** A search or a fetch as the API ran it: its result follows it in the same message. */
  | { readonly type: `web_${string}_tool_result`; readonly tool_use_id: string; readonly content: object };
interface ScriptedCall {
  readonly type: "tool_use" | "server_tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ScriptedUsage extends PromptUsage {
  readonly output_tokens: number;
  readonly server_tool_use?: { readonly web_search_requests: number; readonly web_fetch_requests: number };
}

export interface ScriptedMessage {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ScriptedBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: ScriptedUsage;
}

export interface StreamEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Circumstances {
  readonly model: string;
  readonly conversation: Conversation;
  readonly charged: PromptUsage;
  /** The hash of the prompt that is answered, which thinking is bound to. */
  readonly prefix: string;
}

export const messageOf = (
  choice: Choice,
  { model, conversation, charged, prefix }: Circumstances,
): ScriptedMessage => {
  const { file, turn, answer, alternative } = choice;
  const seed = [file, turn, alternative, conversation.key].join(" ");
  const content = contentOf(answer, { seed, prefix });
  const calls = content.some(({ type }) => type === "tool_use");
  return {
    id: `msg_${hash(seed).slice(0, 24)}`,
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: answer.stop_reason ?? (calls ? "tool_use" : "end_turn"),
    stop_sequence: null,
    usage: {
      ...charged,
      output_tokens: Math.max(
        1,
        content.reduce((sum, block) => sum + tokensOf({ ...block }), 0),
      ),
      ...(answer.web === undefined ? {} : { server_tool_use: countOf(answer.web) }),
      ...(answer.usage as Partial<ScriptedUsage>),
    },
  };
};

/** Thinking is only valid in the conversation that it was thought in, as with the current models. */
export const signatureOf = (thinking: string, prefix: string): string =>
  Buffer.from(`scripted ${hash(prefix + thinking)}`).toString("base64");

const contentOf = (
  { thinking, web = [], text, tools = [], submit }: Turn,
  { seed, prefix }: { readonly seed: string; readonly prefix: string },
): ScriptedBlock[] => {
  const calls = tools.flatMap(tool => Object.entries(tool));
  if (submit !== undefined) calls.push(["submit", { answer: submit }]);
  return [
    ...(thinking === undefined
      ? []
      : [{ type: "thinking" as const, thinking, signature: signatureOf(thinking, prefix) }]),
    ...web.flatMap((use, index) => webBlocks(use, `srvtoolu_${hash(`${seed} web ${index}`).slice(0, 24)}`)),
    ...(text === undefined ? [] : [{ type: "text" as const, text, citations: null }]),
    ...calls.map(([name, input], index) => ({
      type: "tool_use" as const,
      id: `toolu_${hash(`${seed} ${index}`).slice(0, 24)}`,
      name,
      input: input ?? {},
    })),
  ];
};

const countOf = (web: readonly WebUse[]): NonNullable<ScriptedUsage["server_tool_use"]> => {
  const searches = web.filter(use => "search" in use).length;
  return { web_search_requests: searches, web_fetch_requests: web.length - searches };
};

const webBlocks = (use: WebUse, id: string): readonly ScriptedBlock[] => {
  const call = { type: "server_tool_use" as const, id };
  if ("search" in use)
    return [
      { ...call, name: "web_search", input: { query: use.search } },
      {
        type: "web_search_tool_result",
        tool_use_id: id,
        content: use.results.map(({ url, title }) => ({
          type: "web_search_result",
          url,
          title,
          encrypted_content: Buffer.from(`scripted ${url}`).toString("base64"),
          page_age: null,
        })),
      },
    ];
  const source = { type: "text", media_type: "text/plain", data: use.text };
  const document = { type: "document", source, title: use.title, citations: null };
  return [
    { ...call, name: "web_fetch", input: { url: use.fetch } },
    {
      type: "web_fetch_tool_result",
      tool_use_id: id,
      content: { type: "web_fetch_result", url: use.fetch, content: document, retrieved_at: null },
    },
  ];
};

export const eventsOf = (message: ScriptedMessage): StreamEvent[] => {
  const { content, stop_reason, stop_sequence, usage } = message;
  const cutShort = stop_reason === "max_tokens" || stop_reason === "model_context_window_exceeded";
  const start = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return [
    { type: "message_start", message: start },
    { type: "ping" },
    ...content.flatMap((block, index) => [
      { type: "content_block_start", index, content_block: emptied(block) },
      ...deltasOf(block, cutShort && index === content.length - 1).map(delta => ({
        type: "content_block_delta",
        index,
        delta,
      })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason, stop_sequence }, usage: withoutTtl(usage) },
    { type: "message_stop" },
  ];
};

const emptied = (block: ScriptedBlock): object => {
  switch (block.type) {
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "text":
      return { ...block, text: "" };
    case "tool_use":
    case "server_tool_use":
      return { ...block, input: {} };
    default:
      return block;
  }
};

/** A model that is cut short stops anywhere: half of the last tool call's input, and no more. */
const deltasOf = (block: ScriptedBlock, cutShort: boolean): object[] => {
  switch (block.type) {
    case "thinking":
      return [
        ...pieces(block.thinking).map(thinking => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "text":
      return pieces(block.text).map(text => ({ type: "text_delta", text }));
    case "tool_use":
    case "server_tool_use": {
      const json = JSON.stringify(block.input);
      const sent = cutShort ? json.slice(0, Math.floor(json.length / 2)) : json;
      return ["", ...pieces(sent)].map(partial_json => ({ type: "input_json_delta", partial_json }));
    }
    default:
      // A result is complete in its first event.
      return [];
  }
};

const pieces = (text: string): string[] => text.match(/[\s\S]{1,48}/gu) ?? [];
const withoutTtl = ({ cache_creation: _, ...usage }: ScriptedUsage): object => usage;
