// A real proxy, real TLS and real servers on 127.0.0.1; the test decides what names resolve to.

import { createServer as createProxyServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDial, MACHINE, refusedNet } from "../../action/network/dial.ts";
import { type OpenProxy, openProxy, type ProxyLimits } from "../../action/network/proxy.ts";
import { type Reach, WHY } from "../../core/model/network/reach.ts";
import { type Upstream, upstreamOf } from "../../core/model/network/upstream.ts";
import { closeAll, temporary } from "../workbench/kit.ts";
import { aStandIn, type StandIn } from "./stand-in.ts";

const HOST = "a.example.com";
const ADDRESSES = {
  "loopback.example.com": ["127.0.0.1"],
  "loopback6.example.com": ["::1"],
  "mapped.example.com": ["::ffff:127.0.0.1"],
  "private.example.com": ["8.8.8.8", "10.1.2.3"],
  "link.example.com": ["169.254.1.1"],
  "metadata.example.com": ["169.254.169.254"],
  "azure.example.com": ["168.63.129.16"],
  "cgnat.example.com": ["100.100.100.200"],
  "multicast.example.com": ["224.0.0.1"],
  "metadata6.example.com": ["fd00:ec2::254"],
  "nowhere.example.com": [],
};

let standIn: StandIn;
beforeAll(async () => {
  standIn = await aStandIn(
    (request, response) => {
      if (request.url === "/large") return void response.end(Buffer.alloc(300_000));
      request.resume();
      request.on("end", () => response.end(`hello from ${request.headers.host}`));
    },
    { names: [HOST, "*.example.com", "*.example.org"], addresses: ADDRESSES },
  );
});
afterAll(async () => {
  await standIn.close();
  await closeAll();
});

const LISTED: Reach = { hosts: [HOST, "*.example.com"], private: [] };

const aProxy = async (
  reach: Reach = LISTED,
  {
    wire = standIn.wire,
    limits = {},
    upstream = null,
  }: {
    upstream?: Upstream | null;
    wire?: StandIn["wire"];
    limits?: Partial<ProxyLimits>;
  } = {},
): Promise<OpenProxy> => {
  const proxy = await openProxy(join(temporary(), "p"), { reach, dial: createDial(wire, upstream), limits });
  onTestFinished(() => proxy.close());
  return proxy;
};

/** The status line of the response, and the connection after it. */
const ask = async (
  { socket: path }: OpenProxy,
  request: string,
): Promise<{ readonly status: string; readonly socket: Socket }> => {
  const socket = connect({ path });
  socket.on("error", () => undefined);
  socket.write(request);
  let text = "";
  await new Promise<void>(resolve => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (text.includes("\r\n\r\n")) socket.off("data", take).pause();
      if (text.includes("\r\n\r\n")) resolve();
    };
    socket.on("data", take).once("close", () => resolve());
  });
  onTestFinished(() => void socket.destroy());
  return { status: text.split("\r\n")[0] ?? "", socket };
};

const tunnel = (proxy: OpenProxy, authority: string, header = authority) =>
  ask(proxy, `CONNECT ${authority} HTTP/1.1\r\nHost: ${header}\r\n\r\n`);

/** The result of TLS in a tunnel: what the page says, or why there is none. */
const speak = async (
  socket: Socket,
  { servername, path = "/", sends = "" }: { servername: string; path?: string; sends?: string },
): Promise<string> => {
  const inside: TLSSocket = connectTls({
    socket,
    servername,
    ca: standIn.ca,
    checkServerIdentity: () => undefined,
  });
  return new Promise(resolve => {
    let text = "";
    inside.on("secureConnect", () =>
      inside.write(
        `POST ${path} HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\nContent-Length: ${sends.length}\r\n\r\n${sends}`,
      ),
    );
    inside.on("data", chunk => (text += String(chunk)));
    inside.on("error", error => resolve(`${(error as { code?: string }).code}: ${error.message}`));
    inside.on("close", () => resolve(text.slice(text.indexOf("\r\n\r\n") + 4)));
  });
};

/** What a client sends first, captured from one that connects to nobody. */
const firstBytes = async (): Promise<Buffer> => {
  const bytes: Buffer[] = [];
  const server = createServer(socket =>
    socket.once("data", chunk => {
      bytes.push(chunk);
      socket.destroy();
    }),
  );
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  await speak(connect({ port, host: "127.0.0.1" }), { servername: HOST });
  server.close();
  return Buffer.concat(bytes);
};

