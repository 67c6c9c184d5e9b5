// Writes the tables of docs/configuration.md from the schemas and action.yml, and docs/kin.schema.json; the prose
// around the tables is handwritten. `--check` fails if something is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { Settings } from "../app/settings.ts";
import { Config } from "../core/model/config.ts";
import { HOST_SETS } from "../core/model/network/host-sets.ts";
import { PROTECTED } from "../core/model/patch/protected.ts";
import { configSchemaText } from "./config-schema.ts";

const FILE = "docs/configuration.md";

const fill = (text: string): string =>
  Object.entries(TABLES).reduce((filled, [name, make]) => {
    const [begin, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`];
    const [from, to] = [filled.indexOf(begin), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${FILE} has no place for the table ${name}.`);
    return `${filled.slice(0, from + begin.length)}\n${make()}\n${filled.slice(to)}`;
  }, text);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map(cells => `| ${cells.map(cellOf).join(" | ")} |`).join("\n");

/** Outside code, `<path>` would be a tag. */
const cellOf = (text: string): string =>
  text.replaceAll("|", "\\|").replace(/`[^`]*`|</g, found => (found === "<" ? "&lt;" : found));

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

// ---------------------------------------------------------------- the App's environment

type Setting = readonly [name: string, schema: z.ZodType];

const settings = (): string =>
  table(
    ["Variable", "Default", "What it is"],
    (Object.entries(Settings.shape) as readonly Setting[]).map(([name, schema]) => [
      code(name),
      defaultOf(schema),
      valuesOf(schema) + (schema.description ?? ""),
    ]),
  );

const defaultOf = (schema: z.ZodType): string => {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return "required";
  if (parsed.data === undefined || (Array.isArray(parsed.data) && parsed.data.length === 0)) return "none";
  return code(Array.isArray(parsed.data) ? parsed.data.join(",") : parsed.data);
};

const valuesOf = (schema: z.ZodType): string => {
  const { enum: words } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return words === undefined ? "" : `${words.map(code).join(", ")}. `;
};

// ---------------------------------------------------------------- .github/kin.yml

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Node;
  readonly additionalProperties?: Node;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

const config = (): string =>
  table(
    ["Key", "Value", "Default", "What it is"],
    rowsOf(z.toJSONSchema(Config, { io: "input" }) as Node, ""),
  );

/** The keys of a list's members are listed below it, as `hooks[].on`; those of a map's, as `mcp.<name>.url`. */
const rowsOf = ({ properties, required }: Node, above: string): readonly (readonly string[])[] =>
  Object.entries(properties ?? {}).flatMap(([name, node]) => {
    const key = `${above}${name}`;
    if (node.properties !== undefined) return rowsOf(node, `${key}.`);
    const row = [code(key), kindOf(node), givenOf(node, required?.includes(name)), node.description ?? ""];
    const long = node.anyOf?.find(({ properties }) => properties !== undefined);
    return [
      row,
      ...(long === undefined ? [] : rowsOf(long, `${key}.`)),
      ...rowsOf(node.items ?? {}, `${key}[].`),
      ...rowsOf(node.additionalProperties ?? {}, `${key}.<name>.`),
    ];
  });

const givenOf = (node: Node, required = false): string => {
  if (required) return "required";
  if (node.default === undefined) return "none";
  return node.default === "" ? "empty" : code(node.default);
};

const kindOf = (node: Node): string => {
  if (node.anyOf !== undefined) return node.anyOf.map(kindOf).join(", or ");
  if (node.const !== undefined) return code(node.const);
  if (node.properties !== undefined) return "a map";
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  switch (node.type) {
    case "array":
      return `list of ${MEMBERS[node.items?.type ?? ""]}, at most ${node.maxItems}`;
    case "integer":
      return `whole number${rangeOf(node)}`;
    case "number":
      return `number${rangeOf(node)}`;
    case "string":
      return node.maxLength === undefined ? "string" : `string, at most ${node.maxLength} characters`;
    case "boolean":
      return "`true`, `false`";
    case "object":
      return `map of ${node.propertyNames?.enum?.map(code).join(", ") ?? "names"} to ${node.additionalProperties?.enum?.map(code).join(" or ") ?? (node.additionalProperties?.properties === undefined ? "a string" : "maps")}`;
    default:
      throw new Error(`${FILE} has no words for the type ${node.type}.`);
  }
};

const MEMBERS: Readonly<Record<string, string>> = {
  string: "strings",
  integer: "whole numbers",
  object: "maps",
};

const rangeOf = ({ minimum, exclusiveMinimum, maximum }: Node): string =>
  minimum === undefined ? `, above ${exclusiveMinimum}, at most ${maximum}` : `, ${minimum} to ${maximum}`;

// ---------------------------------------------------------------- action.yml

interface Described {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const action = (part: "inputs" | "outputs"): readonly (readonly [name: string, entry: Described])[] =>
  Object.entries(parse(readFileSync("action.yml", "utf8"))[part] as Record<string, Described>);

const inputs = (): string =>
  table(
    ["Input", "Default", "What it is"],
    action("inputs").map(([name, { description, required, default: given }]) => [
      code(name),
      required ? "required" : given ? code(given) : "empty",
      description,
    ]),
  );

const outputs = (): string =>
  table(
    ["Output", "What it is"],
    action("outputs").map(([name, { description }]) => [code(name), description]),
  );

// ---------------------------------------------------------------- what no patch may touch

const protectedPaths = (): string =>
  table(
    ["Protected", "Because"],
    PROTECTED.map(({ globs, why }) => [globs.map(code).join(", "), why]),
  );

// ---------------------------------------------------------------- hosts by name

const hostSets = (): string =>
  table(
    ["Name", "Hosts", "For"],
    Object.entries(HOST_SETS).map(([name, { hosts, what }]) => [
      code(name),
      hosts.map(code).join(", "),
      what,
    ]),
  );

const TABLES: Readonly<Record<string, () => string>> = {
  settings,
  config,
  protected: protectedPaths,
  "host sets": hostSets,
  inputs,
  outputs,
};

const FILES: Readonly<Record<string, (written: string) => string>> = {
  [FILE]: fill,
  "docs/kin.schema.json": configSchemaText,
};

const readWritten = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

for (const [file, make] of Object.entries(FILES)) {
  const written = readWritten(file);
  const made = make(written);
  if (!process.argv.includes("--check")) writeFileSync(file, made);
  else if (made !== written) {
    console.error(`Stale: ${file}. Run \`npm run docs\` and commit the result.`);
    process.exitCode = 1;
  }
}
