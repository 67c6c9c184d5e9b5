import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { aModel, aRequest, aWorld } from "./scripted.ts";

const turn = (fault: string) => `
- thinking: The parser reads the first character without looking at the length of the text.
  text: I run the tests first, then I read the parser.
  tools:
    - bash: { command: npm test -- --reporter=dot tests/parse.test.ts }
    - write: { path: src/parse.ts, content: "export const parse = (text: string) => text" }
  ${fault}
`;

test("A stream cut after any event is discarded whole and asked for again.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": turn("") });
  const whole = await ask();
  if (whole.kind !== "replied") throw new Error("no reply");
  const events = await countEvents(fake.url, fake.requests()[0]?.body);
  expect(events).toBeGreaterThan(15);
  for (let cut = 0; cut < events; cut++) {
    const world = await aWorld({ "debugger.yaml": turn(`cut_after_events: ${cut}\n  times: 1`) });
    const outcome = await world.ask();
    if (outcome.kind !== "replied") throw new Error(`cut after ${cut}: ${JSON.stringify(outcome)}`);
    expect(outcome.reply.content, `cut after ${cut}`).toEqual(whole.reply.content);
    expect(
      world.fake.requests().map(({ fault }) => fault),
      `cut after ${cut}`,
    ).toEqual(["cut", null]);
  }
});

const countEvents = async (url: string, body: unknown): Promise<number> => {
  const headers = { "x-api-key": "any", "anthropic-version": "2023-06-01" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return (await (await fetch(`${url}/v1/messages`, init)).text()).split("event: ").length - 1;
};

test("A stream that is always cut ends as unavailable.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": turn("cut_after_events: 9") });
  expect(await ask()).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("cut") });
  expect(fake.requests()).toHaveLength(7);
});

test("After the last event a cut costs nothing.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": "- text: Done.\n  cut_after_events: 7" });
  expect(await ask()).toMatchObject({ kind: "replied", reply: { content: [{ text: "Done." }] } });
  expect(fake.requests()).toHaveLength(1);
});

describe("Behind the last event", () => {
  /** How many connections a sequence of calls opens, and how long they take. */
  const asking = async (calls: number, leave: (response: ServerResponse) => void) => {
    let connections = 0;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(sse(start, call, json("{}"), stopped, ended("tool_use"), end), () => leave(response));
    });
    server.on("connection", () => connections++);
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const model = aModel({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const begun = performance.now();
    for (let n = 0; n < calls; n++) {
      const outcome = await model.reply(aRequest(), { signal: new AbortController().signal });
      expect(outcome).toMatchObject({ kind: "replied", reply: { content: [{ name: "bash" }] } });
    }
    return { connections, seconds: (performance.now() - begun) / 1000 };
  };

  test("the stream's end is waited for, and its connection serves the next turn", async () => {
    const { connections } = await asking(10, response => setTimeout(() => response.end(), 30));
    // Node may open a second one before it sees that the first is free.
    expect(connections).toBeLessThanOrEqual(2);
  });

  test("a stream that does not end holds nobody up for long", async () => {
    const { seconds } = await asking(2, () => {});
    expect(seconds).toBeLessThan(20);
  });
});

const sse = (...events: { type: string }[]): string =>
  events.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: {
    input_tokens: 9,
    output_tokens: 1,
    cache_read_input_tokens: 5,
    cache_creation_input_tokens: 4,
    cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 1 },
  },
};
const start = { type: "message_start", message };
const call = {
  type: "content_block_start",
  index: 0,
  content_block: { type: "tool_use", id: "toolu_1", name: "bash", input: {} },
};
const json = (partial_json: string) => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "input_json_delta", partial_json },
});
const stopped = { type: "content_block_stop", index: 0 };
const ended = (stop_reason: string) => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens: 7 },
});
const end = { type: "message_stop" };

const fromWire = (body: string) =>
  aModel({ baseUrl: "https://api.anthropic.com", fetch: async () => new Response(body) }).reply(aRequest(), {
    signal: new AbortController().signal,
  });

test("A stream that ends cleanly without message_stop is a cut.", async () => {
  expect(await fromWire(sse(start, call, json("{}"), stopped, ended("tool_use")))).toMatchObject({
    kind: "unavailable",
  });
  expect(await fromWire(sse(start, call, json("{}"), stopped, ended("tool_use"), end))).toMatchObject({
    kind: "replied",
    reply: { usage: { input: 9, output: 7, cache_read: 5, cache_write: 4, cache_write_1h: 3 } },
  });
});

