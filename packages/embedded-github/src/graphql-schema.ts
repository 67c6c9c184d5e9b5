// GitHub's own GraphQL schema, and its validation of a query. Building it on import takes half a second, so it is
// imported at the first query.

import { readFileSync } from "node:fs";
import {
  type ASTNode,
  BREAK,
  buildClientSchema,
  type DocumentNode,
  GraphQLError,
  Kind,
  parse,
  validate,
  visit,
} from "graphql";

// The package's own entry would build the schema twice.
const FILE = new URL("schema.json", import.meta.resolve("@octokit/graphql-schema"));
export const SCHEMA = buildClientSchema(JSON.parse(readFileSync(FILE, "utf8")), { assumeValid: true });

/** In the form of GitHub's responses. */
export interface Refused {
  readonly type?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, string>>;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly message: string;
}

/** The query, or why GitHub would reject it. */
export function readQuery(text: string): DocumentNode | readonly Refused[] {
  try {
    const document = parse(text);
    const wrong = validate(SCHEMA, document);
    return wrong.length === 0 ? document : wrong.map(error => refused(document, error));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
    const message = error.message.replace("Syntax Error: ", "");
    return [
      { locations: [{ line, column }], message: `${message.replace(/[.]$/, "")} at [${line}, ${column}]` },
    ];
  }
}

function refused(document: DocumentNode, { message, nodes, locations = [] }: GraphQLError): Refused {
  const [node] = nodes ?? [];
  return {
    ...(node === undefined ? {} : { path: pathOf(document, node) }),
    ...(inGitHubsWords(message) ?? { message }),
    locations,
  };
}

type Words = Pick<Refused, "extensions" | "message">;

/** The refusals that programs encounter; others keep the library's wording. */
const WORDS: readonly (readonly [RegExp, (...parts: string[]) => Words])[] = [
  [
    /^Cannot query field "(\w+)" on type "(\w+)"/,
    (fieldName, typeName) => ({
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      extensions: { code: "undefinedField", typeName, fieldName },
    }),
  ],
  [
    /^Unknown argument "(\w+)" on field "\w+[.](\w+)"/,
    (argumentName, name) => ({
      message: `Field '${name}' doesn't accept argument '${argumentName}'`,
      extensions: { code: "argumentNotAccepted", name, typeName: "Field", argumentName },
    }),
  ],
  [
    /^Field "(\w+)" argument "(\w+)" of type ".+" is required/,
    (name, missing) => ({
      message: `Field '${name}' is missing required arguments: ${missing}`,
      extensions: { code: "missingRequiredArguments", className: "Field", name, arguments: missing },
    }),
  ],
  [
    /^Field "(\w+)" of type "([^"]+)" must have a selection of subfields/,
    (name, type) => ({
      message: `Field must have selections (field '${name}' returns ${type.replace(/\W/g, "")} but has no selections. Did you mean '${name} { ... }'?)`,
      extensions: {
        code: "selectionMismatch",
        nodeName: `field '${name}'`,
        typeName: type.replace(/\W/g, ""),
      },
    }),
  ],
];

function inGitHubsWords(message: string): Words | null {
  for (const [pattern, words] of WORDS) {
    const [found, ...parts] = pattern.exec(message) ?? [];
    if (found !== undefined) return words(...parts);
  }
  return null;
}

/** `["query Name", "repository", "... on Issue", "title"]` */
function pathOf(document: DocumentNode, wanted: ASTNode): readonly string[] {
  const path: string[] = [];
  visit(document, {
    enter: node => {
      const step = stepOf(node);
      if (step !== null) path.push(step);
      return node === wanted ? BREAK : undefined;
    },
    leave: node => {
      if (stepOf(node) !== null) path.pop();
    },
  });
  return path;
}

function stepOf(node: ASTNode): string | null {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return [node.operation, node.name?.value].filter(part => part !== undefined).join(" ");
    case Kind.FRAGMENT_DEFINITION:
      return `fragment ${node.name.value}`;
    case Kind.INLINE_FRAGMENT:
      return ["...", node.typeCondition?.name.value].filter(part => part !== undefined).join(" on ");
    case Kind.FIELD:
      return (node.alias ?? node.name).value;
    case Kind.ARGUMENT:
      return node.name.value;
    default:
      return null;
  }
}
