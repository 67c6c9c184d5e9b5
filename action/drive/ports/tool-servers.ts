// Servers that offer tools of others, over MCP.
import type { McpServer } from "../../../core/model/mcp.ts";
import type { Bench } from "./workbench.ts";

/**
 * Contract:
 * - what a server says is bounded while it is read; what it may hold of the run's secrets `hide` takes out;
 * - nothing here throws for what a server does but `connect`, with a `server_unavailable` that says why;
 * - a connection whose call was lost is over, and is closed all the same.
 */
export interface ToolServers {
  readonly connect: (
    server: NamedServer,
    /** Where it runs, for one that is started; it ends with it. */
    options: { readonly bench: () => Promise<Bench>; readonly signal: AbortSignal },
  ) => Promise<Connection>;
  readonly hide: (text: string) => string;
}

export interface NamedServer extends McpServer {
  readonly name: string;
}

export interface Connection {
  /** As the server says them, unread; no more of them than anybody could be shown. */
  readonly tools: readonly unknown[];
  readonly call: (
    tool: string,
    options: { readonly input: unknown; readonly signal: AbortSignal },
  ) => Promise<Called>;
  readonly close: () => Promise<void>;
}

export type Called =
  /** The protocol's own result, unread. */
  | { readonly kind: "answered"; readonly result: unknown }
  /** The server refused it, in its words. */
  | { readonly kind: "refused"; readonly why: string }
  /** It died, hung, said too much or what is no MCP; `begins`: what came of its answer. */
  | { readonly kind: "lost"; readonly why: string; readonly begins?: string };
