// Validates requests (and, for the tests, our responses) against GitHub's own OpenAPI description. That is 13 MB, so it
// is read at first use, and each schema is extracted with its references and compiled when first needed.

import { readFile } from "node:fs/promises";
import { Ajv, type ValidateFunction } from "ajv";
import type { RequestCheck } from "./rest.ts";

type Json = Record<string, unknown>;

interface Operation {
  readonly parameters?: readonly Json[];
  readonly responses?: Record<string, Json>;
  readonly requestBody?: { readonly required?: boolean; readonly content?: Json };
}

interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
}

const FILE = "@octokit/openapi/generated/api.github.com.json";
const OPTIONS = { strict: false, validateFormats: false } as const;

async function readDescription(): Promise<Description> {
  return JSON.parse(await readFile(new URL(import.meta.resolve(FILE)), "utf8"));
}

export async function openRequestCheck(): Promise<RequestCheck> {
  const description = await readDescription();
  const bodies = createSchemas(description, new Ajv(OPTIONS));
  // Paths and queries are text; their schemas expect numbers and booleans.
  const parameters = createSchemas(description, new Ajv({ ...OPTIONS, coerceTypes: "array" }));
  const known = Object.keys(description.paths).map(path => ({ path, pattern: patternOf(path) }));
  const operationOf = (method: string, path: string): Operation | undefined =>
    description.paths[path]?.[method.toLowerCase()];
  return {
    known: (method, path) =>
      known.some(one => one.pattern.test(path) && operationOf(method, one.path) !== undefined),
    violation: (route, call) => {
      const operation = operationOf(route.method, route.path);
      // A few of our routes are older than the description (numeric repository ids).
      if (operation === undefined) return null;
      const declared = (operation.parameters ?? []).map(one => deref(description, one));
      const wrong = wrongParameters(parameters, declared, call) ?? wrongBody(bodies, operation, call.body);
      return wrong === null ? null : `${route.method} ${route.path}: ${wrong}`;
    },
  };
}

const patternOf = (path: string): RegExp => {
  const source = path.replace(/[.]/g, "\\.").replace(/\{(\w+)\}/g, (_, name: string) =>
    // These may contain slashes; all others end at one.
    ["path", "ref", "basehead"].includes(name) ? ".+" : "[^/]+",
  );
  return new RegExp(`^${source}$`);
};

function wrongParameters(
  schemas: Schemas,
  declared: readonly Json[],
  call: Pick<Parameters<RequestCheck["violation"]>[1], "params" | "query">,
): string | null {
  for (const parameter of declared) {
    const name = String(parameter.name);
    const given = parameter.in === "path" ? call.params[name] : (call.query.get(name) ?? undefined);
    if (given === undefined && parameter.in === "query" && parameter.required === true)
      return `query ${name} is missing`;
    if (given === undefined || parameter.schema === undefined) continue;
    const wrong = schemas.wrong(parameter.schema as Json, given);
    if (wrong !== null) return `${parameter.in} ${name}: ${wrong}`;
  }
  return null;
}

function wrongBody(schemas: Schemas, operation: Operation, body: unknown): string | null {
  const schema = schemaOf(operation.requestBody);
  if (schema === undefined) return null;
  if (body === undefined) return operation.requestBody?.required === true ? "body is missing" : null;
  const wrong = schemas.wrong(schema, body);
  return wrong === null ? null : `body ${wrong}`;
}

const schemaOf = (holder: { readonly content?: unknown } | undefined): Json | undefined =>
  (holder?.content as Record<string, Json> | undefined)?.["application/json"]?.schema as Json | undefined;

/** What is wrong with one of our responses, or null. */
export type AnswerCheck = (answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}) => string | null;

export async function openAnswerCheck(): Promise<AnswerCheck> {
  const description = await readDescription();
  const schemas = createSchemas(description, new Ajv({ ...OPTIONS, allErrors: true }));
  const fixed = (path: string) => path.split("/").filter(part => !part.startsWith("{")).length;
  const paths = Object.keys(description.paths).sort((a, b) => fixed(b) - fixed(a));
  return ({ method, path, status, body }) => {
    const verb = method.toLowerCase();
    const found = paths.find(
      one => patternOf(one).test(path) && description.paths[one]?.[verb] !== undefined,
    );
    if (found === undefined) return `${method} ${path} is not described`;
    const answer = description.paths[found]?.[verb]?.responses?.[String(status)];
    if (answer === undefined) return `${method} ${found} never answers ${status}`;
    const schema = schemaOf(deref(description, answer));
    const wrong = schema === undefined ? null : schemas.wrong(schema, body);
    return wrong === null ? null : `${method} ${found} ${status}: ${wrong}`;
  };
}

function deref(description: Description, value: Json): Json {
  if (typeof value.$ref !== "string") return value;
  const parts = value.$ref.slice(2).split("/");
  return parts.reduce<unknown>((at, part) => (at as Json)[part], description) as Json;
}

interface Schemas {
  wrong(schema: Json, value: unknown): string | null;
}

function createSchemas(description: Description, ajv: Ajv): Schemas {
  const compiled = new WeakMap<Json, ValidateFunction>();
  const checkOf = (schema: Json): ValidateFunction => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const check = ajv.compile(selfContained(description, schema));
    compiled.set(schema, check);
    return check;
  };
  return {
    wrong: (schema, value) => {
      const check = checkOf(schema);
      return check({ value }) ? null : ajv.errorsText(check.errors, { dataVar: "" });
    },
  };
}

function selfContained(description: Description, schema: Json): Json {
  const $defs: Json = {};
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (value === null || typeof value !== "object") return value;
    if (typeof (value as Json).$ref === "string") return refer(value as Json);
    return withoutNullable(
      Object.fromEntries(Object.entries(value).map(([key, one]) => [key, convert(one)])),
    );
  };
  const refer = (value: Json): Json => {
    const name = String(value.$ref).split("/").at(-1) ?? "";
    if ($defs[name] === undefined) {
      $defs[name] = true;
      $defs[name] = convert(deref(description, value));
    }
    return { $ref: `#/$defs/${name}` };
  };
  return { type: "object", properties: { value: convert(schema) }, $defs };
}

/** OpenAPI 3.0's `nullable` is not JSON Schema. */
function withoutNullable(schema: Json): Json {
  if (schema.nullable !== true) return schema;
  const { nullable: _, ...rest } = schema;
  if (typeof rest.type !== "string") return { anyOf: [rest, { type: "null" }] };
  const values = Array.isArray(rest.enum) ? { enum: [...rest.enum, null] } : {};
  return { ...rest, type: [rest.type, "null"], ...values };
}
