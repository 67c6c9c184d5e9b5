import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ModelOutcome } from "../../core/model/request.ts";
import { aClock, aModel, aRequest, aWorld } from "./scripted.ts";

const fromWire = async (
  body: string,
  headers: Record<string, string> = {},
  status = 200,
): Promise<[ModelOutcome, number]> => {
  let calls = 0;
  const model = aModel({
    baseUrl: "https://api.anthropic.com",
    fetch: async () => {
      calls += 1;
      return new Response(body, { status, headers: { "content-type": "text/event-stream", ...headers } });
    },
  });
  return [await model.reply(aRequest(), { signal: new AbortController().signal }), calls];
};

// First in the file, because the SDK captures the console once.
test("Nothing of a reply is printed, however broken it is.", async () => {
  const said = (["log", "info", "warn", "error", "debug"] as const).map(level => vi.spyOn(console, level));
  onTestFinished(() => void vi.restoreAllMocks());
  await fromWire('event: message_start\ndata: {"secret": "of the reply\n\n');
  for (const spy of said) expect(spy).not.toHaveBeenCalled();
});

const REPLY = "  text: Here I am.";
const failing = (error: string) => `- error: { ${error} }\n${REPLY}`;

const PASSING = [
  ["408", "status: 408, type: timeout_error, message: slow"],
  ["409", "status: 409, type: conflict_error, message: busy"],
  ["429 with retry-after", "status: 429, type: rate_limit_error, message: too many, retry_after: 7"],
  ["500", "status: 500, type: api_error, message: internal"],
  ["502", "status: 502, type: api_error, message: bad gateway"],
  ["529", "status: 529, type: overloaded_error, message: Overloaded"],
] as const;

test.each(PASSING)("%s is retried until a reply comes.", async (_, error) => {
  const { ask, fake, clock } = await aWorld({ "debugger.yaml": failing(`${error}, times: 2`) });
  expect(await ask()).toMatchObject({ kind: "replied" });
  expect(
    fake
      .requests()
      .map(({ status }) => status)
      .slice(2),
  ).toEqual([200]);
  expect(clock.waits).toHaveLength(2);
});

test.each(PASSING.slice(3))(
  "%s that does not pass ends as unavailable, within 15 minutes and 6 retries.",
  async (_, error) => {
    const { ask, fake, clock } = await aWorld({ "debugger.yaml": failing(error) }, { random: () => 0.999 });
    expect(await ask()).toMatchObject({ kind: "unavailable", retry_after: null });
    expect(fake.requests()).toHaveLength(7);
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(15 * 60_000);
    expect([...clock.waits].sort((a, b) => a - b)).toEqual(clock.waits);
  },
);

test("retry-after is waited for in full, as seconds and as a date.", async () => {
  const { ask, clock } = await aWorld({
    "debugger.yaml": failing("status: 429, type: rate_limit_error, message: m, retry_after: 40, times: 1"),
  });
  await ask();
  expect(clock.waits[0]).toBeGreaterThanOrEqual(40_000);
  const dated = await aWorld({
    "debugger.yaml": failing(
      "status: 503, type: api_error, message: m, retry_after: 'Thu, 01 Oct 2026 12:01:00 GMT', times: 1",
    ),
  });
  await dated.ask();
  expect(dated.clock.waits[0]).toBeGreaterThanOrEqual(60_000);
  expect(dated.clock.waits[0]).toBeLessThan(62_000);
});

test("A retry-after beyond our patience is not waited for; the run learns how long it is.", async () => {
  const { ask, clock, fake } = await aWorld({
    "debugger.yaml": failing("status: 429, type: rate_limit_error, message: m, retry_after: 3600"),
  });
  expect(await ask()).toMatchObject({ kind: "unavailable", retry_after: 3600 });
  expect([clock.waits.length, fake.requests().length]).toEqual([0, 1]);
});

test.each([
  ["a bad key", "status: 401, type: authentication_error, message: invalid x-api-key", /ANTHROPIC_API_KEY/],
  ["no payment", "status: 402, type: billing_error, message: unpaid", /Billing/],
  ["no permission", "status: 403, type: permission_error, message: no", /access/],
  ["an unknown model", "status: 404, type: not_found_error, message: 'model: nope'", /model names/],
  [
    "a request the API does not take",
    "status: 400, type: invalid_request_error, message: 'tools: no'",
    /report it/,
  ],
  [
    "the enforced spend limit",
    "status: 429, type: rate_limit_error, message: You have reached the threshold., code: enforced_spend_limit_reached",
    /spend limit/,
  ],
  [
    "the spend limit in words",
    "status: 429, type: rate_limit_error, message: enforced_spend_limit_reached",
    /spend limit/,
  ],
  [
    "no credit",
    "status: 400, type: invalid_request_error, message: Your credit balance is too low to access",
    /credit/,
  ],
  ["a body that the API cannot read", "status: 422, type: invalid_request_error, message: no", /report it/],
  ["a redirect", "status: 307, type: api_error, message: elsewhere", /./],
])("%s is refused at once, with a hint.", async (_, error, hint) => {
  const { ask, fake, clock } = await aWorld({ "debugger.yaml": failing(error) });
  const outcome = await ask();
  expect(outcome).toMatchObject({ kind: "refused", hint: expect.stringMatching(hint) });
  expect([fake.requests().length, clock.waits.length]).toEqual([1, 0]);
});

