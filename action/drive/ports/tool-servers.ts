// Servers that offer other people's tools, over MCP.
import type { McpServer } from "../../../core/model/mcp.ts";
import type { Bench } from "./workbench.ts";

/**
 * Contract:
 * - what a server says is bounded while it is read, and `hide` takes out any of the run's secrets it may contain;
 * - only `connect` throws for what a server does: `server_unavailable`, which says why;
 * - a connection whose call was lost is over, but must still be closed.
 */
export interface ToolServers {
  readonly connect: (
    server: NamedServer,
    /** Where a server that has to be started runs, and the signal that ends it. */
    options: { readonly bench: () => Promise<Bench>; readonly signal: AbortSignal },
  ) => Promise<Connection>;
  readonly hide: (text: string) => string;
}

export interface NamedServer extends McpServer {
  readonly name: string;
}

export interface Connection {
  /** As the server sent them, unparsed, and no more than anybody could be shown. */
  readonly tools: readonly unknown[];
  readonly call: (
    tool: string,
    options: { readonly input: unknown; readonly signal: AbortSignal },
  ) => Promise<Called>;
  readonly close: () => Promise<void>;
}

export type Called =
  /** The protocol's own result, unparsed. */
  | { readonly kind: "answered"; readonly result: unknown }
  /** The server refused it, in its own words. */
  | { readonly kind: "refused"; readonly why: string }
  /** The server died, hung, said too much or does not speak MCP. `begins` is what arrived of its answer. */
  | { readonly kind: "lost"; readonly why: string; readonly begins?: string };
