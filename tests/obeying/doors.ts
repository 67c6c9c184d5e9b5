// Everything that reaches this process: every request to the embedded GitHub, to the model, and to our own proxy before
// the App. Bytes are read where Node hands them out, so that the servers do not notice.

import { randomInt } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createListener } from "node:net";

export interface Came {
  readonly port: number;
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => string;
}

export interface Recorder {
  readonly came: readonly Came[];
  readonly end: () => void;
}

const CHANNEL = "http.server.request.start";

export const record = (heard: (came: Came) => void = () => {}): Recorder => {
  const came: Came[] = [];
  const listener = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    const chunks: Buffer[] = [];
    const push = request.push.bind(request);
    request.push = (chunk, encoding) => {
      if (chunk !== null) chunks.push(Buffer.from(chunk as Buffer));
      return push(chunk, encoding);
    };
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const one = {
      port: request.socket.localPort ?? 0,
      line: `${request.method} ${request.url}`,
      headers,
      body: () => Buffer.concat(chunks).toString("utf8"),
    };
    came.push(one);
    heard(one);
  };
  subscribe(CHANNEL, listener);
  return { came, end: () => void unsubscribe(CHANNEL, listener) };
};

export interface Door {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Forwards everything. The target is known once the App has a port. */
export const openDoor = async (to: () => string): Promise<Door> => {
  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
      const answer = await fetch(new URL(request.url ?? "/", to()), {
        method: request.method ?? "GET",
        headers: headers as Record<string, string>,
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "text/plain",
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch {
      response.destroy();
    }
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}`, port, close: () => shut(server) };
};

export interface Listener {
  readonly port: number;
  /** How many came since the last call. */
  readonly taken: () => number;
  readonly close: () => Promise<void>;
}

/** Somebody outside who waits for exfiltrated data. */
export const openListener = async (): Promise<Listener> => {
  let count = 0;
  const server = createListener(socket => {
    count += 1;
    socket.on("error", () => {}).destroy();
  });
  const port = await listening(server as unknown as Server);
  return {
    port,
    taken: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    close: () => new Promise(resolve => void server.close(() => resolve())),
  };
};

/** Below the range from which the kernel assigns ports, like the world's. */
const listening = async (server: Server): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch {
      // In use: try another.
    }
  }
};

const shut = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
