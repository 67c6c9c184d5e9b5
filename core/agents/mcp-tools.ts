// What a conversation is offered of other people's tools: named, cleaned and bounded. What a server says about itself is
// untrusted, and every word of it is part of each request.
import * as z from "zod";
import { type McpServer, type McpTool, mcpToolName } from "../model/mcp.ts";
import { prefix, visible } from "../text/invisible.ts";
import { type PlainSchema, plainSchema } from "./plain-schema.ts";

export interface Listed {
  readonly server: string;
  readonly config: Pick<McpServer, "tools">;
  /** As the server lists them. */
  readonly tools: readonly unknown[];
}

export interface Offer {
  readonly tools: readonly McpTool[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

const MOST_TOOLS = 64;
const LONGEST_DESCRIPTION = 1_500;
const LARGEST_SCHEMA = 8 * 1024;
/** All definitions together, in characters. */
const LARGEST_OFFER = 64 * 1024;

const ListedTool = z.object({
  name: z.string().min(1).max(128),
  description: z.string().nullish(),
  inputSchema: z.unknown().optional(),
});

/** Sorted by the names of servers and tools, so that requests stay the same to the byte. */
export const offerOf = (listed: readonly Listed[]): Offer => {
  const tools: McpTool[] = [];
  const notes: string[] = [];
  let size = 0;
  for (const one of [...listed].sort((a, b) => byText(a.server, b.server))) {
    const read = readTools(one);
    const left = [...read.left];
    for (const tool of read.tools) {
      size += JSON.stringify(tool).length;
      // guard: most-tools, size-of-the-offer
      if (tools.length < MOST_TOOLS && size <= LARGEST_OFFER) tools.push(tool);
      else
        left.push(`${tool.tool} (too much is offered already: name those that are needed under \`tools\`)`);
    }
    if (left.length > 0) notes.push(`${one.server}: left out ${few(left)}.`);
  }
  return { tools, notes };
};

const readTools = ({
  server,
  config,
  tools,
}: Listed): { readonly tools: readonly McpTool[]; readonly left: readonly string[] } => {
  const left: string[] = [];
  const taken = new Map<string, McpTool>();
  const offered = new Set<string>();
  for (const one of tools) {
    const parsed = ListedTool.safeParse(one);
    if (!parsed.success) {
      left.push("one that is no tool");
      continue;
    }
    const { name, description, inputSchema } = parsed.data;
    offered.add(name);
    if (config.tools?.includes(name) === false) continue; // guard: tools-of-the-list
    const schema = plainSchema(inputSchema ?? { type: "object" });
    const why = schema === null ? "its schema is not one that a model can be given" : tooLarge(schema);
    if (schema === null || why !== null) left.push(`${visible(prefix(name, 60)).text} (${why})`);
    else
      taken.set(mcpToolName(server, name), {
        name: mcpToolName(server, name),
        server,
        tool: name,
        description: describe(server, description ?? ""),
        input_schema: schema,
      });
  }
  for (const name of config.tools ?? []) if (!offered.has(name)) left.push(`${name} (it has no such tool)`);
  return { tools: [...taken.values()].sort((a, b) => byText(a.name, b.name)), left };
};

const tooLarge = (schema: PlainSchema): string | null =>
  JSON.stringify(schema).length > LARGEST_SCHEMA ? "its schema is too large" : null; // guard: size-of-a-schema

/** Begins with whose word it is, because a description may say anything. */
const describe = (server: string, text: string): string => {
  const seen = visible(text).text.trim();
  const cut = prefix(seen, LONGEST_DESCRIPTION);
  return `A tool of the server "${server}", in its own words: ${cut}${cut === seen ? "" : " …"}`;
};

const MOST_TOLD = 5;

const few = (left: readonly string[]): string =>
  left.length <= MOST_TOLD
    ? left.join(", ")
    : `${left.slice(0, MOST_TOLD).join(", ")} and ${left.length - MOST_TOLD} more`;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
