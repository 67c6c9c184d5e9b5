// The tools as the model sees them: the same bytes for every role, because they open the cached prefix. A role's own are
// named in its first message; the workbench enforces what it may do with them.

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly input_schema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, object>>;
    readonly required: readonly string[];
  };
}

const text = { type: "string" };

export const TOOLS: readonly ToolDefinition[] = [
  {
    name: "read",
    description:
      "Read a text file; each line has its number and a tab before it, which are not in the file. Over 100 KiB: give view_range.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        view_range: {
          type: "array",
          items: { type: "integer" },
          description: "[first, last] line, from 1, inclusive",
        },
      },
      required: ["file_path"],
    },
  },
  {
    name: "write",
    description: "Write a whole text file; makes parent directories.",
    input_schema: {
      type: "object",
      properties: { file_path: text, content: text },
      required: ["file_path", "content"],
    },
  },
  {
    name: "edit",
    description:
      "Replace old_string, as it stands in the file (no line numbers); it must occur exactly once unless replace_all.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        old_string: text,
        new_string: text,
        replace_all: { type: "boolean" },
      },
      required: ["file_path", "old_string", "new_string"],
    },
  },
  {
    name: "glob",
    description:
      "Find files by a pattern such as src/**/*.ts, newest first, at most 200; not in .git or node_modules.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "directory to search" } },
      required: ["pattern"],
    },
  },
  {
    name: "grep",
    description: "Search file contents for a regular expression.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "file or directory to search" } },
      required: ["pattern"],
    },
  },
  {
    name: "bash",
    description:
      "Run a command in bash with pipefail, in a sandbox at the project's root. Only files last from call to call.",
    input_schema: {
      type: "object",
      properties: {
        command: text,
        timeout_seconds: { type: "integer", description: "default 120, at most 600" },
      },
      required: ["command"],
    },
  },
  {
    name: "skill",
    description: "Load a skill by its name in the list of the first message, or one of its files.",
    input_schema: { type: "object", properties: { name: text, file: text }, required: ["name"] },
  },
];

const NONE = { type: "none" } as const;

/**
 * What the API runs itself (its "server tools"), with the most uses in one reply. An address is fetched only if a search or
 * a fetched page gave it: one in a tool's result or in a message may be a model's own words, and carry something of the
 * repository.
 */
export const WEB_TOOLS = [
  { type: "web_search_20250305", name: "web_search", max_uses: 8 },
  {
    type: "web_fetch_20250910",
    name: "web_fetch",
    max_uses: 8,
    max_content_tokens: 20_000,
    url_sources: { client_tool_results: NONE, user_input: NONE, server_tool_results: { type: "all" } },
  },
] as const;
