import { expect, test } from "vitest";
import { WEB_TOOLS } from "../../core/agents/tools.ts";
import { aRequest, aWorld, continued, says } from "./scripted.ts";

const TWO_TURNS = `
- thinking: The parser reads the first character without looking.
  text: I run the tests first.
  tools:
    - bash: { command: npm test }
    - read: { path: src/parse.ts }
- submit: { summary: Empty input is parsed as nothing., files: [src/parse.ts] }
`;

test("A reply comes whole, with its thinking, its calls and its usage.", async () => {
  const { ask } = await aWorld({ "debugger.yaml": TWO_TURNS });
  const outcome = await ask();
  expect(outcome).toMatchObject({
    kind: "replied",
    reply: {
      stop_reason: "tool_use",
      model: "claude-sonnet-5-5",
      request_id: "req_scripted_1",
      content: [
        { type: "thinking", signature: expect.stringMatching(/.{20}/) },
        { type: "text", text: "I run the tests first." },
        { type: "tool_use", name: "bash", input: { command: "npm test" } },
        { type: "tool_use", name: "read", input: { path: "src/parse.ts" } },
      ],
    },
  });
});

test("A second turn follows on the first one's results, and thinking goes back as it came.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": TWO_TURNS });
  const first = await ask();
  const messages = continued(aRequest().messages, first);
  const second = await ask({ messages });
  expect(second).toMatchObject({
    kind: "replied",
    reply: { content: [{ name: "submit", input: { answer: { files: ["src/parse.ts"] } } }] },
  });
  const sent = fake.requests()[1]?.body as { messages: { content: object[] }[] };
  expect(JSON.stringify(sent.messages[1]?.content)).toBe(JSON.stringify(messages[1]?.content));
});

test("What the API searched and fetched by itself comes whole, is counted, and goes back as it came.", async () => {
  const { ask, fake } = await aWorld({
    "debugger.yaml": `
- web:
    - search: node 24 end of life
      results: [{ url: "https://example.org/releases", title: Releases }]
    - { fetch: "https://example.org/releases", title: Releases, text: Until 2028. }
  text: It says 2028.
  stop_reason: pause_turn
- submit: { summary: Until 2028. }
`,
  });
  const tools = [...aRequest().tools, ...WEB_TOOLS];
  const first = await ask({ tools });
  if (first.kind !== "replied") throw new Error(JSON.stringify(first));
  expect(first.reply).toMatchObject({
    stop_reason: "pause_turn",
    usage: { web_searches: 1 },
    content: [
      { type: "server_tool_use", name: "web_search", input: { query: "node 24 end of life" } },
      { type: "web_search_tool_result", content: [{ url: "https://example.org/releases" }] },
      { type: "server_tool_use", name: "web_fetch", input: { url: "https://example.org/releases" } },
      { type: "web_fetch_tool_result", content: { content: { source: { data: "Until 2028." } } } },
      { type: "text", text: "It says 2028." },
    ],
  });
  const { content } = first.reply;
  const second = await ask({ tools, messages: [...aRequest().messages, { role: "assistant", content }] });
  expect(second).toMatchObject({ kind: "replied", reply: { content: [{ name: "submit" }] } });
  const sent = fake.requests()[1]?.body as { tools: object[]; messages: { content: object[] }[] };
  expect(sent.tools.slice(1)).toEqual(WEB_TOOLS);
  expect(sent.messages[1]?.content.slice(0, 4)).toEqual(content.slice(0, 4));
});

test("A reply that uses the web without being offered it is a slip of the answers file.", async () => {
  const { ask } = await aWorld({ "debugger.yaml": "- web: [{ search: x }]" });
  expect(await ask()).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("debugger.yaml: turn 1: the request offers no `web_search`"),
  });
});

test("The same request gets the same reply again, to the ids of its calls.", async () => {
  const { ask } = await aWorld({ "debugger.yaml": TWO_TURNS });
  const [one, two] = [await ask(), await ask()];
  if (one.kind !== "replied" || two.kind !== "replied") throw new Error("no reply");
  expect(two.reply.content).toEqual(one.reply.content);
});

test("A tool call that max_tokens cut short does not come out; what came before it does.", async () => {
  const { ask } = await aWorld({
    "debugger.yaml": `
- text: Now I write the file.
  stop_reason: max_tokens
  tools:
    - bash: { command: ls }
    - write: { path: a.ts, content: export const a = 1; }
`,
  });
  const outcome = await ask();
  if (outcome.kind !== "replied") throw new Error("no reply");
  expect(outcome.reply.stop_reason).toBe("max_tokens");
  expect(outcome.reply.content.map(block => block.name ?? block.type)).toEqual(["text", "bash"]);
});

test("An empty reply and one that ends in thinking can be sent back.", async () => {
  for (const turn of ["- {}", "- thinking: Hm.\n  stop_reason: max_tokens"]) {
    const { ask } = await aWorld({ "debugger.yaml": `${turn}\n- text: Here I am.` });
    const first = await ask();
    if (first.kind !== "replied") throw new Error("no reply");
    const messages = [
      ...aRequest().messages,
      { role: "assistant" as const, content: first.reply.content },
      says("Please call submit."),
    ];
    expect(await ask({ messages })).toMatchObject({
      kind: "replied",
      reply: { content: [{ text: "Here I am." }] },
    });
  }
});

test("A failed call without output goes back with words, blank text does not go back at all.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": TWO_TURNS });
  const first = await ask();
  const [start, assistant, results] = continued(aRequest().messages, first, "");
  if (start === undefined || assistant === undefined || results === undefined) throw new Error("no messages");
  const failed = results.content.map(block => ({ ...block, is_error: true }));
  const outcome = await ask({
    messages: [
      start,
      assistant,
      { role: "user", content: [...failed, { type: "text", text: " \n" }] as never },
    ],
  });
  expect(outcome.kind).toBe("replied");
  const sent = fake.requests()[1]?.body as { messages: { content: { content?: string }[] }[] };
  expect(sent.messages[2]?.content.map(block => block.content)).toEqual(["(no output)", "(no output)"]);
});

test("No request forces a tool, and the key goes nowhere but into its header.", async () => {
  const { ask, fake, log } = await aWorld({ "debugger.yaml": TWO_TURNS });
  await ask();
  const sent = JSON.stringify(fake.requests());
  expect(sent).not.toContain("tool_choice");
  expect(sent + log.join()).not.toContain("sk-test-key");
});

test("Progress names each block as it begins.", async () => {
  const seen: unknown[] = [];
  const { ask } = await aWorld(
    { "debugger.yaml": TWO_TURNS },
    { onProgress: progress => seen.push(progress) },
  );
  await ask();
  expect(seen).toEqual([
    { block: "thinking", name: null },
    { block: "text", name: null },
    { block: "tool_use", name: "bash" },
    { block: "tool_use", name: "read" },
  ]);
});
