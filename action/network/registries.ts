// Hosts with a credential: the proxy speaks TLS in their place, forwards what is allowed with the credential, and
// returns the answer. So no sandbox ever holds the credential. It is sent only to its own host, and redirects are not
// followed here.
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import { type Duplex, duplexPair } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect } from "node:tls";
import type { RegistryCredential } from "../../core/model/config.ts";
import { hostName } from "../../core/model/network/host.ts";
import { WHY } from "../../core/model/network/reach.ts";
import type { Certificate } from "./certificate.ts";
import type { Asked, Dial } from "./dial.ts";

export interface RegistryParts {
  readonly credentials: readonly RegistryCredential[];
  /** Secret values by name. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly certificate: Certificate;
  readonly dial: Dial;
  /** Certificate authorities for the hosts, if not the machine's. */
  readonly roots?: string;
}

/** For other hosts it is `dial`. */
export const withRegistries = (parts: RegistryParts): Dial => {
  const byHost = new Map(parts.credentials.map(credential => [credential.host, credential]));
  return async asked => {
    const credential = byHost.get(asked.host);
    if (credential === undefined) return parts.dial(asked);
    const [outer, inner] = duplexPair();
    const server = createServer(
      { ...parts.certificate, ALPNProtocols: ["http/1.1"] },
      inTurn(outer, (asks, answers) => pass(asks, { answers, asked, credential, parts })),
    );
    server.on("tlsClientError", () => outer.destroy());
    for (const side of [outer, inner]) side.on("error", () => outer.destroy());
    outer.once("close", () => inner.destroy());
    server.emit("connection", inner);
    return { kind: "connected", socket: outer };
  };
};

/**
 * Serves one request at a time, because each opens a connection to the host and a command may have only so many. A
 * second request waits until the first answer is through; a third means a client that does not wait, and ends the
 * connection. So does a throw.
 */
const inTurn = (
  outer: Duplex,
  serve: (asks: IncomingMessage, answers: ServerResponse) => Promise<void>,
): RequestListener => {
  let isNextHere = false;
  return (asks, answers) => {
    const start = (): void => {
      isNextHere = false;
      void serve(asks, answers).catch(() => outer.destroy());
    };
    // Node gives an answer its socket once the previous one is through.
    if (answers.socket !== null) return start();
    if (isNextHere) return void outer.destroy(); // guard: one-request-at-a-time
    isNextHere = true;
    answers.once("socket", start);
  };
};

interface Passing {
  readonly answers: ServerResponse;
  readonly asked: Asked;
  readonly credential: RegistryCredential;
  readonly parts: RegistryParts;
}

const pass = async (asks: IncomingMessage, { answers, asked, credential, parts }: Passing): Promise<void> => {
  const { method = "", url = "" } = asks;
  const refuse = (status: number, why: string): void => {
    asked.tell(why);
    answers.writeHead(status, { "content-type": "text/plain" }).end(`Kin: ${why}\n`);
  };
  if (method !== "GET" && method !== "HEAD") return refuse(405, WHY.method); // guard: credentials-only-read
  // The Host header is visible only inside TLS, and has to name the same host.
  if (!isFor(asks, asked.host) || !url.startsWith("/")) return refuse(421, WHY.header); // guard: host-inside-of-tls
  const secret = parts.secrets.get(credential.secret);
  if (secret === undefined) return refuse(502, WHY.secret(credential.secret));
  const dialed = await parts.dial(asked);
  if (dialed.kind === "refused") return refuse(403, dialed.why);
  if (dialed.kind === "failed") return void answers.writeHead(502).end(`Kin: ${dialed.what}\n`);
  const { socket } = dialed;
  answers.once("close", () => socket.destroy());
  // The command may have ended meanwhile.
  if (answers.destroyed) return void socket.destroy(); // guard: nothing-asked-after-the-end
  const { host } = asked;
  const roots = parts.roots === undefined ? {} : { ca: parts.roots };
  const sent = request({
    ...{ host, method, path: url },
    headers: { ...kept(asks.headers, SENT), host, authorization: authorizationOf(credential, secret) },
    // An agent would look the name up and connect by itself.
    // guard: credentials-to-whom-they-are-for
    createConnection: () => connect({ socket: socket as never, servername: host, ...roots }),
  });
  const answer = await new Promise<IncomingMessage | null>(resolve => {
    sent.once("response", resolve).on("error", () => resolve(null));
    sent.end();
  });
  if (answer === null)
    return void answers.writeHead(502).end("Kin: the host did not answer, or is not who it should be\n");
  const { statusCode = 0, headers } = answer;
  // Node cannot send any other status on.
  const status = statusCode >= 200 && statusCode <= 599 ? statusCode : 502; // guard: status-of-an-answer
  answers.writeHead(status, kept(headers, BROUGHT));
  await pipeline(answer, answers);
};

const isFor = ({ headers }: IncomingMessage, host: string): boolean =>
  hostName((headers.host ?? "").replace(/:443$/, "")) === host;

const SCHEMES: Readonly<Record<RegistryCredential["scheme"], (secret: string) => string>> = {
  bearer: secret => `Bearer ${secret}`,
  basic: secret => `Basic ${Buffer.from(secret).toString("base64")}`,
  plain: secret => secret,
};

const authorizationOf = ({ scheme }: RegistryCredential, secret: string): string => SCHEMES[scheme](secret);

/** Headers that a client may send. */
const SENT = new Set(
  "accept accept-encoding accept-language user-agent if-none-match if-modified-since range cache-control".split(
    " ",
  ),
);
/** Headers that it gets back. It may follow a redirect itself, without the credential. */
const BROUGHT = new Set(
  "content-type content-length content-encoding content-range accept-ranges etag last-modified cache-control location date vary".split(
    " ",
  ),
);

const kept = (headers: IncomingMessage["headers"], names: ReadonlySet<string>): OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => names.has(name) && value !== undefined),
  );
