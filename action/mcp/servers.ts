// The client of MCP servers, around the protocol's own SDK. Bundled apart: only a run whose configuration names servers
// loads it. Results are not checked against the server's schemas: they are text for a model.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { jsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import * as z from "zod";
import { KinError } from "../../core/model/error.ts";
import {
  hiderOf,
  type Secrets,
  SHORTEST_SECRET,
  secretNames,
  secretProblem,
  withSecrets,
} from "../../core/model/mcp-secrets.ts";
import type { Called, Connection, NamedServer, ToolServers } from "../drive/ports/tool-servers.ts";
import type { RemoteOptions } from "./ask-remote.ts";
import type { EndingTransport } from "./ending.ts";
import { programTransport } from "./program-transport.ts";
import { remoteTransport } from "./remote-transport.ts";

export interface ToolServersOptions {
  readonly secrets: Secrets;
  /** For tests and the scripted world. */
  readonly remote?: RemoteOptions;
  readonly log: (line: string) => void;
}

/** Limits for listing tools. */
const MOST_PAGES = 10;
const MOST_LISTED = 512;

export const createToolServers = ({ secrets, remote = {}, log }: ToolServersOptions): ToolServers => {
  // Shorter ones are never given to a server.
  const hide = hiderOf([...secrets.values()].filter(({ length }) => length >= SHORTEST_SECRET));
  return {
    hide,
    connect: async (server, { bench, signal }) => {
      const problem = secretProblem(secretNames(server), secrets);
      if (problem !== null) throw unavailable(problem);
      const { command, args = [], env = {}, url = "", headers = {} } = server;
      const transport =
        command === undefined
          ? remoteTransport(server, { ...remote, url, headers: withSecrets(headers, secrets) })
          : programTransport(await bench(), { command, args, env: withSecrets(env, secrets) });
      return connectOver(transport, { server, signal, log: line => log(hide(line)) });
    },
  };
};

interface Connecting {
  readonly server: NamedServer;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const connectOver = async (
  transport: EndingTransport,
  { server, signal, log }: Connecting,
): Promise<Connection> => {
  const client = new Client(
    { name: "kin", version: "1" },
    // Servers may use nothing of ours: not the model, not files, not people.
    { capabilities: {}, jsonSchemaValidator: UNCHECKED },
  );
  client.onerror = error => log(`The server ${server.name}: ${error.message.slice(0, 500)}`);
  const options = (own: AbortSignal) => {
    const timeout = server.timeout_seconds * 1000; // guard: seconds-of-a-server
    return { timeout, maxTotalTimeout: timeout, signal: own };
  };
  const close = async (): Promise<void> => {
    await client.close().catch(() => undefined);
    await transport.close().catch(() => undefined);
  };
  const whyOf = (error: unknown): string => {
    // Checked first, because the connection is closed after a timeout.
    if (isTimeout(error)) return `it did not answer within ${server.timeout_seconds} seconds`;
    const end = transport.ended();
    if (end !== null) return end.why;
    return error instanceof Error ? error.message : String(error);
  };
  try {
    await client.connect(transport, options(signal));
    const tools = await listTools(client, options(signal));
    return {
      tools,
      call: async (tool, { input, signal: own }) => {
        try {
          const params = { name: tool, arguments: input as Record<string, unknown> };
          const result = await client.request({ method: "tools/call", params }, Anything, options(own));
          return { kind: "answered", result };
        } catch (error) {
          own.throwIfAborted();
          const begins = transport.ended()?.begins;
          const refused = error instanceof McpError && transport.ended() === null && !isTimeout(error);
          return refused
            ? { kind: "refused", why: error.message }
            : ({
                kind: "lost",
                why: whyOf(error),
                ...(begins === undefined ? {} : { begins }),
              } satisfies Called);
        }
      },
      close,
    };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw unavailable(whyOf(error));
  }
};

const Anything = z.looseObject({});
const Page = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

const listTools = async (
  client: Client,
  options: Parameters<Client["request"]>[2],
): Promise<readonly unknown[]> => {
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const found = await client.request({ method: "tools/list", params }, Page, options);
    tools.push(...found.tools.slice(0, MOST_LISTED - tools.length)); // guard: most-listed
    cursor = found.nextCursor;
    if (cursor === undefined || tools.length >= MOST_LISTED) break;
  }
  return tools;
};

/** Checking would compile and run the server's own schema here. */
const UNCHECKED: jsonSchemaValidator = {
  getValidator: () => input => ({ valid: true, data: input as never, errorMessage: undefined }),
};

const isTimeout = (error: unknown): boolean =>
  error instanceof McpError && error.code === ErrorCode.RequestTimeout;

const unavailable = (why: string): KinError =>
  new KinError(why, {
    code: "server_unavailable",
    hint: "The work goes on without it. docs/mcp.md says what a server needs.",
  });
