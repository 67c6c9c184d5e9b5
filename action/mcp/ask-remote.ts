// One request to the address in the configuration: over https, to no private network, and following no redirect.
import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as requestPlainly } from "node:http";
import { type RequestOptions, request as requestSafely } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { refusedNet } from "../network/dial.ts";

export interface RemoteOptions {
  /** Only in a scripted world: plain http to this machine itself. */
  readonly loopback?: boolean;
  /** Tests only: another resolver, and another authority for certificates. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly ca?: string;
}

interface Asking extends RemoteOptions {
  readonly method: "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  /** Private addresses are allowed too. */
  readonly open: boolean;
}

/** A successful answer whose body is still unread. */
export interface Said {
  /** The content type, in lower case. */
  readonly type: string;
  readonly session: string | undefined;
  readonly parts: AsyncIterable<Buffer>;
  /** Drops the body unread. */
  readonly leave: () => void;
}

export const askRemote = async (
  address: string,
  { method, headers, body, signal, open, loopback = false, resolve = resolveName, ca }: Asking,
): Promise<Said> => {
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
  const options: RequestOptions = {
    method,
    headers,
    // Only the addresses that were checked: the name may resolve differently the next time.
    lookup: pinned(addresses), // guard: pinned-remote
    agent: false,
    signal,
    ...(ca === undefined ? {} : { ca }),
  };
  // The callback only hands the answer on: nobody would catch what it throws.
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const request = (plain ? requestPlainly : requestSafely)(url, options, done);
    request.on("error", fail);
    request.end(body);
  });
  const problem = statusProblem(answer.statusCode ?? 0);
  if (problem !== null) {
    answer.destroy();
    throw new Error(problem);
  }
  return {
    type: (answer.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
    session: [answer.headers["mcp-session-id"]].flat()[0],
    parts: answer,
    leave: () => void answer.destroy(),
  };
};

const statusProblem = (status: number): string | null => {
  // guard: no-redirects
  if (status >= 300 && status < 400)
    return `it sends elsewhere (${status}), and Kin goes nowhere else with what it was given`;
  if (status === 401 || status === 403) return `it refuses what it is shown (${status}): look at \`headers\``;
  return status >= 200 && status < 300 ? null : `it answered with the status ${status}`; // guard: only-success
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