describe("a listed host", () => {
  test("is reached, whatever its letters, and nothing is told", async () => {
    const proxy = await aProxy();
    for (const authority of [`${HOST}:443`, "A.EXAMPLE.COM:443", "deep.below.example.com:443"]) {
      const { status, socket } = await tunnel(proxy, authority);
      expect(status).toBe("HTTP/1.1 200 Connection established");
      const name = authority.toLowerCase().replace(":443", "");
      expect(await speak(socket, { servername: name })).toBe(`hello from ${name}`);
    }
    expect(proxy.refused()).toEqual([]);
  });

  test("is reached where the first message comes in pieces, and with the request", async () => {
    const proxy = await aProxy();
    const hello = await firstBytes();
    const { socket } = await ask(proxy, `CONNECT ${HOST}:443 HTTP/1.0\r\n\r\n`);
    const answered = new Promise<Buffer>(resolve => socket.once("data", resolve));
    socket.resume();
    for (const byte of hello) {
      socket.write(Buffer.from([byte]));
      await new Promise(resolve => setImmediate(resolve));
    }
    // A handshake record from the server.
    expect((await answered)[0]).toBe(22);
    const together = await ask(
      proxy,
      `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n${hello.toString("latin1")}`,
    );
    expect(together.status).toMatch(/200/);
  });

  test("that has no address is no refusal", async () => {
    const proxy = await aProxy();
    expect((await tunnel(proxy, "nowhere.example.com:443")).status).toBe(
      "HTTP/1.1 502 Kin: its name has no address",
    );
    expect(proxy.refused()).toEqual([]);
  });
});

