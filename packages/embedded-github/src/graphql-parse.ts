// Reads a GraphQL document as far as clients of GitHub write them: operations, variables, fields with aliases
// and arguments, inline and named fragments.

import { Failure } from "./failure.ts";

export type Value =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "list"; readonly values: readonly Value[] }
  | { readonly kind: "object"; readonly fields: readonly (readonly [string, Value])[] };

export type Selection =
  | {
      readonly kind: "field";
      readonly name: string;
      readonly alias: string;
      readonly args: readonly (readonly [string, Value])[];
      readonly selections: readonly Selection[] | null;
    }
  | { readonly kind: "fragment"; readonly on: string | null; readonly selections: readonly Selection[] }
  | { readonly kind: "spread"; readonly name: string };

export interface Operation {
  readonly type: "query" | "mutation";
  readonly name: string | null;
  readonly defaults: readonly (readonly [string, Value])[];
  readonly selections: readonly Selection[];
}

export interface Document {
  readonly operations: readonly Operation[];
  readonly fragments: ReadonlyMap<string, Extract<Selection, { kind: "fragment" }>>;
}

const TOKEN =
  /[\s,]+|#[^\n]*|"""([\s\S]*?)"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[!$&()[\]{}:=@|]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[_A-Za-z]\w*/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Failure(400, `Parse error on ${JSON.stringify(text.slice(at, at + 10))}`);
    if (!/^[\s,#]/.test(match[0])) tokens.push(match[0]);
  }
  return tokens;
}

export function parseDocument(text: string): Document {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new Failure(400, "Parse error: unexpected end of document");
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted) throw new Failure(400, `Parse error: expected ${wanted}, got ${token}`);
  };
  const skip = (token: string): boolean => {
    if (peek() !== token) return false;
    at += 1;
    return true;
  };

  function value(): Value {
    const token = next();
    if (token === "$") return { kind: "variable", name: next() };
    if (token === "[") {
      const values: Value[] = [];
      while (!skip("]")) values.push(value());
      return { kind: "list", values };
    }
    if (token === "{") return { kind: "object", fields: pairs("}") };
    return { kind: "literal", value: literal(token) };
  }

  function pairs(end: string): (readonly [string, Value])[] {
    const found: (readonly [string, Value])[] = [];
    while (!skip(end)) {
      const name = next();
      expect(":");
      found.push([name, value()]);
    }
    return found;
  }

  function directives(): void {
    while (skip("@")) {
      next();
      if (skip("(")) pairs(")");
    }
  }

  function selectionSet(): Selection[] {
    expect("{");
    const found: Selection[] = [];
    while (!skip("}")) found.push(skip("...") ? spread() : field());
    return found;
  }

  function spread(): Selection {
    if (peek() === "{") return { kind: "fragment", on: null, selections: selectionSet() };
    const name = next();
    if (name !== "on") return { kind: "spread", name };
    const on = next();
    directives();
    return { kind: "fragment", on, selections: selectionSet() };
  }

  function field(): Selection {
    const first = next();
    const name = skip(":") ? next() : first;
    const args = skip("(") ? pairs(")") : [];
    directives();
    return { kind: "field", name, alias: first, args, selections: peek() === "{" ? selectionSet() : null };
  }

  function variables(): (readonly [string, Value])[] {
    const defaults: (readonly [string, Value])[] = [];
    if (!skip("(")) return defaults;
    while (!skip(")")) {
      expect("$");
      const name = next();
      expect(":");
      while (["[", "]", "!"].includes(peek() ?? "") || /^[A-Z]/.test(peek() ?? "")) next();
      if (skip("=")) defaults.push([name, value()]);
    }
    return defaults;
  }

  const operations: Operation[] = [];
  const fragments = new Map<string, Extract<Selection, { kind: "fragment" }>>();
  while (at < tokens.length) {
    if (peek() === "{") {
      operations.push({ type: "query", name: null, defaults: [], selections: selectionSet() });
      continue;
    }
    const type = next();
    if (type === "fragment") {
      const name = next();
      expect("on");
      const on = next();
      fragments.set(name, { kind: "fragment", on, selections: selectionSet() });
      continue;
    }
    if (type !== "query" && type !== "mutation")
      throw new Failure(400, `Parse error on ${JSON.stringify(type)}`);
    const name = /^[_A-Za-z]/.test(peek() ?? "") ? next() : null;
    const defaults = variables();
    directives();
    operations.push({ type, name, defaults, selections: selectionSet() });
  }
  return { operations, fragments };
}

function literal(token: string): unknown {
  if (token.startsWith('"""')) return token.slice(3, -3);
  if (token.startsWith('"')) return JSON.parse(token);
  if (/^-?\d/.test(token)) return Number(token);
  if (token === "true" || token === "false") return token === "true";
  return token === "null" ? null : token;
}
