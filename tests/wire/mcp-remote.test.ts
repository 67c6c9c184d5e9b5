// MCP servers reached over HTTP: a real one, and one that misbehaves, on 127.0.0.1.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSafeServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Called } from "../../action/drive/ports/tool-servers.ts";
import type { RemoteOptions } from "../../action/mcp/ask-remote.ts";
import { createToolServers } from "../../action/mcp/servers.ts";
import { readResult } from "../../core/agents/mcp-result.ts";
import { ROOT } from "../../local/world.ts";

const never = new AbortController().signal;
const SECRET = "correct-horse-battery";

const connect = (url: string, remote: RemoteOptions, more: object = {}) =>
  createToolServers({ secrets: new Map([["A_TOKEN", SECRET]]), remote, log: () => {} }).connect(
    { name: "docs", url, roles: ["tester"], timeout_seconds: 20, ...more },
    { bench: () => Promise.reject(new Error("a remote server needs no bench")), signal: never },
  );
const why = (connecting: Promise<unknown>): Promise<string> =>
  connecting.then(
    () => "it was connected",
    error => error.message,
  );
const textOf = (called: Called): string =>
  called.kind === "answered" ? (readResult(called.result)?.text ?? "") : JSON.stringify(called);

const asked: IncomingMessage[] = [];
let elsewhere = 0;
/** The path chooses how it misbehaves. */
const odd: RequestListener = async (request, response) => {
  asked.push(request);
  const { id, method, params } = JSON.parse((await text(request)) || "{}");
  const say = (result: unknown): void => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  };
  switch (request.url) {
    case "/redirect":
      return void response.writeHead(307, { location: "/elsewhere" }).end();
    case "/elsewhere":
      elsewhere++;
      return void response.end();
    case "/refused":
      return void response.writeHead(401).end("no");
    case "/nonsense":
      return void response.setHeader("content-type", "text/html").end("<p>Hello</p>");
    case "/hang":
      return;
  }
  if (id === undefined) return void response.writeHead(202).end();
  if (method === "initialize")
    return say({
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "odd", version: "1" },
    });
  if (method === "tools/list") return say({ tools: [{ name: "one", inputSchema: { type: "object" } }] });
  const [, status] = /^\/status-(\d+)$/.exec(request.url ?? "") ?? [];
  if (status !== undefined)
    return void response.socket?.end(
      `HTTP/1.1 ${status} X\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );
  if (request.url === "/events") {
    const events = [
      ...Array.from({ length: 50 }, (_, at) => ({ id: at, method: "ping" })),
      { method: "notifications/message", params: { level: "info", data: "at work" } },
      { id: id + 1000, result: { content: [] } },
      { id, result: { content: [{ type: "text", text: "at last" }] } },
    ];
    response.setHeader("content-type", "text/event-stream; charset=utf-8");
    // It stays open.
    return void response.write(
      events
        .map(one => `event: message\nid: 1\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...one })}\n\n`)
        .join(""),
    );
  }
  if (request.url === "/deep") {
    response.setHeader("content-type", "application/json");
    return void response.end(
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":${"[".repeat(9_000)}${"]".repeat(9_000)}}}`,
    );
  }
  const words = request.url === "/large" ? "x".repeat(50 * 1024 ** 2) : String(request.headers.authorization);
  say({ content: [{ type: "text", text: words }] });
};

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

const directory = mkdtempSync(join(tmpdir(), "kin-tls-"));
const plain = createServer(odd);
let safe: Server;
let here: string;
let there: { readonly url: string; readonly ca: string };
beforeAll(async () => {
  here = `http://127.0.0.1:${await listening(plain)}`;
  const [key, cert] = [join(directory, "key"), join(directory, "cert")];
  const subject = ["-subj", "/CN=docs.example.com", "-addext", "subjectAltName=DNS:docs.example.com"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", ...subject],
    { stdio: "ignore" },
  );
  const ca = readFileSync(cert, "utf8");
  safe = createSafeServer({ key: readFileSync(key), cert: ca }, odd);
  there = { url: `https://docs.example.com:${await listening(safe)}/mcp`, ca };
});
afterAll(() => {
  for (const server of [plain, safe]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true });
});

