import { expect, test } from "vitest";
import type { ModelMessage, ModelRequest } from "../../core/model/request.ts";
import { aRequest, aWorld, continued, HEADER, says, type World } from "./scripted.ts";

const bytes = (tokens: number): string => "x".repeat(tokens * 4);
const PREFIX: Partial<ModelRequest> = {
  system: [
    { text: bytes(3000), cached: true },
    { text: bytes(900), cached: true },
  ],
};
const start: ModelMessage[] = [says(`${HEADER}\n${bytes(500)}`)];

const usageOf = (world: World, n: number) => {
  const usage = world.fake.requests()[n]?.usage;
  if (!usage) throw new Error(`request ${n} has no usage`);
  return usage;
};

test("Thirty turns cost no more than a tenth above the formula of the moving breakpoint.", async () => {
  const world = await aWorld({
    "debugger.yaml": `- text: I look at the next file.\n  tools: [{ bash: { command: cat src/parse.ts } }]`,
  });
  const turns = 30;
  let messages = start;
  const seen: { input: number; read: number; write: number }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const outcome = await world.ask({ ...PREFIX, messages });
    if (outcome.kind !== "replied") throw new Error(JSON.stringify(outcome));
    const { input, cache_read, cache_write } = outcome.reply.usage;
    seen.push({ input, read: cache_read, write: cache_write });
    messages = continued(messages, outcome, bytes(400));
  }
  const [W, R] = [1.25, 0.1];
  const first = seen[0];
  const growth = seen[1]?.write;
  if (first === undefined || growth === undefined) throw new Error("no turns");
  const prefix = first.input + first.read + first.write;
  expect(growth).toBeGreaterThan(400);
  const billed = seen.reduce((sum, { input, read, write }) => sum + input + W * write + R * read, 0);
  const formula =
    W * prefix +
    W * growth * (turns - 1) +
    R * ((turns - 1) * prefix + (growth * (turns - 1) * (turns - 2)) / 2);
  expect(billed / formula).toBeLessThanOrEqual(1.1);
  expect(billed / formula).toBeGreaterThan(0.99);
  expect(seen.every(({ input }) => input === 0)).toBe(true);
});

test("A turn of more than 20 blocks does not lose the cache.", async () => {
  for (const calls of [5, 12, 30]) {
    const tools = Array.from({ length: calls }, (_, i) => `{ bash: { command: ls ${i} } }`).join(", ");
    const world = await aWorld({ "debugger.yaml": `- text: Many calls.\n  tools: [${tools}]` });
    let messages = start;
    for (let turn = 0; turn < 4; turn++)
      messages = continued(messages, await world.ask({ ...PREFIX, messages }), bytes(40));
    for (const n of [1, 2, 3]) {
      const [before, now] = [usageOf(world, n - 1), usageOf(world, n)];
      expect(now.cache_read_input_tokens, `${calls} calls, request ${n}`).toBe(
        before.cache_read_input_tokens + before.cache_creation_input_tokens,
      );
    }
  }
});

test("Two conversations with the same tools and system share them in the cache, another model does not.", async () => {
  const world = await aWorld({ "default.yaml": "- text: Yes." });
  await world.ask({ ...PREFIX, messages: [says("One conversation.")] });
  await world.ask({ ...PREFIX, messages: [says("Another one.")] });
  await world.ask({ ...PREFIX, model: "claude-opus-5-5", messages: [says("Another one.")] });
  expect(usageOf(world, 1).cache_read_input_tokens).toBeGreaterThanOrEqual(3900);
  expect(usageOf(world, 2).cache_read_input_tokens).toBe(0);
});

test("What is shorter than the least length of its model is not cached.", async () => {
  const world = await aWorld({ "default.yaml": "- text: Yes." });
  const short = { system: [{ text: bytes(2000), cached: true }], tools: [] };
  for (const model of ["claude-haiku-5-5", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-sonnet-5-5"])
    await world.ask({ ...short, model, messages: [says("Hello.")] });
  const seen = [0, 1, 2, 3].map(n => usageOf(world, n));
  expect(seen.map(usage => usage.cache_read_input_tokens > 0)).toEqual([false, false, false, true]);
  expect(seen.map(usage => usage.cache_creation_input_tokens > 0)).toEqual([false, false, true, false]);
  for (const usage of seen)
    expect(usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens).toBe(2002);
});

test("The cache forgets after five minutes without a read, and each read begins them anew.", async () => {
  const world = await aWorld({ "default.yaml": "- text: Yes." });
  const reads: boolean[] = [];
  for (const pause of [0, 4, 4, 6, 1]) {
    await world.clock.sleep(pause * 60_000);
    await world.ask({ ...PREFIX, messages: [says("Hello.")] });
    reads.push(usageOf(world, reads.length).cache_read_input_tokens > 0);
  }
  expect(reads).toEqual([false, true, true, false, true]);
});

test("An hour's lifetime is written, told apart and kept for an hour.", async () => {
  const world = await aWorld({ "default.yaml": "- text: Yes." });
  const post = () => postMessages(world.fake.url, HOUR);
  const first = await post();
  await world.clock.sleep(50 * 60_000);
  const second = await post();
  await world.clock.sleep(61 * 60_000);
  const third = await post();
  expect(first.usage).toMatchObject({
    cache_creation: { ephemeral_1h_input_tokens: 2000, ephemeral_5m_input_tokens: 1100 },
  });
  expect(second.usage).toMatchObject({
    cache_read_input_tokens: 2000,
    cache_creation: { ephemeral_5m_input_tokens: 1100 },
  });
  expect(third.usage).toMatchObject({ cache_read_input_tokens: 0 });
});

test("No request has more than four breakpoints, however many system blocks are marked.", async () => {
  const world = await aWorld({ "debugger.yaml": `- tools: [${"{ bash: { command: ls } }, ".repeat(25)}]` });
  const system = [1, 2, 3, 4, 5].map(n => ({ text: bytes(400 + n), cached: true }));
  const first = await world.ask({ system, messages: start });
  expect(await world.ask({ system, messages: continued(start, first) })).toMatchObject({ kind: "replied" });
  const marks = world.fake
    .requests()
    .map(({ body }) => JSON.stringify(body).split("cache_control").length - 1);
  expect(marks).toEqual([4, 4]);
  expect(aRequest().system).toHaveLength(1);
});

const HOUR = {
  model: "claude-sonnet-5-5",
  max_tokens: 100,
  system: [{ type: "text", text: bytes(2000), cache_control: { type: "ephemeral", ttl: "1h" } }],
  messages: [
    { role: "user", content: [{ type: "text", text: bytes(1100), cache_control: { type: "ephemeral" } }] },
  ],
};

const postMessages = async (url: string, body: object): Promise<{ usage: object }> => {
  const headers = { "x-api-key": "any", "anthropic-version": "2023-06-01" };
  const response = await fetch(`${url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as { usage: object };
};
