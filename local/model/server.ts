// The scripted model: the Messages API over HTTP, answered from YAML files. For tests and the demo; it says "scripted"
// wherever it shows.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../core/model/clock.ts";
import { createAnswering } from "./answering.ts";
import { checkAll } from "./check-all.ts";
import type { Player, Script } from "./choose.ts";
import { Failure, failureBody, invalid } from "./failure.ts";
import { createFederation, type Federation, type FederationRule } from "./federation.ts";
import type { SeenRequest } from "./seen.ts";

export interface FakeModelOptions {
  /** The directory of the answers files, or a player in their place. */
  readonly answers: string | Script | Player;
  /** 0, the default, is any free one. */
  readonly port?: number;
  readonly host?: string;
  readonly log?: (line: string) => void;
  /** Ages the prompt cache. */
  readonly clock?: Pick<Clock, "now">;
  /** If given, workloads get tokens and no key is accepted. Asked for at each exchange. */
  readonly rules?: () => readonly FederationRule[];
}

export interface FakeModel {
  readonly url: string;
  /** Null if it accepts any key. */
  readonly federation: Federation | null;
  readonly requests: () => readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

export const startFakeModel = async (options: FakeModelOptions): Promise<FakeModel> => {
  const { answers, port = 0, host = "127.0.0.1", log = () => undefined } = options;
  const files =
    typeof answers === "string" ? answers : typeof answers === "object" ? answers.directory : null;
  for (const problem of files === null ? [] : await checkAll(files)) log(problem);
  const now = options.clock?.now ?? Date.now;
  const answering = createAnswering({ answers, log, now });
  const federation = options.rules === undefined ? null : createFederation({ rules: options.rules, now });
  const server = createServer((request, response) => {
    response.setHeader("x-kin-scripted", "1");
    route(request, response).catch(error => refuse(response, error));
  });
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://scripted");
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return sendJson(response, { scripted: true, answers: files });
      case "GET /_embedded/requests":
        return sendJson(
          response,
          answering.requests().map(({ body: _, ...seen }) => seen),
        );
      case "POST /v1/oauth/token":
        if (federation === null) throw new Failure(404, "scripted: no workload identity here");
        return sendJson(response, await federation.exchange(await bodyOf(request)));
      case "POST /v1/messages":
        return answering.message(response, await authenticated(request, federation));
      case "POST /v1/messages/count_tokens":
        return sendJson(response, answering.count(await authenticated(request, federation)));
      default:
        throw new Failure(404, `scripted: no ${request.method} ${pathname} here`);
    }
  };
  const refuse = (response: ServerResponse, error: unknown): void => {
    if (response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const failure = error instanceof Failure ? error : new Failure(500, `scripted: ${String(error)}`);
    const { retry_after } = failure.more;
    if (retry_after !== undefined) response.setHeader("retry-after", String(retry_after));
    const id = String(response.getHeader("request-id") ?? "req_scripted");
    sendJson(response, failureBody(failure, id), failure.status);
  };
  server.listen(port, host);
  await once(server, "listening");
  return {
    url: urlOf(server.address() as AddressInfo),
    federation,
    requests: answering.requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const urlOf = ({ address, port }: AddressInfo): string => {
  const anywhere = address === "0.0.0.0" || address === "::";
  return `http://${anywhere ? "127.0.0.1" : address.includes(":") ? `[${address}]` : address}:${port}`;
};

/** The body as JSON; like the API, checks the key and the version first. */
const authenticated = async (request: IncomingMessage, federation: Federation | null): Promise<unknown> => {
  const key = request.headers["x-api-key"] ?? request.headers.authorization?.replace(/^Bearer /, "");
  if (!key) throw new Failure(401, "x-api-key header is required");
  federation?.check(String(key));
  if (!request.headers["anthropic-version"]) throw invalid("anthropic-version: header is required");
  if (federation !== null && !String(request.headers["anthropic-beta"]).includes("oauth-2025-04-20"))
    throw new Failure(401, "OAuth authentication is currently not supported.");
  return bodyOf(request);
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Failure(413, "Request exceeds the maximum size");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw invalid("The request body is not valid JSON");
  }
};

const MOST_BYTES = 32 * 1024 * 1024;

const sendJson = (response: ServerResponse, body: object, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
};
