// The only way from a sandbox to the network: a proxy outside it, on a unix socket, one per command. It decides by name
// (`core/model/network/reach.ts`), checks the server name in the TLS handshake, and passes on bytes it does not read.
// Everything it is asked from inside is hostile.
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { readHello } from "../../core/model/network/client-hello.ts";
import { hostName } from "../../core/model/network/host.ts";
import { judgeAsk, type Reach, type Refused, shown, WHY } from "../../core/model/network/reach.ts";
import type { Dial } from "./dial.ts";

export interface OpenProxy {
  /** Path of its unix socket. */
  readonly socket: string;
  /** What it has refused so far, each once. */
  readonly refused: () => readonly Refused[];
  /** Also ends everything that goes through it. */
  readonly close: () => Promise<void>;
}

export interface ProxyLimits {
  readonly connections: number;
  /** In bytes, for all connections together. */
  readonly sent: number;
  readonly received: number;
  /** For a request, and for the first message inside the tunnel. */
  readonly seconds: number;
}

const LIMITS: ProxyLimits = {
  connections: 256,
  sent: 64 * 1024 ** 2,
  received: 8 * 1024 ** 3,
  seconds: 20,
};

export interface ProxyOptions {
  readonly reach: Reach;
  readonly dial: Dial;
  readonly limits?: Partial<ProxyLimits>;
}

const MOST_REFUSED = 20;

const WAYS = ["sent", "received"] as const;
type Way = (typeof WAYS)[number];

export const openProxy = async (
  socket: string,
  { reach, dial, ...options }: ProxyOptions,
): Promise<OpenProxy> => {
  const limits = { ...LIMITS, ...options.limits };
  const refused = new Map<string, Refused>();
  const open = new Set<Duplex>();
  const passed = { sent: 0, received: 0 };
  const isOver = (way: Way): boolean => passed[way] > limits[way];
  const tell = ({ host, why }: Refused): void => {
    if (refused.size < MOST_REFUSED) refused.set(`${host} ${why}`, { host, why });
  };
  const keep = (stream: Duplex): void => {
    open.add(stream);
    stream.once("close", () => open.delete(stream));
    stream.on("error", () => stream.destroy());
  };

  const tunnel = async (request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> => {
    const asked = judgeAsk({ authority: request.url ?? "", host: request.headers.host }, reach);
    if (asked.kind === "refused") {
      tell(asked);
      return answer(client, `403 Kin: ${asked.why}`);
    }
    const { host, isPrivate } = asked;
    const over = WAYS.find(isOver);
    if (over !== undefined) {
      tell({ host, why: WHY[over] });
      return answer(client, `403 Kin: ${WHY[over]}`);
    }
    const dialed = await dial({ host, isPrivate, tell: why => tell({ host, why }) });
    if (dialed.kind === "refused") {
      tell({ host, why: dialed.why });
      return answer(client, `403 Kin: ${dialed.why}`);
    }
    if (dialed.kind === "failed") return answer(client, `502 Kin: ${dialed.what}`);
    const server = dialed.socket;
    keep(server);
    server.once("close", () => client.destroy());
    client.once("close", () => server.destroy());
    if (client.destroyed || closed) return void server.destroy();
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const hello = await firstMessage(client, head, limits.seconds);
    if (hello === null) return void client.destroy();
    // guard: name-of-tls
    if (hello.name !== host) {
      tell({ host, why: hello.isTls ? WHY.name_of_tls : WHY.not_tls });
      return void client.end(ACCESS_DENIED, () => server.destroy());
    }
    const count = (way: Way, { length }: Buffer): void => {
      passed[way] += length;
      if (!isOver(way)) return; // guard: bytes-both-ways
      tell({ host, why: WHY[way] });
      for (const side of [client, server]) side.destroy();
    };
    count("sent", hello.bytes); // guard: bytes-of-the-first-message
    server.write(hello.bytes);
    client.on("data", chunk => count("sent", chunk));
    server.on("data", chunk => count("received", chunk));
    client.pipe(server);
    server.pipe(client);
  };

  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.seconds * 1000,
    requestTimeout: limits.seconds * 1000,
    connectionsCheckingInterval: 1000,
    // Some clients send none; if there is one, it is compared.
    requireHostHeader: false,
  });
  let closed = false;
  server.maxConnections = limits.connections; // guard: most-connections
  server.on("drop", () => tell({ host: "?", why: WHY.connections }));
  server.on("connection", keep);
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    void tunnel(request, client, head).catch(() => client.destroy());
  });
  // Anything but CONNECT is plain http, which is never passed on.
  server.on("request", (request: IncomingMessage, response) => {
    tell({ host: hostOfPlain(request), why: WHY.plain });
    response.writeHead(403, `Kin: ${WHY.plain}`, { connection: "close" }).end(`Kin: ${WHY.plain}\n`);
  });
  server.on("upgrade", (_request, client: Duplex) => client.destroy());
  server.on("clientError", (_error, client: Duplex) => client.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Only the sandboxes' user can enter its directory.
    server.listen({ path: socket, readableAll: true, writableAll: true }, resolve);
  });
  return {
    socket,
    refused: () => [...refused.values()],
    close: () => {
      closed = true;
      const done = new Promise<void>(resolve => server.close(() => resolve()));
      for (const stream of open) stream.destroy(); // guard: ends-with-its-command
      return done;
    },
  };
};

/** The fatal TLS alert access_denied, which most clients report. */
const ACCESS_DENIED = Buffer.from([21, 3, 3, 0, 2, 2, 49]);

const answer = (client: Duplex, status: string): void => {
  client.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${status.slice(4)}\n`,
  );
};

const hostOfPlain = ({ url = "", headers }: IncomingMessage): string => {
  const written = (URL.canParse(url) ? new URL(url).host : headers.host) ?? "";
  return hostName(written.replace(/:\d{1,5}$/, "")) ?? shown(written);
};

interface First {
  readonly isTls: boolean;
  readonly name: string | null;
  readonly bytes: Buffer;
}

/** Null if it does not arrive. Nothing has been sent on by then. */
const firstMessage = (client: Duplex, head: Buffer, seconds: number): Promise<First | null> =>
  new Promise(resolve => {
    let bytes = head;
    const done = (first: First | null): void => {
      clearTimeout(timer);
      client.off("data", take).off("end", gone).off("close", gone);
      client.pause();
      resolve(first);
    };
    const gone = (): void => done(null);
    const look = (): void => {
      const hello = readHello(bytes);
      if (hello.kind === "hello") done({ isTls: true, name: hello.name, bytes });
      if (hello.kind === "not_tls") done({ isTls: false, name: null, bytes });
    };
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      look();
    };
    const timer = setTimeout(gone, seconds * 1000); // guard: silent-client
    client.on("data", take).once("end", gone).once("close", gone);
    look();
  });
