// A first `.github/kin.yml`: what was found in the repository, and every other key with its default, as comments. Made
// from the one schema. Prose begins with ##, a key with #, so that an editor's "remove comment" leaves YAML.
import { stringify } from "yaml";
import * as z from "zod";
import { Config } from "../../core/model/config.ts";
import { type Action, addressIn } from "./action.ts";
import type { Found } from "./detect.ts";
import { type Gate, NOT_RUN } from "./prove.ts";

/** `gates`: as they were proved. */
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
    ...here.map(([name, value]) => (name === "gates" ? gatesEntry(found.gates) : foundEntry(name, value))),
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

/** Those that passed count at once; what did not says why. */
const gatesEntry = (gates: readonly Gate[]): string => {
  const passed = gates.filter(({ why }) => why === null);
  const others = Map.groupBy(gates, ({ why }) => why);
  others.delete(null);
  return entry("gates", [
    passed.length === 0 ? comment("gates:") : "gates:",
    ...passed.map(({ command }) => member(command)),
    ...[...others].flatMap(([why, list]) => [
      prose(why === NOT_RUN ? `${why}.` : `Did not pass when \`kin init\` ran it. ${why}.`),
      ...list.map(({ command }) => comment(member(command))),
    ]),
  ]);
};

/** The key with all that stands below it, to the next empty line. */
const GATES = /^(?:# )?gates:.*\n(?:.+\n)*/m;

/** Whether a configuration says something of each of them, be it as a comment; never of none. */
export const tellsOf = (commands: readonly string[], text: string): boolean => {
  const said = GATES.exec(unixLines(text))?.[0];
  return (
    said !== undefined && commands.length > 0 && commands.every(command => said.includes(member(command)))
  );
};

/** A text whose gates are those of another, as they were proved before or changed by hand. */
export const withGatesOf = (other: string, text: string): string =>
  text.replace(GATES, found => GATES.exec(unixLines(other))?.[0] ?? found);

/** What stands there, with the gates of a text; null where that would take one away, or touch what somebody wrote beside. */
export const withProvedGates = (there: string, text: string): string | null => {
  const lines = (GATES.exec(unixLines(there))?.[0] ?? "").trimEnd().split("\n");
  const added = text.split("\n");
  const isKins = lines.every(line => /^(?:#.*|gates:| {2}- .*)$/.test(line));
  const keepsAll = lines.every(line => !line.startsWith("  - ") || added.includes(line));
  return isKins && keepsAll ? withGatesOf(text, unixLines(there)) : null;
};

/** Whether a text lacks nothing of another, be it that comments became lines, and lines of somebody's own came. */
export const holdsAllOf = (text: string, there: string): boolean => {
  const bare = (one: string): readonly string[] =>
    unixLines(one)
      .split("\n")
      .map(line => line.replace(/^# /, ""));
  const lines = bare(there);
  return bare(text).every(line => lines.includes(line));
};

export const unixLines = (text: string): string => text.replaceAll("\r\n", "\n");

/** What to show where absence means something else than any value. */
const UNSET: Readonly<Record<string, unknown>> = {
  execution_mode: "review",
  auth: "key",
  workload_identity: {},
  setup: [],
};

const defaultEntry = (name: string): string => {
  const { properties, default: given = UNSET[name] } = KEYS[name] ?? {};
  if (properties === undefined) return entry(name, [comment(keyWith(name, given))]);
  const inside = Object.entries(properties).flatMap(([key, node]) => [
    ...prose(node.description ?? "")
      .split("\n")
      .map(line => `  ${line}`),
    `  ${keyWith(key, node.default)}`,
  ]);
  return entry(name, [`${name}:`, ...inside].map(comment));
};

const entry = (name: string, lines: readonly string[]): string =>
  [prose(KEYS[name]?.description ?? ""), ...lines, ""].join("\n");

const keyWith = (name: string, value: unknown): string => `${name}: ${inline(value)}`;

const member = (value: unknown): string => `  - ${inline(value)}`;

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();

const comment = (line: string): string => `# ${line}`;

/** No line is longer than linters of YAML let it be. */
const prose = (text: string): string => text.replace(/(.{1,73}|\S+)(?:\s+|$)/g, "\n## $1").trimStart();