describe("what is refused and told", () => {
  test.each([
    ["a foreign host", "evil.example.net:443", "evil.example.net", WHY.unlisted],
    ["another port", `${HOST}:8443`, HOST, WHY.port],
    ["a dot at the end", `${HOST}.:443`, `${HOST}.`, WHY.no_name],
    ["an address", "127.0.0.1:443", "127.0.0.1", WHY.no_name],
    ["an address as one number", "2130706433:443", "2130706433", WHY.no_name],
    ["an address in hex", "0x7f.0.0.1:443", "0x7f.0.0.1", WHY.no_name],
    ["an address in octal", "0177.0.0.01:443", "0177.0.0.01", WHY.no_name],
    ["an address of IPv6", "[::1]:443", "[::1]", WHY.no_name],
    ["a mapped address", "[::ffff:127.0.0.1]:443", "[::ffff:127.0.0.1]", WHY.no_name],
    ["letters that look like a listed host's", "xn--exmple-cua.com:443", "xn--exmple-cua.com", WHY.unlisted],
  ])("%s: %s", async (_, authority, host, why) => {
    const proxy = await aProxy();
    const before = standIn.reached.length;
    expect((await tunnel(proxy, authority)).status).toBe(`HTTP/1.1 403 Kin: ${why}`);
    expect(proxy.refused()).toEqual([{ host, why }]);
    expect(standIn.reached.length).toBe(before);
  });

  test("a Host that is another one", async () => {
    const proxy = await aProxy();
    expect((await tunnel(proxy, `${HOST}:443`, "evil.example.net")).status).toMatch(/403/);
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.header }]);
  });

  test.each(Object.keys(ADDRESSES).filter(name => name !== "nowhere.example.com"))(
    "a listed name that leads inside: %s",
    async host => {
      const proxy = await aProxy();
      const before = standIn.reached.length;
      expect((await tunnel(proxy, `${host}:443`)).status).toMatch(/^HTTP\/1.1 403 Kin: its name leads to /);
      expect(proxy.refused()).toMatchObject([{ host, why: expect.stringMatching(/^its name leads to /) }]);
      expect(standIn.reached.length).toBe(before);
    },
  );

  test("but a private one that the project names as such", async () => {
    const proxy = await aProxy({ hosts: [], private: ["private.example.com"] });
    const { socket } = await tunnel(proxy, "private.example.com:443");
    expect(await speak(socket, { servername: "private.example.com" })).toBe("hello from private.example.com");
    expect((await tunnel(proxy, "loopback.example.com:443")).status).toMatch(/403/);
  });

  test("a name of TLS that is not the one asked for, before a byte of it is sent on", async () => {
    const proxy = await aProxy();
    const before = standIn.asked.length;
    for (const servername of ["b.example.com", "evil.example.net", "", "A.Example.com.", `x${HOST}`]) {
      const { socket } = await tunnel(proxy, `${HOST}:443`);
      expect(await speak(socket, { servername })).toMatch(/ACCESS_DENIED|ECONNRESET|access denied/i);
    }
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.name_of_tls }]);
    expect(standIn.asked.length).toBe(before);
  });

  test("what is no TLS", async () => {
    const proxy = await aProxy();
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    const ended = new Promise(resolve => socket.once("close", resolve));
    socket.resume().write("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n");
    await ended;
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.not_tls }]);
  });

  test("plain http, with the name of whom it was for", async () => {
    const proxy = await aProxy();
    const { status } = await ask(proxy, `GET http://${HOST}/x HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect(status).toBe(`HTTP/1.1 403 Kin: ${WHY.plain}`);
    await ask(proxy, "POST /x HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n");
    expect(proxy.refused()).toEqual([
      { host: HOST, why: WHY.plain },
      { host: "169.254.169.254", why: WHY.plain },
    ]);
  });

  test("no more than twenty, however much is asked for", async () => {
    const proxy = await aProxy();
    for (let at = 0; at < 25; at += 1) await tunnel(proxy, `h${at}.example.net:443`);
    expect(proxy.refused()).toHaveLength(20);
  });
});

describe("a name is resolved once", () => {
  test("and what was looked at is what is connected to", async () => {
    let times = 0;
    const proxy = await aProxy(LISTED, {
      wire: {
        // Public at first, but this machine whenever it is asked again.
        resolve: async () => [{ address: times++ === 0 ? "8.8.8.8" : "127.0.0.1", family: 4 }],
        connect: (addresses, host) => {
          expect(addresses).toEqual([{ address: "8.8.8.8", family: 4 }]);
          return standIn.wire.connect(addresses, host);
        },
      },
    });
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    expect(await speak(socket, { servername: HOST })).toBe(`hello from ${HOST}`);
    expect(times).toBe(1);
  });

  test("and the machine's own wire connects to no other address, whatever the name says", async () => {
    // Nothing listens there, and the name would lead elsewhere.
    const socket = MACHINE.connect([{ address: "127.0.0.9", family: 4 }], "localhost");
    const error = await new Promise<NodeJS.ErrnoException & { address?: string }>(resolve =>
      socket.once("error", resolve),
    );
    expect(`${error.code} ${error.address}`).toBe("ECONNREFUSED 127.0.0.9");
  });

  test.each([
    ["1.1.1.1", null],
    ["2606:4700:4700::1111", null],
    ["11.0.0.1", null],
    ["172.32.0.1", null],
    ["127.255.0.1", "this machine"],
    ["0.0.0.0", "this machine"],
    ["10.0.0.1", "a private network"],
    ["172.31.255.255", "a private network"],
    ["192.168.0.1", "a private network"],
    ["100.64.0.1", "a provider's inner network"],
    ["100.127.255.255", "a provider's inner network"],
    ["169.254.169.254", "the machine's own link, or its metadata"],
    ["168.63.129.16", "the machine's metadata"],
    ["198.18.0.1", "a reserved network"],
    ["239.1.1.1", "a multicast group"],
    ["255.255.255.255", "a reserved network"],
    ["::1", "this machine"],
    ["::", "this machine"],
    ["::ffff:8.8.8.8", "an IPv4 address in another spelling"],
    ["64:ff9b::a00:1", "an IPv4 address in another spelling"],
    ["2002:a00:1::", "an IPv4 address in another spelling"],
    ["fd00:ec2::254", "a private network"],
    ["fe80::1", "the machine's own link"],
    ["ff02::1", "a multicast group"],
    ["2001::1", "a reserved network"],
    ["1::1", "a reserved network"],
    ["4000::1", "a reserved network"],
    ["9000::1", "a reserved network"],
  ])("%s: %s", (address, what) => {
    expect(refusedNet({ address, family: address.includes(":") ? 6 : 4 })).toBe(what);
  });
});

describe("behind a proxy of the runner's own", () => {
  /** It knows the names, and leads to the stand-in. */
  const anUpstream = async (status = "200 OK") => {
    const asked: string[] = [];
    const server = createProxyServer();
    server.on("connect", (request, client, head) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
      if (!status.startsWith("200")) return void client.end(`HTTP/1.1 ${status}\r\n\r\n`);
      const there = connect({ port: standIn.port, host: "127.0.0.1" });
      for (const one of [client, there]) one.on("error", () => undefined);
      client.write(`HTTP/1.1 ${status}\r\n\r\n`);
      there.write(head);
      client.pipe(there).pipe(client);
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return { asked, at: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const wire: StandIn["wire"] = {
    resolve: async host => {
      throw new Error(`${host} was resolved here`);
    },
    connect: () => {
      throw new Error("it was connected to from here");
    },
  };

  test("hosts are reached through it, by name, with its login; what is refused never comes to it", async () => {
    const { asked, at } = await anUpstream();
    const proxy = await aProxy(LISTED, {
      wire,
      upstream: upstreamOf({ HTTPS_PROXY: `http://me:s%40y@${at}` }),
    });
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    expect(await speak(socket, { servername: HOST })).toBe(`hello from ${HOST}`);
    for (const authority of ["evil.example.net:443", "127.0.0.1:443", `${HOST}:8443`])
      expect((await tunnel(proxy, authority)).status).toMatch(/403/);
    const other = await tunnel(proxy, `${HOST}:443`);
    expect(await speak(other.socket, { servername: "evil.example.net" })).toMatch(/denied|ECONNRESET/i);
    const login = `Basic ${Buffer.from("me:s@y").toString("base64")}`;
    expect(asked).toEqual([`${HOST}:443 ${login}`, `${HOST}:443 ${login}`]);
  });

  test("what stands under NO_PROXY is reached without it", async () => {
    const { asked, at } = await anUpstream();
    const proxy = await aProxy(LISTED, {
      upstream: upstreamOf({ https_proxy: at, no_proxy: ".example.com" }),
    });
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    expect(await speak(socket, { servername: HOST })).toBe(`hello from ${HOST}`);
    expect(asked).toEqual([]);
  });

  test.each([
    ["one that refuses", "407 Proxy Authentication Required", null, "the runner's proxy said 407"],
    ["one that is not there", "200 OK", "http://127.0.0.1:9", "the runner's proxy did not answer"],
    [
      "one of another kind",
      "200 OK",
      "socks5://127.0.0.1:1080",
      "the runner's HTTPS_PROXY is no http address",
    ],
  ])("%s is told to whoever asks, and not gone round", async (_, status, instead, told) => {
    const { at } = await anUpstream(status);
    const proxy = await aProxy(LISTED, { wire, upstream: upstreamOf({ HTTPS_PROXY: instead ?? at }) });
    expect((await tunnel(proxy, `${HOST}:443`)).status).toBe(`HTTP/1.1 502 Kin: ${told}`);
  });
});

