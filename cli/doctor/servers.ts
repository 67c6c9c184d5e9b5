// Whether a configuration's MCP servers can have the secrets they name, as far as one can tell without reading any.
import type { Config } from "../../core/model/config.ts";
import { secretNames } from "../../core/model/mcp-secrets.ts";
import { type Check, failed, ok, unknown } from "./check.ts";
import { passesSecrets } from "./credential.ts";

/** `workflow`: null if there is none, or none that can be read. */
export const checkServers = (
  workflow: string | null,
  { mcp = {} }: Pick<Config, "mcp">,
): readonly Check[] => {
  const servers = Object.entries(mcp);
  if (servers.length === 0) return [];
  const names = [...new Set(servers.flatMap(([, server]) => secretNames(server)))];
  if (names.length === 0) return [ok("servers", `${servers.length} MCP servers, which need no secret`)];
  if (workflow !== null && !passesSecrets(workflow))
    return [
      failed(
        "servers",
        `MCP servers need ${names.join(", ")}, and the workflow passes no \`secrets\`.`,
        "Copy workflow/kin.yml or workflow/kin-caller.yml of Kin over it; docs/mcp.md says more.",
      ),
    ];
  return [
    unknown(
      "servers",
      `Nobody but a run reads secrets: KIN_SECRETS needs ${names.map(name => `a line ${name}=…`).join(", ")}.`,
      "docs/mcp.md says more.",
    ),
  ];
};
