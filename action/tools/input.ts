// Checks an input against a tool's schema: the few keywords that our schemas use. Pure.

interface Schema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

/** What is wrong with the input, for the model to fix; null if nothing is. Unknown fields pass. */
export const inputProblem = (input: unknown, schema: Schema): string | null => {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return "the input must be an object";
  for (const name of schema.required) if (!(name in input)) return `\`${name}\` is missing`;
  for (const [name, value] of Object.entries(input)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property !== undefined && !fits(value, property)) return `\`${name}\` must be ${describe(property)}`;
  }
  return null;
};

interface Property {
  readonly type?: string;
  readonly items?: Property;
}

const fits = (value: unknown, property: Property): boolean => {
  switch (property.type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isSafeInteger(value);
    case "array":
      return Array.isArray(value) && value.every(item => fits(item, property.items ?? {}));
    default:
      return true;
  }
};

const describe = (property: Property): string =>
  property.type === "array" ? `an array of ${property.items?.type}s` : `a ${property.type}`;
