import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { requestIdToken } from "../../action/id-token.ts";

const AUDIENCE = "https://kin.example/a b";
const asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
let answer = (_: ServerResponse, __: number): void => {};
const server = createServer((request, response) => {
  const { authorization } = request.headers;
  answer(response, asked.push({ url: request.url ?? "", authorization }));
});
let source: { readonly url: string; readonly token: string };
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  source = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?v=1`, token: "request" };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  asked.length = 0;
  answer = (response, n) => response.end(JSON.stringify({ value: `token ${n}` }));
});

test("a token is asked for with the audience and the job's own token, and each one is another", async () => {
  expect(await requestIdToken(AUDIENCE, source)).toBe("token 1");
  expect(await requestIdToken(AUDIENCE, source)).toBe("token 2");
  expect(asked[0]).toEqual({
    url: "/token?v=1&audience=https%3A%2F%2Fkin.example%2Fa%20b",
    authorization: "Bearer request",
  });
});

test.each([
  ["url and token", { url: undefined, token: undefined }],
  ["url", { url: undefined, token: "request" }],
  ["token", { url: "http://127.0.0.1:1/token?v=1", token: "" }],
])(
  "a job without %s, for want of `id-token: write`, is told to ask for it, and nobody is asked",
  async (_, given) => {
    const token = requestIdToken(AUDIENCE, given);
    await expect(token).rejects.toMatchObject({
      code: "id_token_missing",
      retryable: false,
      hint: expect.stringContaining("id-token: write"),
    });
    expect(asked).toEqual([]);
  },
);

test.each([
  ["a fault of GitHub's", 503, "busy", true],
  ["too many requests", 429, "{}", true],
  ["an answer without a token", 200, "{}", true],
  ["an answer that is no JSON", 200, "<html>", true],
  ["a refusal", 403, "{}", false],
])("%s (%i) is a failure of its own kind", async (_, status, body, retryable) => {
  answer = response => response.writeHead(status).end(body);
  await expect(requestIdToken(AUDIENCE, source)).rejects.toMatchObject({
    code: "id_token_failed",
    retryable,
  });
});

test("an endpoint that does not answer may answer later", async () => {
  answer = response => response.destroy();
  const failure = { code: "id_token_failed", retryable: true };
  await expect(requestIdToken(AUDIENCE, source)).rejects.toMatchObject(failure);
});
