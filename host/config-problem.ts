// What is wrong with a value of `.github/kin.yml`, in a sentence: the key, what is allowed there, what was found. What is
// allowed comes from the one schema.
import * as z from "zod";
import { Config } from "../core/model/config.ts";
import { joined } from "../core/model/joined.ts";
import { nearest } from "../core/model/nearest.ts";

const MOST_TOLD = 20;
const MOST_KEYS = 10;

interface Place {
  readonly file: string;
  /** The file's content before it was checked. */
  readonly written: unknown;
}

/** A line for each problem, and how many more there are. */
export const problemsText = (
  issues: readonly z.core.$ZodIssue[],
  tell: (issue: z.core.$ZodIssue) => string,
): string =>
  [
    ...issues.slice(0, MOST_TOLD).map(tell),
    ...(issues.length > MOST_TOLD ? [`And ${issues.length - MOST_TOLD} more.`] : []),
  ].join("\n");

export const configProblem = (issue: z.core.$ZodIssue, { file, written }: Place): string => {
  const key = issue.path.map(String).join(".");
  const schema = schemaAt(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue.keys, { file, at: key === "" ? "" : `${key}.`, allowed: keysOf(schema) });
    case "invalid_type":
    case "invalid_value":
    case "too_big":
    case "too_small":
      return `${file}${key === "" ? "" : `: \`${key}\``} must be ${wanted(schema, { key, isTooMuch: issue.code === "too_big" })}; found ${found(valueAt(written, issue.path))}.`;
    case "invalid_union":
      return unionProblem(issue, { file, written });
    case "invalid_key": {
      const at = issue.path.slice(0, -1).map(String).join(".");
      const [why] = issue.issues;
      return issue.path.at(-1) === "" || why?.code !== "invalid_format"
        ? `${file}: \`${at}\` has an empty key.`
        : `${file}: \`${key}\`: ${why.message}.`;
    }
    default:
      return key === "" ? `${file}: ${issue.message}.` : `${file}: \`${key}\`: ${issue.message}.`;
  }
};

/** What is wrong with the form that was meant: one of the same type as the value, if there is one. */
const unionProblem = (issue: z.core.$ZodIssueInvalidUnion, { file, written }: Place): string => {
  const key = issue.path.map(String).join(".");
  const meant = issue.errors.find(problems => problems.every(({ path }) => path.length > 0));
  if (meant === undefined)
    return `${file}: \`${key}\` must be ${wanted(schemaAt(issue.path), { key, isTooMuch: false })}; found ${found(valueAt(written, issue.path))}.`;
  return problemsText(meant, problem =>
    configProblem({ ...problem, path: [...issue.path, ...problem.path] }, { file, written }),
  );
};

interface Keys {
  readonly file: string;
  /** The prefix of each key. */
  readonly at: string;
  readonly allowed: readonly string[];
}

/** Keys that are close to a known one, each with that; then the others, with all known keys. */
export const unknownKeys = (keys: readonly string[], { file, at, allowed }: Keys): string => {
  const told = keys.slice(0, MOST_KEYS).map(key => ({ key, near: nearest(key, allowed) }));
  const far = told.filter(({ near }) => near === null).map(({ key }) => `\`${at}${key}\``);
  const more = keys.length > MOST_KEYS ? [`${keys.length - MOST_KEYS} more`] : [];
  const others = joined(" and ", [far.join(", "), ...more]);
  return [
    ...told.flatMap(({ key, near }) =>
      near === null ? [] : [`${file}: unknown key \`${at}${key}\`. Did you mean \`${at}${near}\`?`],
    ),
    ...(others === "" ? [] : [`${file}: unknown key ${others}. Allowed: ${allowed.join(", ")}.`]),
  ].join("\n");
};

type JSONSchema = z.core.JSONSchema.JSONSchema;

const schemaAt = (path: readonly PropertyKey[]): JSONSchema => {
  let schema: JSONSchema = z.toJSONSchema(Config, { io: "input" });
  for (const part of path) schema = spelledOut(below(schema, part));
  return schema;
};

