// MCP over streamable HTTP, by the harness: to the one address of the configuration, over https, to nobody's private
// network, without following anybody elsewhere, and reading no more than anybody needs.
import { lookup } from "node:dns/promises";
import { request as requestPlainly } from "node:http";
import { type RequestOptions, request as requestSafely } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { NamedServer } from "../../ports.ts";
import { refusedNet } from "../network/dial.ts";
import type { Ended, EndingTransport } from "./ending.ts";

export interface RemoteOptions {
  /** Only a scripted world: plain http to this machine itself. */
  readonly loopback?: boolean;
  /** Tests only: another resolver, and another authority for certificates. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly ca?: string;
}

interface Remote extends RemoteOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const MOST_BYTES = 8 * 1024 ** 2;
const SHOWN = 64 * 1024;

export const remoteTransport = (
  server: Pick<NamedServer, "private">,
  { url, headers, ...options }: Remote,
): EndingTransport => {
  let ended: Ended | null = null;
  let closing = false;
  const end = (why: Ended): void => {
    ended ??= why;
    void inner.close();
  };
  const fetch: FetchLike = async (address, init = {}) => {
    // What a server would tell unasked is not listened to.
    if ((init.method ?? "GET") === "GET") return new Response(null, { status: 405 });
    return ask(address, { ...options, init, open: server.private === true, tooMuch: end });
  };
  const address = URL.canParse(url) ? new URL(url) : null;
  const inner = new StreamableHTTPClientTransport(address ?? new URL("https://invalid.invalid"), {
    fetch,
    requestInit: { headers: { ...headers } },
    reconnectionOptions: {
      initialReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 0,
    },
  });
  const close = inner.close.bind(inner);
  return Object.assign(inner, {
    ended: () => ended,
    close: async () => {
      if (closing) return;
      closing = true;
      // A server need not be told, but may hold something for us.
      if (ended === null) await Promise.race([inner.terminateSession().catch(() => undefined), soon()]);
      await close();
    },
  });
};

const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 2_000).unref());

interface Asking extends RemoteOptions {
  readonly init: RequestInit;
  /** Also to a private address. */
  readonly open: boolean;
  readonly tooMuch: (end: Ended) => void;
}

const ask = async (
  address: string | URL,
  { init, open, tooMuch, loopback = false, resolve = resolveName, ca }: Asking,
): Promise<Response> => {
  const url = new URL(address);
  const plain = url.protocol === "http:";
  const here = loopback && url.hostname === "127.0.0.1";
  if (plain && !here) throw new Error("only https addresses are asked"); // guard: only-https
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : await resolve(host);
  const wrong =
    open || here
      ? undefined
      : addresses.find(one => refusedNet({ address: one, family: isIP(one) }) !== null); // guard: only-public-addresses
  if (addresses.length === 0) throw new Error(`nobody knows the address of ${host}`);
  if (wrong !== undefined)
    throw new Error(`${host} leads to ${wrong}, which is no public address; \`private: true\` allows it`);
  return new Promise((done, fail) => {
    const options: RequestOptions = {
      method: init.method ?? "POST",
      headers: Object.fromEntries(new Headers(init.headers)),
      // Of those that were looked at, and of no others: a name may lead elsewhere the next time.
      lookup: pinned(addresses), // guard: pinned-remote
      agent: false,
      ...(init.signal == null ? {} : { signal: init.signal }),
      ...(ca === undefined ? {} : { ca }),
    };
    const request = (plain ? requestPlainly : requestSafely)(url, options, answer => {
      const status = answer.statusCode ?? 500;
      // guard: no-redirects
      if (status >= 300 && status < 400) {
        answer.destroy();
        return fail(
          new Error(`it sends elsewhere (${status}), and Kin goes nowhere else with what it was given`),
        );
      }
      if (status === 401 || status === 403) {
        answer.destroy();
        return fail(new Error(`it refuses what it is shown (${status}): look at \`headers\``));
      }
      const given = Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, [value].flat().join(", ")] as [string, string]],
      );
      const empty = status === 204 || status === 205;
      if (empty) answer.resume();
      const body = empty ? null : (Readable.toWeb(bounded(answer, tooMuch)) as ReadableStream<Uint8Array>);
      done(new Response(body, { status, headers: given }));
    });
    request.on("error", fail);
    request.end(typeof init.body === "string" ? init.body : undefined);
  });
};

const resolveName = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_, { all }, done) => {
    const found = addresses.map(address => ({ address, family: isIP(address) }));
    const [first] = found;
    if (all) done(null, found);
    else done(null, first?.address ?? "", first?.family);
  };

/** As much of it as may come; what is more ends the connection. */
const bounded = (stream: Readable, tooMuch: (end: Ended) => void): Readable => {
  let bytes = 0;
  let begins = Buffer.alloc(0);
  async function* parts(): AsyncGenerator<Buffer> {
    for await (const part of stream as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (begins.length < SHOWN) begins = Buffer.concat([begins, part]).subarray(0, SHOWN);
      // guard: most-of-an-answer
      if (bytes > MOST_BYTES) {
        stream.destroy();
        tooMuch({
          why: "it answered more than 8 MiB at once; ask for less",
          begins: begins.toString("utf8"),
        });
        return;
      }
      yield part;
    }
  }
  return Readable.from(parts());
};
