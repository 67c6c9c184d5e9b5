// GraphQL over HTTP: parses, runs the selection over plain objects, answers errors in GraphQL's own shape.

import * as z from "zod";
import { canSee } from "./access.ts";
import { type Actor, authenticate } from "./auth.ts";
import { Failure, failureBody } from "./failure.ts";
import { mutate } from "./graphql-mutations.ts";
import { actorObject, findNode, type GraphObject, nodeObject, repositoryObject } from "./graphql-objects.ts";
import { type Document, type Operation, parseDocument, type Selection, type Value } from "./graphql-parse.ts";
import { repositoryByName, type World } from "./world.ts";

const Body = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

type Variables = Readonly<Record<string, unknown>>;

export async function graphqlAnswer(world: World, request: Request): Promise<Response> {
  try {
    const actor = await authenticate(world, request.headers.get("authorization"));
    if (actor.kind === "anonymous") throw new Failure(401, "This endpoint requires you to be authenticated.");
    const body = Body.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new Failure(400, "A query attribute must be specified and must be a string.");
    return Response.json(await execute(world, actor, body.data));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return Response.json(failureBody(error), { status: error.status });
  }
}

async function execute(world: World, actor: Actor, body: z.output<typeof Body>): Promise<unknown> {
  try {
    const document = parseDocument(body.query);
    const operation = document.operations.find(one => !body.operationName || one.name === body.operationName);
    if (operation === undefined) throw new Failure(400, "No operation found");
    const defaults = operation.defaults.map(([name, value]) => [name, resolveValue(value, {})]);
    const variables = { ...Object.fromEntries(defaults), ...body.variables };
    return await run(world, actor, { document, operation, variables });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { errors: [{ message: error.message }] };
  }
}

interface Running {
  readonly document: Document;
  readonly operation: Operation;
  readonly variables: Variables;
}

async function run(world: World, actor: Actor, what: Running): Promise<unknown> {
  const errors: Record<string, unknown>[] = [];
  const data: Record<string, unknown> = {};
  for (const field of fieldsOf(what, what.operation.selections, null)) {
    try {
      const args = argumentsOf(field, what.variables);
      const value =
        what.operation.type === "mutation"
          ? await mutate(world, actor, field.name, args.input)
          : await query(world, actor, field.name, args);
      data[field.alias] = await project(what, value, field);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      data[field.alias] = null;
      errors.push(errorOf(error, field.alias));
    }
  }
  return errors.length === 0 ? { data } : { data, errors };
}

const TYPES: Readonly<Record<number, string>> = {
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "UNPROCESSABLE",
  409: "UNPROCESSABLE",
  422: "UNPROCESSABLE",
};

function errorOf(failure: Failure, path: string): Record<string, unknown> {
  const type = TYPES[failure.status];
  const locations = [{ line: 1, column: 1 }];
  return { ...(type === undefined ? {} : { type }), path: [path], locations, message: failure.message };
}

async function query(world: World, actor: Actor, name: string, args: Variables): Promise<GraphObject | null> {
  switch (name) {
    case "__typename":
      return null;
    case "viewer":
      if (actor.kind !== "user" && actor.kind !== "installation")
        throw new Failure(403, "Resource not accessible by integration");
      return actorObject(world, actor.user);
    case "repository": {
      const [owner, repo] = [String(args.owner), String(args.name)];
      const found = repositoryByName(world, owner, repo);
      if (found === undefined || !canSee(actor, found))
        throw new Failure(404, `Could not resolve to a Repository with the name '${owner}/${repo}'.`);
      return repositoryObject(world, found);
    }
    case "node": {
      const node = findNode(world, actor, String(args.id));
      if (node === null)
        throw new Failure(404, `Could not resolve to a node with the global id of '${String(args.id)}'.`);
      return nodeObject(world, node);
    }
    default:
      throw new Failure(400, `Field '${name}' doesn't exist on type 'Query'`);
  }
}

type Field = Extract<Selection, { kind: "field" }>;

/** The fields a selection has on a type, with fragments opened. */
function fieldsOf(what: Running, selections: readonly Selection[], type: string | null): Field[] {
  return selections.flatMap(selection => {
    if (selection.kind === "field") return [selection];
    const fragment = selection.kind === "spread" ? what.document.fragments.get(selection.name) : selection;
    if (fragment === undefined) throw new Failure(400, "Fragment was used, but not defined");
    const interfaces = ["Node", "Actor", "Comment", "Minimizable"];
    const applies =
      fragment.on === null || type === null || fragment.on === type || interfaces.includes(fragment.on);
    return applies ? fieldsOf(what, fragment.selections, type) : [];
  });
}

async function project(what: Running, value: unknown, field: Field): Promise<unknown> {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return Promise.all(value.map(one => project(what, one, field)));
  if (typeof value !== "object") return value;
  const object = value as GraphObject;
  if (field.selections === null)
    throw new Failure(400, `Field must have selections (field '${field.name}' returns ${object.__typename})`);
  const shown: Record<string, unknown> = {};
  for (const inner of fieldsOf(what, field.selections, object.__typename)) {
    if (!(inner.name in object))
      throw new Failure(400, `Field '${inner.name}' doesn't exist on type '${object.__typename}'`);
    const found = object[inner.name];
    const resolved = typeof found === "function" ? await found(argumentsOf(inner, what.variables)) : found;
    shown[inner.alias] = await project(what, resolved, inner);
  }
  return shown;
}

const argumentsOf = (field: Field, variables: Variables): Record<string, unknown> =>
  Object.fromEntries(field.args.map(([name, value]) => [name, resolveValue(value, variables)]));

function resolveValue(value: Value, variables: Variables): unknown {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "variable":
      return variables[value.name];
    case "list":
      return value.values.map(one => resolveValue(one, variables));
    case "object":
      return Object.fromEntries(value.fields.map(([name, one]) => [name, resolveValue(one, variables)]));
    default:
      throw new Error(String(value satisfies never));
  }
}