const below = (schema: JSONSchema, part: PropertyKey) => {
  const isItem = typeof part === "number";
  const { items, properties, additionalProperties } = formOf(schema, isItem ? "array" : "object");
  return isItem ? (items as JSONSchema | undefined) : (properties?.[String(part)] ?? additionalProperties);
};

/** Of several allowed forms, the one of this type. */
const formOf = (schema: JSONSchema, type: string): JSONSchema =>
  spelledOut(schema.anyOf?.find(form => spelledOut(form).type === type) ?? schema);

/** JSON Schema may say `true` for anything and `false` for nothing. */
const spelledOut = (schema: JSONSchema | boolean | undefined): JSONSchema =>
  typeof schema === "object" ? schema : {};

const keysOf = (schema: JSONSchema): readonly string[] =>
  spelledOut(schema.propertyNames).enum?.map(String) ??
  Object.keys(formOf(schema, "object").properties ?? {});

interface Wanted {
  readonly key: string;
  /** If so, the maximum is what matters. */
  readonly isTooMuch: boolean;
}

const wanted = (schema: JSONSchema, { key, isTooMuch }: Wanted): string => {
  if (schema.anyOf !== undefined)
    return schema.anyOf.map(form => wanted(spelledOut(form), { key, isTooMuch })).join(" or ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.join(", ")}`;
  switch (schema.type) {
    case "array": {
      const most = isTooMuch ? `, at most ${schema.maxItems}` : "";
      const example = EXAMPLES.get(key);
      const such = example === undefined ? "" : `, such as ${example}`;
      return `a list of ${MEMBERS.get(String(spelledOut(schema.items as JSONSchema).type)) ?? "values"}${most}${such}`;
    }
    case "integer":
      return `a whole number${rangeOf(schema)}`;
    case "number":
      return `a number${rangeOf(schema)}`;
    case "boolean":
      return "true or false";
    case "string":
      return `a text${schema.minLength === undefined ? "" : " that is not empty"}${schema.maxLength === undefined ? "" : `, of at most ${schema.maxLength} characters`}`;
    default: {
      const keys = keysOf(schema);
      return keys.length === 0
        ? "a map of names to values"
        : `a map of keys to values; the keys are ${keys.join(", ")}`;
    }
  }
};

/** An example value for each list. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ["gates", "[npm test]"],
  ["setup", "[npm ci]"],
  ["network", "[github, registry.example.com]"],
  ["network.hosts", "[github, registry.example.com]"],
  ["network.private", "[registry.example.com]"],
  ["network.setup", "[github, registry.example.com]"],
  ["network.credentials", "[{ host: npm.example.com, secret: NPM_TOKEN }]"],
  ["tech_stack", "[TypeScript]"],
  ["bots", "[41898282]"],
  ["paths.protected", '["deploy/**"]'],
  ["modules", "[{ name: api, path: src/api }]"],
  ["hooks", "[{ on: task_done, comment: Thank you. }]"],
]);

const MEMBERS: ReadonlyMap<string, string> = new Map([
  ["string", "strings"],
  ["integer", "whole numbers"],
  ["object", "maps"],
]);

const rangeOf = ({ minimum, exclusiveMinimum, maximum }: JSONSchema): string => {
  const least = minimum === undefined ? ` above ${exclusiveMinimum}` : ` from ${minimum}`;
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return least;
  return minimum === undefined ? `${least}, at most ${maximum}` : `${least} to ${maximum}`;
};

const valueAt = (written: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part],
    written,
  );

const LONGEST = 40;

const found = (value: unknown): string => {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return `a list${value.length === 0 ? "" : ` of ${value.length}`}`;
  if (typeof value === "string")
    return value.length > LONGEST
      ? `a text of ${value.length} characters`
      : value === ""
        ? "an empty text"
        : JSON.stringify(value);
  return typeof value === "object" ? "a map" : String(value);
};
