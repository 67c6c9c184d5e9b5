// The MCP servers of a run: connected when a conversation first needs them, and closed with it. A missing one is
// reported once and stops nobody.

import { readResult, shownText } from "../../core/agents/mcp-result.ts";
import { type Listed, offerOf } from "../../core/agents/mcp-tools.ts";
import { KinError } from "../../core/model/error.ts";
import type { EventOf } from "../../core/model/event.ts";
import { type McpCall, type McpServer, type McpTool, serversOf } from "../../core/model/mcp.ts";
import { visible } from "../../core/text/invisible.ts";
import { type Benches, type Conversation, type ConversationKey, keyOf } from "./benches.ts";
import type { Called, Connection, NamedServer, ToolServers } from "./ports/tool-servers.ts";
import type { World } from "./world.ts";

export interface Servers {
  /** What the role is offered in this conversation; undefined if no server names the role. */
  readonly offer: (
    conversation: Omit<Conversation, "attempt"> & { readonly attempt: number },
    signal: AbortSignal,
  ) => Promise<EventOf<"attempt_started">["mcp"]>;
  readonly call: (
    tool: McpTool,
    call: Calling,
  ) => Promise<{ readonly content: string; readonly call: McpCall }>;
  readonly closeOne: (conversation: ConversationKey) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Calling {
  readonly conversation: Conversation;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/** A lost server is reconnected at the next call, up to this many times per conversation. */
const MOST_LOST = 3;
const LONGEST_WHY = 600;

interface Held {
  readonly connections: Map<string, Promise<Connection>>;
  readonly lost: Map<string, number>;
}

export const openServers = (world: World, benches: Benches): Servers => {
  const conversations = new Map<string, Held>();
  /** Already reported, and not tried again in this run. */
  const absent = new Set<string>();

  const heldBy = (key: string): Held => {
    const held = conversations.get(key) ?? { connections: new Map(), lost: new Map() };
    conversations.set(key, held);
    return held;
  };

  const connect = (
    server: NamedServer,
    { conversation, signal }: { readonly conversation: BenchOf; readonly signal: AbortSignal },
  ): Promise<Connection> => {
    const { connections } = heldBy(keyOf(conversation));
    const bench = () => benches.of(conversation as Conversation, signal);
    const connection = connections.get(server.name) ?? toolServers(world).connect(server, { bench, signal });
    connections.set(server.name, connection);
    connection.catch(() => connections.delete(server.name));
    return connection;
  };

  const offer: Servers["offer"] = async ({ pipeline, step, attempt }, signal) => {
    const servers = serversOf(step.role, pipeline.opening.config);
    if (servers.length === 0) return undefined;
    const conversation = { pipeline, step, attempt: { number: attempt } };
    const asked = servers.filter(([name]) => !absent.has(name));
    const found = await Promise.all(
      asked.map(([name, config]) => listed({ ...config, name }, { conversation, signal })),
    );
    const { tools, notes } = offerOf(found.flatMap(one => ("tools" in one ? [one] : [])));
    return {
      tools: [...tools],
      notes: [...found.flatMap(one => ("note" in one ? [one.note] : [])), ...notes],
    };
  };

  const listed = async (
    server: NamedServer,
    options: { readonly conversation: BenchOf; readonly signal: AbortSignal },
  ): Promise<Listed | { readonly note: string }> => {
    try {
      const { tools } = await connect(server, options);
      return { server: server.name, config: server, tools };
    } catch (error) {
      if (options.signal.aborted || !isUnavailable(error)) throw error; // guard: only-servers-are-forgiven
      absent.add(server.name);
      return { note: noteOf(server.name, error.message, world) };
    }
  };

  const call: Servers["call"] = async (tool, { conversation, input, signal }) => {
    const began = world.clock.now();
    const config = conversation.pipeline.opening.config.mcp?.[tool.server];
    const { lost, connections } = heldBy(keyOf(conversation));
    const called = await callOf(tool, { config, conversation, input, signal });
    const { text, is_error, why } = wordsOf(called, world);
    if (why !== null) {
      lost.set(tool.server, (lost.get(tool.server) ?? 0) + 1);
      const connection = connections.get(tool.server);
      connections.delete(tool.server);
      await connection?.then(one => one.close()).catch(() => undefined);
    }
    const note = why !== null && lost.get(tool.server) === 1 ? { note: noteOf(tool.server, why, world) } : {};
    const seconds = Math.max(world.clock.now() - began, 0) / 1000;
    return { content: text, call: { server: tool.server, tool: tool.tool, seconds, is_error, ...note } };
  };

  const callOf = async (
    { server, tool }: McpTool,
    { config, conversation, input, signal }: Calling & { readonly config: McpServer | undefined },
  ): Promise<Called> => {
    const lost = heldBy(keyOf(conversation)).lost.get(server) ?? 0;
    // guard: lost-servers
    if (config === undefined || lost >= MOST_LOST)
      return { kind: "refused", why: "This server is not available any more: do without it." };
    try {
      const connection = await connect({ ...config, name: server }, { conversation, signal });
      return await connection.call(tool, { input, signal });
    } catch (error) {
      if (signal.aborted || !isUnavailable(error)) throw error;
      return { kind: "lost", why: error.message };
    }
  };

  const closeOne: Servers["closeOne"] = async ({ step, attempt }) => {
    const key = keyOf({ step, attempt });
    const held = conversations.get(key);
    conversations.delete(key);
    await Promise.all(
      [...(held?.connections.values() ?? [])].map(one =>
        one.then(open => open.close()).catch(() => undefined),
      ),
    );
  };

  const close: Servers["close"] = async () => {
    const all = [...conversations.values()].flatMap(({ connections }) => [...connections.values()]);
    conversations.clear();
    await Promise.all(all.map(one => one.then(open => open.close()).catch(() => undefined)));
  };

  return { offer, call, closeOne, close };
};

/** Of an attempt that is about to start only the number is known. */
type BenchOf = Omit<Conversation, "attempt"> & { readonly attempt: Pick<Conversation["attempt"], "number"> };

const toolServers = ({ servers }: World): ToolServers => {
  if (servers !== undefined) return servers;
  throw new KinError("this run has no way to reach servers", {
    code: "server_unavailable",
    hint: "The App and the Action may be of different versions.",
  });
};

const isUnavailable = (error: unknown): error is KinError =>
  error instanceof KinError && error.code === "server_unavailable";

/** `why` is set if the server was lost. */
const wordsOf = (
  called: Called,
  { servers }: World,
): { readonly text: string; readonly is_error: boolean; readonly why: string | null } => {
  const shown = (text: string) => shownText(text, servers?.hide ?? (words => words));
  switch (called.kind) {
    case "answered": {
      const read = readResult(called.result);
      return read === null
        ? { text: "What it answered is no result of a tool.", is_error: true, why: null }
        : { text: shown(read.text), is_error: read.is_error, why: null };
    }
    case "refused":
      return { text: shown(called.why.slice(0, 4_000)) || "It refused.", is_error: true, why: null };
    case "lost": {
      const begins = called.begins === undefined ? "" : `\nIt begins with:\n${called.begins.slice(0, 4_000)}`;
      return { text: shown(`No result: ${called.why}.${begins}`), is_error: true, why: called.why };
    }
    default:
      return called satisfies never;
  }
};

const noteOf = (server: string, why: string, { servers }: World): string =>
  `${server}: ${(servers?.hide ?? (words => words))(visible(why).text).slice(0, LONGEST_WHY)}`;