test.each([
  ["not JSON", ["rm -rf"]],
  ["JSON cut short", ['{"command": "rm -rf /tmp']],
  ["a list", ["[1]"]],
  ["more than one value", ['{"command":"ls"}', '{"command":"pwd"}']],
  ["a line break inside a string", ['{"command":"echo a\nb"}']],
])(
  "A tool call whose input is %s comes out as a call that nobody can run, paid and asked for once.",
  async (_, parts) => {
    let asked = 0;
    const body = sse(start, call, ...parts.map(json), stopped, ended("tool_use"), end);
    const model = aModel({
      baseUrl: "https://api.anthropic.com",
      fetch: async () => {
        asked++;
        return new Response(body);
      },
    });
    const outcome = await model.reply(aRequest(), { signal: new AbortController().signal });
    expect(outcome).toMatchObject({
      kind: "replied",
      reply: {
        content: [{ name: "bash", input: { not_a_json_object: parts.join("") } }],
        usage: { input: 9, output: 7 },
      },
    });
    expect(asked).toBe(1);
  },
);

test("Half a letter in a call goes no further, whether the call can be run or not.", async () => {
  for (const input of ['{"command":"echo \\ud83d"}', `{"command":"${"x".repeat(1_987)}\u{1f600}`]) {
    const outcome = await fromWire(sse(start, call, json(input), stopped, ended("tool_use"), end));
    expect(outcome).toMatchObject({ kind: "replied" });
    expect(JSON.stringify(outcome)).not.toMatch(/\\ud[89a-f]/);
  }
});

test.each([
  ["that begins twice", [start, start, call]],
  ["whose blocks are out of order", [start, { ...call, index: 4_000_000_000 }]],
])("A stream %s is asked for again.", async (_, events) => {
  const body = sse(...events, json("{}"), stopped, ended("tool_use"), end);
  expect(await fromWire(body)).toMatchObject({ kind: "unavailable" });
});

test("However much of a call's input came before the reply was cut, the call does not come out.", async () => {
  const input = JSON.stringify({ command: 'echo "\\"', seconds: -1.5, deep: [{ on: true, off: null }] });
  for (let length = 0; length < input.length; length++) {
    for (const reason of ["max_tokens", "refusal", "model_context_window_exceeded"]) {
      const body = sse(start, call, json(input.slice(0, length)), stopped, ended(reason), end);
      expect(await fromWire(body), `${reason} ${length}`).toMatchObject({
        kind: "replied",
        reply: { content: [] },
      });
    }
  }
});

test("A call without arguments is a call, unless the reply was cut where they begin.", async () => {
  const body = (reason: string) => sse(start, call, json(""), stopped, ended(reason), end);
  expect(await fromWire(body("tool_use"))).toMatchObject({
    reply: { content: [{ name: "bash", input: {} }] },
  });
  expect(await fromWire(body("max_tokens"))).toMatchObject({ reply: { content: [] } });
});

const TIMEOUTS = { headers: 500, idle: 500 };

test.each(["stall: true", "stall: 4"])(
  "A connection that falls silent (%s) is given up and asked again.",
  async stall => {
    const { ask, fake } = await aWorld(
      { "debugger.yaml": turn(`${stall}\n  times: 1`) },
      { timeouts: TIMEOUTS },
    );
    expect(await ask()).toMatchObject({ kind: "replied" });
    expect(fake.requests().map(({ fault }) => fault)).toEqual(["stalled", null]);
  },
);

test("A slow answer is not a silent one as long as its headers come in time.", async () => {
  const { ask, fake } = await aWorld(
    { "debugger.yaml": "- text: Slow.\n  delay_ms: 60" },
    { timeouts: { headers: 2_000, idle: 2_000 } },
  );
  expect(await ask()).toMatchObject({ kind: "replied" });
  expect(fake.requests()).toHaveLength(1);
});

test("An abort ends a call before it, in the middle of it and in the wait after it.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": turn("stall: 4") });
  expect(await ask({}, AbortSignal.abort())).toEqual({ kind: "aborted" });
  expect(fake.requests()).toHaveLength(0);

  const middle = new AbortController();
  const asked = ask({}, middle.signal);
  await sleep(50);
  middle.abort();
  expect(await asked).toEqual({ kind: "aborted" });

  const waiting = new AbortController();
  const failing = await aWorld(
    { "debugger.yaml": "- error: { status: 529, type: overloaded_error, message: m }" },
    { log: () => waiting.abort() },
  );
  expect(await failing.ask({}, waiting.signal)).toEqual({ kind: "aborted" });
  expect(failing.fake.requests()).toHaveLength(1);
});
