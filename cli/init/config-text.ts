// A first `.github/kin.yml`: what was found in the repository, and every other key with its default, as comments. Made from
// the one schema.
import * as z from "zod";
import { Config } from "../../core/model/config.ts";
import { type Action, addressIn } from "./action.ts";
import type { Found } from "./detect.ts";
import { gatesLines } from "./gates-text.ts";
import type { Gate } from "./prove.ts";
import { comment, inline, member, prose, unixLines } from "./yaml-text.ts";

/** `gates`: with the results of the proof. */
export const configText = (
  found: Omit<Found, "gates"> & { readonly gates: readonly Gate[] },
  action: Action,
): string => {
  const here = Object.entries(found).filter(([, values]) => values.length > 0);
  const others = Object.keys(KEYS).filter(name => !here.some(([known]) => known === name));
  return [
    `# yaml-language-server: $schema=${addressIn(action, "docs/kin.schema.json").raw}`,
    prose(
      `How Kin works in this repository, read from the default branch when a pipeline starts. Every key may be left out. More about each: ${addressIn(action, "docs/configuration.md").blob}`,
    ),
    "",
    prose(
      here.length > 0
        ? "Found here by `kin init`. Take the # away where it is right."
        : "`kin init` knows nothing of what is at the root here, and found nothing. Say it yourself.",
    ),
    "",
    ...here.map(([name, value]) =>
      name === "gates" ? entry(name, gatesLines(found.gates)) : foundEntry(name, value),
    ),
    prose(
      "Without a default: left out, each is as its description says. What stands here would change that.",
    ),
    "",
    ...others.filter(name => name in UNSET).map(defaultEntry),
    prose("Everything else, with its default."),
    "",
    ...others.filter(name => !(name in UNSET)).map(defaultEntry),
  ].join("\n");
};

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
}

const KEYS = (z.toJSONSchema(Config, { io: "input" }) as Node).properties ?? {};

/** The stack counts at once: it runs nothing. */
const foundEntry = (name: string, value: readonly unknown[]): string => {
  const lines = [`${name}:`, ...value.map(member)];
  return entry(name, name === "tech_stack" ? lines : lines.map(comment));
};

/** Whether a text has all lines of another, with or without comment signs, and whatever else. */
export const holdsAllOf = (text: string, there: string): boolean => {
  const bare = (one: string): readonly string[] =>
    unixLines(one)
      .split("\n")
      .map(line => line.replace(/^# /, ""));
  const lines = bare(there);
  return bare(text).every(line => lines.includes(line));
};

/** What to show if leaving a key out means something that no value says. */
const UNSET: Readonly<Record<string, unknown>> = {
  execution_mode: "review",
  auth: "key",
  workload_identity: {},
  setup: [],
  network: [],
  mcp: {},
  parallel: true,
  protocol: "specialist",
  protocol_rules: { file_lines: 300, logging: true },
  runtime_check: "node server.js & curl --fail --retry 9 --retry-connrefused http://127.0.0.1:3000/health",
};

const defaultEntry = (name: string): string => {
  const { properties, default: given = UNSET[name] } = KEYS[name] ?? {};
  if (properties === undefined) return entry(name, [comment(keyWith(name, given))]);
  const inside = Object.entries(properties).flatMap(([key, node]) => [
    ...prose(node.description ?? "")
      .split("\n")
      .map(line => `  ${line}`),
    `  ${keyWith(key, node.default ?? (given as Readonly<Record<string, unknown>> | undefined)?.[key])}`,
  ]);
  return entry(name, [`${name}:`, ...inside].map(comment));
};

const entry = (name: string, lines: readonly string[]): string =>
  [prose(KEYS[name]?.description ?? ""), ...lines, ""].join("\n");

const keyWith = (name: string, value: unknown): string => `${name}: ${inline(value)}`;