test("server-everything over streamable HTTP lists its tools and answers", async () => {
  const entry = join(ROOT, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  const free = createServer();
  const port = await listening(free);
  free.close();
  const child = spawn(process.execPath, [entry, "streamableHttp"], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    await new Promise(resolve =>
      child.stderr.on("data", said => /listening|port/i.test(String(said)) && resolve(null)),
    );
    const connection = await connect(`http://127.0.0.1:${port}/mcp`, { loopback: true });
    expect(connection.tools.length).toBeGreaterThan(8);
    const called = await connection.call("echo", { input: { message: "hello" }, signal: never });
    expect(textOf(called)).toContain("hello");
    await connection.close();
  } finally {
    child.kill();
  }
}, 60_000);

describe("a remote server", () => {
  const remote = () => ({ resolve: async () => ["127.0.0.1"], ca: there.ca });

  test("is asked at the address that was looked at, under its name, with its headers", async () => {
    const headers = { Authorization: "Bearer secret:A_TOKEN" };
    const connection = await connect(there.url, remote(), { private: true, headers });
    expect(textOf(await connection.call("one", { input: {}, signal: never }))).toBe(`Bearer ${SECRET}`);
    expect(asked.at(-1)?.headers.host).toMatch(/^docs\.example\.com:/);
    await connection.close();
  });

  test("with a certificate that nobody vouches for is not asked", async () => {
    expect(await why(connect(there.url, { ...remote(), ca: "" }, { private: true }))).toMatch(/certificate/);
  });

  test.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["100.100.100.200"],
    ["::1"],
    ["168.63.129.16"],
    ["fd00:ec2::254"],
    ["::ffff:127.0.0.1"],
    ["0.0.0.0"],
  ])("is not asked at an address that is not public: %s", async address => {
    const before = asked.length;
    const resolve = async () => ["93.184.215.14", address];
    expect(await why(connect(there.url, { ...remote(), resolve }))).toContain(
      `leads to ${address}, which is no public address`,
    );
    expect(asked.length).toBe(before);
  });

  test.each([["https://127.0.0.1/"], ["https://[::1]/"], ["https://2130706433/"], ["https://0x7f.1/"]])(
    "is not asked at an address that is not public, written as %s",
    async url => {
      expect(await why(connect(url, {}))).toContain("which is no public address");
    },
  );

  test.each([
    ["plain http", `http://docs.example.com/`, { loopback: true }, "only https addresses are asked"],
    [
      "plain http of this machine, without a scripted world",
      "http://127.0.0.1:9/",
      {},
      "only https addresses are asked",
    ],
  ])("is not asked over %s", async (_, url, options, reason) => {
    expect(await why(connect(url, { resolve: async () => ["93.184.215.14"], ...options }))).toContain(reason);
  });

  test("that sends elsewhere is not followed", async () => {
    expect(await why(connect(`${here}/redirect`, { loopback: true }))).toContain("it sends elsewhere (307)");
    expect(elsewhere).toBe(0);
  });

  test.each([
    ["/refused", "401"],
    ["/nonsense", "it answered with text/html, which is no MCP"],
  ])("that answers %s is not connected, with a reason", async (path, reason) => {
    expect(await why(connect(here + path, { loopback: true }))).toContain(reason);
  });

  test("that nobody answers for, and one that hangs, are told", async () => {
    expect(await why(connect("http://127.0.0.1:9/", { loopback: true }))).toContain("ECONNREFUSED");
    expect(await why(connect(`${here}/hang`, { loopback: true }, { timeout_seconds: 1 }))).toBe(
      "it did not answer within 1 seconds",
    );
  });

  test("that answers 50 MB is read no further than 8", async () => {
    const connection = await connect(`${here}/large`, { loopback: true });
    const called = await connection.call("one", { input: {}, signal: never });
    expect(called).toMatchObject({ kind: "lost", why: expect.stringContaining("more than 8 MiB at once") });
    expect(called.kind === "lost" && called.begins).toMatch(/^\{"jsonrpc".*x$/);
    await connection.close();
  });

  test.each([
    ["700", "it answered with the status 700"],
    ["012", "it answered with the status 12"],
    ["101", /./],
    ["500", "it answered with the status 500"],
    ["302", "it sends elsewhere"],
  ])("that answers a call with the status %s loses that call", async (status, reason) => {
    const connection = await connect(`${here}/status-${status}`, { loopback: true });
    const called = await connection.call("one", { input: {}, signal: never });
    expect(called).toMatchObject({ kind: "lost", why: expect.stringMatching(reason) });
    await connection.close();
  });

  test("is told nothing that it asks, and its answer is found among what it says besides", async () => {
    const connection = await connect(`${here}/events`, { loopback: true });
    const before = asked.length;
    expect(textOf(await connection.call("one", { input: {}, signal: never }))).toBe("at last");
    expect(textOf(await connection.call("one", { input: {}, signal: never }))).toBe("at last");
    expect(asked.length).toBe(before + 2);
    await connection.close();
  });

  test("that answers deeper than anybody reads loses that call", async () => {
    const connection = await connect(`${here}/deep`, { loopback: true });
    expect(await connection.call("one", { input: {}, signal: never })).toEqual({
      kind: "lost",
      why: "it answered with more than 100 values inside one another",
    });
    await connection.close();
  });
});