test.each([
  "status: 400, type: invalid_request_error, message: 'prompt is too long: 1000001 tokens > 1000000 maximum'",
  "status: 400, type: invalid_request_error, message: 'input length and `max_tokens` exceed context limit: 990000 + 32000 > 1000000'",
  "status: 413, type: request_too_large, message: Request exceeds the maximum size",
])("A prompt that is too long is told apart: %s", async error => {
  const { ask, fake } = await aWorld({ "debugger.yaml": failing(error) });
  expect(await ask()).toMatchObject({ kind: "too_long" });
  expect(fake.requests()).toHaveLength(1);
});

test("Nobody listening is retried and then unavailable, with the code of the failure.", async () => {
  const clock = aClock();
  const model = aModel({ baseUrl: "http://127.0.0.1:64999", clock });
  const outcome = await model.reply(aRequest(), { signal: new AbortController().signal });
  expect(outcome).toEqual({
    kind: "unavailable",
    reason: expect.stringMatching(/no connection .*ECONNREFUSED/),
    retry_after: null,
  });
  expect(clock.waits).toHaveLength(6);
});

test("A port that fetch never connects to is told as that, and not tried again.", async () => {
  const clock = aClock();
  const model = aModel({ baseUrl: "http://127.0.0.1:4190", clock });
  expect(await model.reply(aRequest(), { signal: new AbortController().signal })).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("fetch never connects to this port"),
    hint: expect.stringContaining("ANTHROPIC_BASE_URL"),
  });
  expect(clock.waits).toEqual([]);
});

test("x-should-retry: false ends the retries, retry-after-ms is understood.", async () => {
  const error = JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } });
  const headers = { "content-type": "application/json", "x-should-retry": "false", "retry-after-ms": "1500" };
  expect(await fromWire(error, headers, 529)).toEqual([
    { kind: "unavailable", reason: "529 overloaded_error: Overloaded", retry_after: 1.5 },
    1,
  ]);
});

test.each([
  ["overloaded_error", "unavailable", 7],
  ["rate_limit_error", "unavailable", 7],
  ["api_error", "unavailable", 7],
  ["authentication_error", "refused", 1],
  ["invalid_request_error", "refused", 1],
])("An %s inside of a stream is treated as its status would be.", async (type, kind, calls) => {
  const error = JSON.stringify({ type: "error", error: { type, message: "m" } });
  expect(await fromWire(`event: error\ndata: ${error}\n\n`)).toEqual([
    expect.objectContaining({ kind }),
    calls,
  ]);
});

test.each([
  ["nothing", ""],
  ["a page of a proxy", "<html>Sign in</html>"],
  ["an event that is not JSON", 'event: message_start\ndata: {"type": "mess\n\n'],
])("A 200 with %s is no reply.", async (_, body) => {
  expect(await fromWire(body)).toEqual([expect.objectContaining({ kind: "unavailable" }), 7]);
});

test("A key that no header can hold is refused before it can end up in an error message.", () => {
  for (const key of ["", "sk-secret\n", "sk secret"]) {
    const create = () => aModel({ baseUrl: "https://api.anthropic.com", apiKey: key });
    expect(create).toThrow(expect.objectContaining({ code: "api_key_invalid" }));
    expect(create).not.toThrow(/secret/);
  }
  expect(() => aModel({ baseUrl: "api.anthropic.com" })).toThrow(
    expect.objectContaining({ code: "base_url_invalid" }),
  );
});

test("A redirect is not followed: the prompt would go along.", async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const model = aModel({ baseUrl: `http://127.0.0.1:${port}` });
  const outcome = await model.reply(aRequest(), { signal: new AbortController().signal });
  expect(outcome).toMatchObject({ kind: "refused", reason: "307 error: no message" });
  expect(seen).toEqual(["/v1/messages"]);
});

test("A key in the API's answer does not get into the reason.", async () => {
  const { ask } = await aWorld({
    "debugger.yaml": failing("status: 401, type: authentication_error, message: bad key sk-test-key"),
  });
  expect(await ask()).toMatchObject({ reason: "401 authentication_error: bad key [redacted]" });
});
