// A request as the sequence of blocks that the prompt cache sees: tools, system, messages, each with its tokens and the
// hash of everything up to it.
import { createHash } from "node:crypto";
import { type Block, blocksOf, type CountRequest } from "./request.ts";

export interface PromptBlock {
  readonly tokens: number;
  /** Of the model's name and all blocks up to this one, inclusive, without `cache_control`. */
  readonly prefix: string;
  readonly ttl: "5m" | "1h" | null;
  /** Where it is, if it is in a message. */
  readonly place: { readonly message: number; readonly block: number } | null;
}

export const promptOf = (request: CountRequest): readonly PromptBlock[] => {
  const rows = rowsOf(request);
  const auto = request.cache_control ? rows.findLastIndex(row => cacheable(row.block)) : -1;
  let prefix = hash(request.model);
  return rows.map(({ section, block, place }, index) => {
    const { cache_control, ...rest } = block;
    prefix = hash(prefix + section + canonical(rest));
    const marked = cache_control ?? (index === auto ? request.cache_control : undefined);
    return { tokens: tokensOf(block), prefix, ttl: marked ? (marked.ttl ?? "5m") : null, place };
  });
};

/** Before the first message, for a prompt without tools and system. */
export const prefixBefore = (
  prompt: readonly PromptBlock[],
  { index, model }: { readonly index: number; readonly model: string },
): string => prompt[index - 1]?.prefix ?? hash(model);

export const totalTokens = (prompt: readonly PromptBlock[]): number =>
  prompt.reduce((sum, block) => sum + block.tokens, 0);

/** A quarter of the bytes, rounded up per block: close enough to the real thing, and the same everywhere. */
export const tokensOf = (block: Readonly<Record<string, unknown>>): number =>
  Math.ceil(Buffer.byteLength(wordsOf(block)) / 4);

interface Row {
  readonly section: string;
  readonly block: Block;
  readonly place: PromptBlock["place"];
}

const rowsOf = ({ tools = [], system = [], messages }: CountRequest): Row[] => [
  ...tools.map(tool => ({ section: "tools", block: { type: "tool", ...tool } as Block, place: null })),
  ...(system.length === 0 ? [] : blocksOf(system)).map(block => ({ section: "system", block, place: null })),
  ...messages.flatMap(({ role, content }, message) =>
    blocksOf(content).map((block, at) => ({ section: role, block, place: { message, block: at } })),
  ),
];

const wordsOf = (block: Readonly<Record<string, unknown>>): string => {
  switch (block.type) {
    case "text":
      return String(block.text);
    case "thinking":
      return String(block.thinking);
    case "tool_use":
      return `${block.name}${JSON.stringify(block.input)}`;
    case "tool_result":
      return typeof block.content === "string" ? block.content : JSON.stringify(block.content ?? "");
    default: {
      const { type: _, cache_control: __, ...rest } = block;
      return JSON.stringify(rest);
    }
  }
};

/** The order of a block's own keys means nothing to the model; inside a tool's input it does. */
const canonical = (block: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(block).sort(([a], [b]) => (a < b ? -1 : 1)));

const cacheable = ({ type }: Block): boolean => type !== "thinking" && type !== "redacted_thinking";
const hash = (text: string): string => createHash("sha256").update(text).digest("base64");
