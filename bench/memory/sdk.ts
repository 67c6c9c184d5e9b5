// The limit, as a process: `sdk.ts <url>`. The same conversations in bare calls of the SDK on one client.
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { paramsOf } from "../../action/llm/request.ts";
import { openConversation } from "../../core/agents/context.ts";
import { roleOf } from "../../core/agents/roster.ts";
import { SUBMIT } from "../../core/agents/submit.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import { loadRoster } from "../../host/roster.ts";
import { aPipeline } from "../../tests/build.ts";
import { RESULT } from "../workbench.ts";
import { measure } from "./held.ts";

const client = new Anthropic({ apiKey: "x", baseURL: process.argv[2] ?? null, maxRetries: 0 });
const { roster, preamble } = loadRoster(join(import.meta.dirname, "..", ".."));

await measure(async number => {
  const pipeline = aPipeline({ opening: { number: number + 1 } });
  const [step] = pipeline.steps;
  if (step === undefined) throw new Error("a pipeline has a planner");
  const role = roleOf(roster, "pm");
  const delimiter = "0".repeat(24);
  const { system, first } = openConversation({
    pipeline,
    step,
    attempt: 1,
    role,
    roster,
    preamble,
    delimiter,
  });
  const tools = [...TOOLS, SUBMIT];
  const params = paramsOf({
    model: "claude-sonnet-5-5",
    max_tokens: 16_000,
    system,
    tools,
    messages: [{ role: "user", content: [{ type: "text", text: first }] }],
  });
  for (;;) {
    const { content } = await client.messages.stream(params).finalMessage();
    const results = content.flatMap(block =>
      block.type === "tool_use"
        ? [{ type: "tool_result" as const, tool_use_id: block.id, content: RESULT }]
        : [],
    );
    params.messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
});