describe("what goes through has an end", () => {
  const large = (proxy: OpenProxy, more: { path?: string; sends?: string }) =>
    tunnel(proxy, `${HOST}:443`).then(({ socket }) => speak(socket, { servername: HOST, ...more }));

  test("in bytes that come", async () => {
    const proxy = await aProxy(LISTED, { limits: { received: 200_000 } });
    await large(proxy, { path: "/large" });
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.received }]);
  });

  test("in bytes that go, of all connections together", async () => {
    const proxy = await aProxy(LISTED, { limits: { sent: 100_000 } });
    expect(await large(proxy, { sends: "x".repeat(60_000) })).toBe(`hello from ${HOST}`);
    expect(proxy.refused()).toEqual([]);
    await large(proxy, { sends: "x".repeat(60_000) });
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.sent }]);
  });

  test("in bytes that go with the first message, and then nothing is reached any more", async () => {
    const hello = await firstBytes();
    let got = 0;
    const server = createServer(socket => socket.on("error", () => undefined).on("data", () => (got += 1)));
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    let reached = 0;
    const wire: StandIn["wire"] = {
      ...standIn.wire,
      connect: () => {
        reached += 1;
        return connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
      },
    };
    const proxy = await aProxy(LISTED, { wire, limits: { sent: 20_000 } });
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    const ended = new Promise(resolve => socket.resume().once("close", resolve));
    socket.write(Buffer.concat([hello, Buffer.alloc(40_000)]));
    await ended;
    expect((await tunnel(proxy, `${HOST}:443`)).status).toBe(`HTTP/1.1 403 Kin: ${WHY.sent}`);
    expect([got, reached]).toEqual([0, 1]);
    expect(proxy.refused()).toEqual([{ host: HOST, why: WHY.sent }]);
  });

  test("in connections at once", async () => {
    const proxy = await aProxy(LISTED, { limits: { connections: 2 } });
    const kept = [await tunnel(proxy, `${HOST}:443`), await tunnel(proxy, `${HOST}:443`)];
    expect(kept.map(({ status }) => status)).toEqual(Array(2).fill("HTTP/1.1 200 Connection established"));
    expect((await tunnel(proxy, `${HOST}:443`)).status).toBe("");
    expect(proxy.refused()).toMatchObject([{ why: WHY.connections }]);
  });

  test("where nobody says anything", async () => {
    const proxy = await aProxy(LISTED, { limits: { seconds: 0.3 } });
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    await new Promise(resolve => socket.resume().once("close", resolve));
  });

  test("with its command: every connection is gone when it is closed", async () => {
    const proxy = await aProxy();
    const { socket } = await tunnel(proxy, `${HOST}:443`);
    const inside = connectTls({ socket, servername: HOST, ca: standIn.ca });
    await new Promise(resolve => inside.once("secureConnect", resolve));
    const ended = new Promise(resolve => inside.on("error", () => undefined).once("close", resolve));
    await proxy.close();
    await ended;
    await expect(
      new Promise((resolve, reject) =>
        connect({ path: proxy.socket }).once("connect", resolve).once("error", reject),
      ),
    ).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });
});
