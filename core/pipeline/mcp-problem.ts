// What a run may say about MCP servers: no more tools than their bounds allow, of servers that name the role, under their
// own names, and no call that no reply asked for. The App cannot know what a server says.
import type { Config } from "../model/config.ts";
import type { EventOf } from "../model/event.ts";
import { MCP_TOOL_NAME, serversOf } from "../model/mcp.ts";
import type { ToolUseBlock } from "../model/message.ts";
import type { Attempt } from "../model/pipeline.ts";

/** Well above what is ever offered; what a run says is in every fold of its journal. */
const LARGEST = 256 * 1024;

export const offerProblem = ({ role, mcp }: EventOf<"attempt_started">, config: Config): string | null => {
  if (mcp === undefined) return null;
  const servers = new Set(serversOf(role, config).map(([name]) => name));
  const names = mcp.tools.map(({ name }) => name);
  const foreign = mcp.tools.find(
    ({ name, server }) => !servers.has(server) || MCP_TOOL_NAME.exec(name)?.[1] !== server,
  );
  if (foreign !== undefined) return `${role} is offered no tool ${foreign.name} of ${foreign.server}`; // guard: servers-of-the-role
  if (new Set(names).size !== names.length) return "it is offered a tool twice"; // guard: tools-once
  if (JSON.stringify(mcp).length > LARGEST) return "its servers say too much"; // guard: size-of-what-servers-say
  return servers.size === 0 ? `no server names ${role}` : null;
};

export const callsProblem = (
  { mcp = [] }: EventOf<"turn">,
  { calls, attempt }: { readonly calls: readonly ToolUseBlock[]; readonly attempt: Attempt },
): string | null => {
  const tools = attempt.started?.mcp?.tools ?? [];
  const asked = calls.flatMap(({ name }) => tools.find(tool => tool.name === name) ?? []);
  const differs =
    mcp.length > asked.length ||
    mcp.some(({ server, tool }, at) => asked[at]?.server !== server || asked[at]?.tool !== tool);
  return differs ? "its reply does not ask for these calls of servers" : null; // guard: calls-of-servers
};
