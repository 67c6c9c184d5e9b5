// The limit, as a process: `sdk.ts <url>`. The same conversations, from the same first requests, in bare calls of the
// SDK. They share what is identical, and each has its own messages.
import Anthropic from "@anthropic-ai/sdk";
import { RESULT } from "../workbench.ts";
import { answer } from "./side.ts";

const client = new Anthropic({ apiKey: "x", baseURL: process.argv[2] ?? null, maxRetries: 0 });

const converse = async (first: Anthropic.MessageStreamParams): Promise<void> => {
  const messages = [...first.messages];
  for (;;) {
    const { content } = await client.messages.stream({ ...first, messages }).finalMessage();
    const results = content.flatMap(block =>
      block.type === "tool_use"
        ? [{ type: "tool_result" as const, tool_use_id: block.id, content: RESULT }]
        : [],
    );
    messages.push({ role: "assistant", content });
    if (results.length > 0) messages.push({ role: "user", content: results });
  }
};

answer(first => {
  const [shared, ...others] = structuredClone(first) as Anthropic.MessageStreamParams[];
  if (shared === undefined) return;
  for (const { messages } of [shared, ...others]) void converse({ ...shared, messages });
});
