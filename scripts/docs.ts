// Writes the tables of docs/configuration.md from the schemas and from action.yml; the prose around them is written
// by hand. `--check` fails when a table is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { Settings } from "../app/settings.ts";
import { Config } from "../core/model/config.ts";

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

/** Outside of code, `<path>` would be a tag. */
const cellOf = (text: string): string =>
  text.replaceAll("|", "\\|").replace(/`[^`]*`|</g, found => (found === "<" ? "&lt;" : found));

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

// ---------------------------------------------------------------- the App's environment

type Setting = readonly [name: string, schema: z.ZodType];

const settings = (wanted: (about: string) => boolean): string =>
  table(
    ["Variable", "Default", "What it is"],
    (Object.entries(Settings.shape) as readonly Setting[])
      .filter(([, schema]) => wanted(schema.description ?? ""))
      .map(([name, schema]) => [
        code(name),
        defaultOf(schema),
        valuesOf(schema) + (schema.description ?? ""),
      ]),
  );

const isForTests = (about: string): boolean => about.startsWith("Tests only");

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
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly propertyNames?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxItems?: number;
}

const config = (): string =>
  table(
    ["Key", "Value", "Default", "What it is"],
    rowsOf(z.toJSONSchema(Config, { io: "input" }) as Node, ""),
  );

const rowsOf = ({ properties }: Node, above: string): readonly (readonly string[])[] =>
  Object.entries(properties ?? {}).flatMap(([name, node]) => {
    const key = above === "" ? name : `${above}.${name}`;
    if (node.properties !== undefined) return rowsOf(node, key);
    const given = node.default === undefined ? "none" : code(node.default);
    return [[code(key), kindOf(node), given, node.description ?? ""]];
  });

const kindOf = (node: Node): string => {
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  switch (node.type) {
    case "array":
      return `list of ${node.items?.type === "integer" ? "whole numbers" : "strings"}, at most ${node.maxItems}`;
    case "integer":
      return `whole number${rangeOf(node)}`;
    case "number":
      return `number${rangeOf(node)}`;
    case "object":
      return `map of ${(node.propertyNames?.enum ?? []).map(code).join(", ")} to a string`;
    default:
      return node.type ?? "";
  }
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

const TABLES: Readonly<Record<string, () => string>> = {
  settings: () => settings(about => !isForTests(about)),
  "settings for tests": () => settings(isForTests),
  config,
  inputs,
  outputs,
};

const written = readFileSync(FILE, "utf8");
const filled = fill(written);
if (!process.argv.includes("--check")) writeFileSync(FILE, filled);
else if (filled !== written) {
  console.error(`Stale: ${FILE}. Run \`node scripts/docs.ts\` and commit the result.`);
  process.exitCode = 1;
}
