// The input schema of a foreign tool, rebuilt from what is known of JSON Schema: the Messages API refuses a whole request
// for one schema that it does not accept, and a server's author may write anything there.
import { visible } from "../text/invisible.ts";

export type PlainSchema = { readonly type: "object" } & Readonly<Record<string, unknown>>;

const DEEPEST = 12;
const MOST_OF_A_LIST = 200;
const LONGEST_TEXT = 1_000;

/** Null if no call could be made with it. */
export const plainSchema = (schema: unknown): PlainSchema | null => {
  if (!isMap(schema) || (schema.type !== undefined && schema.type !== "object")) return null;
  // The API accepts none of these at the top, and no other property names.
  const { anyOf: _, oneOf: __, allOf: ___, ...whole } = schema;
  const names = isMap(whole.properties) ? Object.keys(whole.properties) : [];
  if (names.some(name => !PROPERTY.test(name))) return null; // guard: names-of-properties
  const definitions = new Set(
    ["$defs", "definitions"].flatMap(at =>
      isMap(whole[at]) ? Object.keys(whole[at]).map(name => `#/${at}/${name}`) : [],
    ),
  );
  return { ...known({ ...whole, type: "object" }, { definitions, depth: 0 }), type: "object" };
};

const PROPERTY = /^[A-Za-z0-9_.-]{1,64}$/;

type Schema = Readonly<Record<string, unknown>>;

interface Where {
  readonly definitions: ReadonlySet<string>;
  readonly depth: number;
}

const known = (schema: Schema, where: Where): Schema =>
  Object.fromEntries(
    Object.entries(KEYWORDS).flatMap(([keyword, take]) => {
      const taken = schema[keyword] === undefined ? undefined : take(schema[keyword], where);
      return taken === undefined ? [] : [[keyword, taken]];
    }),
  );

type Take = (value: unknown, where: Where) => unknown;

const text: Take = value =>
  typeof value === "string" ? visible(value.slice(0, LONGEST_TEXT)).text : undefined;
const number: Take = value => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const above: Take = value => (Number(number(value, TOP)) > 0 ? value : undefined);
const count: Take = value => (Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined);
const bool: Take = value => (typeof value === "boolean" ? value : undefined);
const TOP: Where = { definitions: new Set(), depth: 0 };

const below: Take = (value, where) => {
  if (typeof value === "boolean") return value;
  if (!isMap(value)) return undefined;
  return where.depth >= DEEPEST ? true : known(value, { ...where, depth: where.depth + 1 });
};
const map: Take = (value, where) =>
  isMap(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([name, one]) => {
          const taken = PROPERTY.test(name) ? below(one, where) : undefined;
          return taken === undefined ? [] : [[name, taken]];
        }),
      )
    : undefined;
const some: Take = (value, where) => {
  const taken = list(value).flatMap(one => below(one, where) ?? []);
  return taken.length === 0 ? undefined : taken;
};
const values: Take = value => {
  const taken = [...new Set(list(value).flatMap(one => plainValue(one) ?? []))];
  return taken.length === 0 ? undefined : taken;
};
const plainValue = (value: unknown): unknown =>
  typeof value === "string" ? text(value, TOP) : (number(value, TOP) ?? bool(value, TOP));
const types: Take = value => {
  if (typeof value === "string") return TYPES.has(value) ? value : undefined;
  const taken = [...new Set(list(value).filter(one => TYPES.has(String(one))))];
  return taken.length === 0 ? undefined : taken;
};
const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
const reference: Take = (value, { definitions }) => (definitions.has(String(value)) ? value : undefined);
const required: Take = value => [
  ...new Set(list(value).filter(one => typeof one === "string" && PROPERTY.test(one))),
];

const KEYWORDS: Readonly<Record<string, Take>> = {
  type: types,
  title: text,
  description: text,
  default: plainValue,
  const: plainValue,
  enum: values,
  format: text,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: above,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  uniqueItems: bool,
  properties: map,
  required,
  additionalProperties: below,
  items: below,
  anyOf: some,
  oneOf: some,
  allOf: some,
  $ref: reference,
  $defs: map,
  definitions: map,
};

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, MOST_OF_A_LIST) : [];

const isMap = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
