import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { aWorld, HEADER } from "./scripted.ts";

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const use = (id: string) => ({ type: "tool_use", id, name: "bash", input: {} });
const result = (id: string, more: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  content: "ok",
  ...more,
});
const marked = (text: string) => ({ type: "text", text, cache_control: { type: "ephemeral" } });
const tool = (name: string) => ({ name, description: "d", input_schema: { type: "object" } });

const GOOD: Record<string, unknown> = {
  model: "claude-sonnet-5-5",
  max_tokens: 100,
  messages: [user(HEADER)],
};

const REFUSED: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["no max_tokens", { max_tokens: undefined }, /^max_tokens: Field required/],
  ["no model", { model: undefined }, /^model: Field required/],
  ["no messages", { messages: undefined }, /^messages: Field required/],
  ["empty messages", { messages: [] }, /at least one message/],
  ["an unknown field", { max_token: 1 }, /^max_token: Extra inputs are not permitted/],
  [
    "an assistant at the start",
    { messages: [assistant("Hi"), user("Hi")] },
    /first message must use the "user" role/,
  ],
  [
    "a system message among the messages",
    { messages: [user("Hi"), { role: "system", content: "x" }] },
    /top-level `system`/,
  ],
  [
    "an unknown role",
    { messages: [user("Hi"), { role: "robot", content: "x" }] },
    /'user' or 'assistant'.*robot/,
  ],
  [
    "a tool call without a result",
    { messages: [user("Hi"), assistant([use("a"), use("b")]), user([result("a")])] },
    /without `tool_result` blocks immediately after: b/,
  ],
  ["a tool call at the end", { messages: [user("Hi"), assistant([use("a")])] }, /without `tool_result`/],
  [
    "a result without its call",
    { messages: [user("Hi"), assistant("x"), user([result("z")])] },
    /unexpected `tool_use_id`.*z/,
  ],
  ["a result in the first message", { messages: [user([result("z")])] }, /unexpected `tool_use_id`/],
  [
    "two results for one call",
    { messages: [user("Hi"), assistant([use("a")]), user([result("a"), result("a")])] },
    /multiple `tool_result`/,
  ],
  [
    "an id used twice",
    {
      messages: [
        user("Hi"),
        assistant([use("a")]),
        user([result("a")]),
        assistant([use("a")]),
        user([result("a")]),
      ],
    },
    /ids must be unique/,
  ],
  [
    "an empty text",
    { messages: [user([{ type: "text", text: "" }])] },
    /text content blocks must be non-empty/,
  ],
  ["a blank text", { messages: [user([{ type: "text", text: " \n" }])] }, /non-whitespace/],
  ["a blank system text", { system: [{ type: "text", text: " " }] }, /^system: text/],
  ["an empty message", { messages: [user("Hi"), assistant([]), user("Hi")] }, /must have non-empty content/],
  [
    "a failed result without words",
    { messages: [user("Hi"), assistant([use("a")]), user([result("a", { is_error: true, content: "" })])] },
    /content cannot be empty if `is_error`/,
  ],
  ["an unknown block", { messages: [user([{ type: "smell", text: "x" }])] }, /'smell'/],
  [
    "five breakpoints",
    { messages: [user(["a", "b", "c", "d", "e"].map(marked))] },
    /maximum of 4 blocks with cache_control.*Found 5/,
  ],
  [
    "an hour after five minutes",
    { messages: [user([marked("a"), { ...marked("b"), cache_control: { type: "ephemeral", ttl: "1h" } }])] },
    /must not come after/,
  ],
  ["two tools of one name", { tools: [tool("bash"), tool("bash")] }, /Tool names must be unique/],
  ["a forced tool", { tools: [tool("bash")], tool_choice: { type: "any" } }, /forced tool use/],
  [
    "thinking at an end",
    {
      messages: [user(HEADER), assistant([{ type: "thinking", thinking: "x", signature: "y" }]), user("Hi")],
    },
    /final block in an assistant message cannot be `thinking`/,
  ],
  [
    "thinking of another conversation",
    {
      messages: [
        user(HEADER),
        assistant([
          { type: "thinking", thinking: "x", signature: "y" },
          { type: "text", text: "z" },
        ]),
        user("Hi"),
      ],
    },
    /Invalid `signature` in `thinking` block/,
  ],
  ["an assistant at the end", { messages: [user(HEADER), assistant("I begin")] }, /prefill/],
];

test.each(REFUSED)("The scripted model refuses %s as the API does.", async (_, over, message) => {
  const { fake } = await aWorld({ "debugger.yaml": "- text: Yes.", "default.yaml": "- text: Yes." });
  const client = new Anthropic({ baseURL: fake.url, apiKey: "any", maxRetries: 0 });
  const error = await client.messages.create({ ...GOOD, ...over } as never).catch(e => e);
  expect(error).toBeInstanceOf(Anthropic.BadRequestError);
  expect(error).toMatchObject({
    status: 400,
    type: "invalid_request_error",
    apiMessage: expect.stringMatching(message),
  });
  expect(fake.requests()).toMatchObject([{ status: 400, usage: null }]);
});

test("It takes what the API takes: text as a string, a paused turn, thinking of its own.", async () => {
  const { fake } = await aWorld({
    "debugger.yaml": "- thinking: Hm.\n  text: I wait.\n  stop_reason: pause_turn\n- text: Done.",
  });
  const client = new Anthropic({ baseURL: fake.url, apiKey: "any", maxRetries: 0 });
  const first = await client.messages.create(GOOD as never);
  const second = await client.messages.create({
    ...GOOD,
    messages: [user(HEADER), assistant(first.content)],
  } as never);
  expect(second.content).toMatchObject([{ text: "Done." }]);
});

test("No key is a 401, no version a 400, an unknown place a 404; all say that they are scripted.", async () => {
  const { fake } = await aWorld({ "default.yaml": "- text: Yes." });
  const post = (headers: Record<string, string>) =>
    fetch(`${fake.url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(GOOD) });
  const answers = [
    await post({ "anthropic-version": "2023-06-01" }),
    await post({ "x-api-key": "any" }),
    await post({ "x-api-key": "any", "anthropic-version": "2023-06-01" }),
    await fetch(`${fake.url}/v1/nothing`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 400, 200, 404]);
  expect(answers.map(({ headers }) => headers.get("x-kin-scripted"))).toEqual(["1", "1", "1", "1"]);
  expect(await answers[0]?.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
});

test("Tokens are counted like they are charged.", async () => {
  const { fake } = await aWorld({ "default.yaml": "- text: Yes, gladly." });
  const client = new Anthropic({ baseURL: fake.url, apiKey: "any" });
  const prompt = {
    model: "claude-sonnet-5-5",
    system: "Hello",
    tools: [tool("bash")],
    messages: [user("ä".repeat(10))],
  };
  const counted = await client.messages.countTokens(prompt as never);
  const message = await client.messages.create({ ...prompt, max_tokens: 10 } as never);
  expect(counted.input_tokens).toBe(message.usage.input_tokens);
  expect(counted.input_tokens).toBe(2 + Math.ceil(JSON.stringify(tool("bash")).length / 4) + 5);
  expect(message.usage.output_tokens).toBe(3);
});
