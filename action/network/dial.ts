// How the proxy reaches a host: it resolves the name once, checks every address and connects to one of them. If the
// runner itself is behind a proxy, that is asked instead, by name.
import { lookup } from "node:dns/promises";
import { request as requestPlain } from "node:http";
import { request as requestOverTls } from "node:https";
import { BlockList, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { REFUSED_NETS } from "../../core/model/network/addresses.ts";
import { WHY } from "../../core/model/network/reach.ts";
import { isBeside, type Upstream } from "../../core/model/network/upstream.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface Wire {
  readonly resolve: (host: string) => Promise<readonly Address[]>;
  /** Connects to the first of these addresses that responds, on port 443. */
  readonly connect: (addresses: readonly Address[], host: string) => Socket;
  /** Certificate authorities for connections that Kin itself verifies; the machine's if absent. */
  readonly roots?: string;
}

export type Dialed =
  | { readonly kind: "connected"; readonly socket: Duplex }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "failed"; readonly what: string };

export interface Asked {
  readonly host: string;
  readonly isPrivate: boolean;
  /** Reports a refusal that only comes later. */
  readonly tell: (why: string) => void;
}

export type Dial = (asked: Asked) => Promise<Dialed>;

const DIAL_MS = 30_000;

export const MACHINE: Wire = {
  resolve: host => lookup(host, { all: true }),
  // The name is not resolved again: we connect to what was checked.
  connect: (addresses, host) =>
    connect({
      host,
      port: 443,
      allowHalfOpen: true,
      autoSelectFamily: true,
      lookup: (_, { all }, done) => {
        const [first] = addresses;
        if (all) done(null, [...addresses]);
        else done(null, first?.address ?? "", first?.family);
      },
    }),
};

export type Looked =
  | { readonly kind: "there"; readonly addresses: readonly Address[] }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "failed"; readonly what: string };

/** Where a host is, provided it may be reached there. */
export const lookAt = async (
  { resolve }: Pick<Wire, "resolve">,
  { host, isPrivate }: Pick<Asked, "host" | "isPrivate">,
): Promise<Looked> => {
  const addresses = await resolve(host).catch(() => []);
  if (addresses.length === 0) return { kind: "failed", what: "its name has no address" };
  const what = isPrivate ? undefined : addresses.map(refusedNet).find(found => found !== null); // guard: public-addresses
  return what ? { kind: "refused", why: WHY.address(what) } : { kind: "there", addresses };
};

export const createDial =
  (wire: Wire, upstream: Upstream | null): Dial =>
  async asked => {
    const { host } = asked;
    // Only the upstream proxy may know the name, and where that leads is its business.
    if (upstream !== null && !isBeside(host, upstream)) return throughUpstream(upstream, host); // guard: upstream-first
    const looked = await lookAt(wire, asked);
    if (looked.kind !== "there") return looked;
    return connected(wire.connect(looked.addresses, host)); // guard: pinned-addresses
  };

const connected = (socket: Socket): Promise<Dialed> =>
  new Promise(resolve => {
    const fail = (what: string): void => {
      socket.destroy();
      resolve({ kind: "failed", what });
    };
    const timer = setTimeout(() => fail("it did not answer"), DIAL_MS);
    socket.once("close", () => clearTimeout(timer));
    socket.on("error", error => fail((error as { readonly code?: string }).code ?? "it did not answer"));
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve({ kind: "connected", socket });
    });
  });

const REQUESTS: Readonly<Record<string, typeof requestPlain>> = {
  "http:": requestPlain,
  "https:": requestOverTls,
};

const throughUpstream = ({ url }: Upstream, host: string): Promise<Dialed> => {
  const start = REQUESTS[url.protocol];
  if (start === undefined)
    return Promise.resolve({ kind: "failed", what: "the runner's HTTPS_PROXY is no http address" });
  const authority = `${host}:443`;
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = {
    host: authority,
    ...(login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }),
  };
  return new Promise(resolve => {
    const fail = (what: string): void => {
      asked.destroy();
      resolve({ kind: "failed", what });
    };
    const asked = start({
      ...{
        host: url.hostname.replace(/^\[|\]$/g, ""),
        method: "CONNECT",
        path: authority,
        headers,
        agent: false,
      },
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    });
    const timer = setTimeout(() => fail("the runner's proxy did not answer"), DIAL_MS);
    asked.once("close", () => clearTimeout(timer));
    asked.on("error", () => fail("the runner's proxy did not answer"));
    asked.once("response", ({ statusCode }) => fail(`the runner's proxy said ${statusCode}`));
    asked.once("connect", ({ statusCode }, socket, head) => {
      clearTimeout(timer);
      if (statusCode !== 200) {
        socket.destroy();
        return fail(`the runner's proxy said ${statusCode}`);
      }
      if (head.length > 0) socket.unshift(head);
      resolve({ kind: "connected", socket });
    });
    asked.end();
  });
};

const NETS = REFUSED_NETS.map(({ net, bits, family, what }) => {
  const list = new BlockList();
  list.addSubnet(net, bits, family);
  return { list, family, what };
});

/** The kind of a forbidden address; null for a public one. */
export const refusedNet = ({ address, family }: Address): string | null => {
  const kind = family === 6 ? "ipv6" : "ipv4";
  const found = NETS.find(net => net.family === kind && net.list.check(address, kind));
  return found?.what ?? null;
};
