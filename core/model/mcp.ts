// MCP servers that a repository's configuration names, which of their tools a conversation is offered, and under what
// names. Pure.
import * as z from "zod";

/** No underscore, so that one server's tool cannot be made to look like another's. */
const SERVER_NAME = /^[a-z][a-z0-9-]{0,23}$/;

const Values = (name: RegExp, what: string) =>
  z
    .record(z.string().regex(name, { message: `a name is ${what}` }), z.string().max(2000))
    .refine(map => Object.keys(map).length <= 30, { message: "at most 30 of them" });

/** Plain http only reaches this machine, and only tests use it. */
const ADDRESS = /^(?:https:\/\/[^\s/@?#]+|http:\/\/127\.0\.0\.1(?::\d{1,5})?)(?:[/?][^\s#]*)?$/;

const NOT_THERE =
  "that belongs to the other kind of server: one is started by `command`, the other reached at `url`";

export const McpServer = z
  .strictObject({
    command: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe(
        "A program that speaks MCP on its streams, started in a sandbox on the default branch's files as setup left them. Either this or `url`.",
      ),
    args: z.array(z.string().max(1000)).max(50).optional().describe("Its arguments."),
    env: Values(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "letters, digits and underscores")
      .optional()
      .describe("Its environment, besides the sandbox's own. `secret:NAME` stands for a secret of the run."),
    url: z
      .string()
      .max(2000)
      .regex(ADDRESS, { message: "it is an https address without a user's name in it" })
      .optional()
      .describe(
        "The https address of a server that speaks MCP over streamable HTTP. Either this or `command`.",
      ),
    headers: Values(/^[A-Za-z0-9-]{1,100}$/, "letters, digits and hyphens")
      .optional()
      .describe("Headers of each request. `secret:NAME` stands for a secret of the run."),
    private: z
      .boolean()
      .optional()
      .describe("true: `url` may lead to a private address. Absent: to a public one only."),
    roles: z
      .array(z.string().min(1).max(60))
      .min(1)
      .max(60)
      .describe("The roles that are offered its tools; nobody else is."),
    tools: z
      .array(z.string().min(1).max(128))
      .max(64)
      .optional()
      .describe("Which of its tools, by the server's own names. Absent: all."),
    timeout_seconds: z
      .number()
      .int()
      .min(1)
      .max(600)
      .default(60)
      .describe("How long its start, and each call, may take."),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), {
    message: "give either `command` or `url`",
  })
  .refine(({ url, args, env }) => url === undefined || (args === undefined && env === undefined), {
    message: NOT_THERE,
    path: ["args"],
  })
  .refine(
    ({ command, headers, private: own }) =>
      command === undefined || (headers === undefined && own === undefined),
    { message: NOT_THERE, path: ["headers"] },
  );
export type McpServer = z.infer<typeof McpServer>;

export const MOST_SERVERS = 8;

/** By name. */
export const McpServers = z
  .record(
    z.string().regex(SERVER_NAME, { message: "a name is at most 24 small letters, digits and hyphens" }),
    McpServer,
  )
  .refine(servers => Object.keys(servers).length <= MOST_SERVERS, {
    message: `at most ${MOST_SERVERS} servers`,
  });

/** The servers whose tools a role is offered, in a stable order. */
export const serversOf = (
  role: string,
  { mcp = {} }: { readonly mcp?: Readonly<Record<string, McpServer>> | undefined },
): readonly (readonly [name: string, server: McpServer])[] =>
  Object.entries(mcp)
    .filter(([, { roles }]) => roles.includes(role))
    .sort(([a], [b]) => (a < b ? -1 : 1));

const LONGEST_NAME = 64;
export const MCP_TOOL_NAME = /^mcp__([a-z][a-z0-9-]{0,23})__[A-Za-z0-9_-]{1,64}$/;

/**
 * The name under which a model calls a tool: none of Kin's begins like this, and the Messages API accepts it. A name that
 * had to be changed for that gets a hash of the whole, so that different ones stay apart.
 */
export const mcpToolName = (server: string, tool: string): string => {
  const before = `mcp__${server}__`;
  const plain = tool.replace(/[^A-Za-z0-9_-]/gu, "_");
  if (plain === tool && tool !== "" && before.length + tool.length <= LONGEST_NAME) return before + tool;
  const mark = `_${markOf(tool)}`;
  return before + plain.slice(0, LONGEST_NAME - before.length - mark.length) + mark;
};

/** FNV-1a, as eight hex digits. */
const markOf = (text: string): string => {
  let mark = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) mark = Math.imul(mark ^ byte, 0x01000193);
  return (mark >>> 0).toString(16).padStart(8, "0");
};

/** As it is offered to a conversation, in each of its requests: cleaned and bounded. */
export const McpTool = z.object({
  name: z.string().regex(MCP_TOOL_NAME),
  server: z.string(),
  /** The server's own name for it. */
  tool: z.string(),
  description: z.string(),
  input_schema: z.looseObject({ type: z.literal("object") }),
});
export type McpTool = z.infer<typeof McpTool>;

/** One call of a turn. */
export const McpCall = z.object({
  server: z.string(),
  tool: z.string(),
  seconds: z.number().nonnegative(),
  is_error: z.boolean(),
  /** What people should know about it: that the server died, hung, or said too much. */
  note: z.string().optional(),
});
export type McpCall = z.infer<typeof McpCall>;
