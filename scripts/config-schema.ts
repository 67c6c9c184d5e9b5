// The JSON Schema of `.github/kin.yml`, for editors: zod's own, plus what zod cannot express in one.
import { z } from "zod";
import { Config, HookEvent } from "../core/model/config.ts";
import { McpServer, McpServers, MOST_SERVERS } from "../core/model/mcp.ts";

type JSONSchema = z.core.JSONSchema.BaseSchema;

/** Draft 7, because every editor's YAML server supports it. */
export const configSchema = (): JSONSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: ".github/kin.yml",
  description: "How Kin works in a repository.",
  ...z.toJSONSchema(Config, {
    io: "input",
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => {
      // An editor inserts the default, and nobody who chooses `gates` wants `gates: []`.
      if (EMPTY.has(JSON.stringify(jsonSchema.default))) delete jsonSchema.default;
      if (zodSchema === HOOK) jsonSchema.oneOf = ONE_DEED;
      if (zodSchema === McpServer) jsonSchema.oneOf = ONE_KIND;
      if (zodSchema === McpServers) jsonSchema.maxProperties = MOST_SERVERS;
    },
  }),
});

const EMPTY: ReadonlySet<string> = new Set(["{}", "[]"]);

const HOOK = Config.shape.hooks.unwrap().element;

/** A hook's refinements. */
const ONE_DEED: JSONSchema[] = [
  {
    type: "object",
    properties: { on: { enum: HookEvent.options.filter(event => event !== "task_done") } },
    required: ["run"],
    not: { required: ["comment"] },
  },
  { required: ["comment"], not: { required: ["run"] } },
];

/** A server's refinements. */
const ONE_KIND: JSONSchema[] = [
  { required: ["command"], not: { anyOf: ["url", "headers", "private"].map(key => ({ required: [key] })) } },
  { required: ["url"], not: { anyOf: ["command", "args", "env"].map(key => ({ required: [key] })) } },
];

/** Formatted like Biome: short lists on one line. */
export const configSchemaText = (): string => {
  const text = JSON.stringify(configSchema(), null, 2);
  const lists = /\[\s+([^[\]{}]*?)\s+\]/g;
  return `${text.replace(lists, (_, items: string) => `[${items.replace(/\s*\n\s*/g, " ")}]`)}\n`;
};
