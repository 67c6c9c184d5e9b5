// GraphQL over HTTP: queries that GitHub's schema allows, run on the plain objects of graphql-objects.ts.

import { execute, type GraphQLError, type GraphQLFieldResolver } from "graphql";
import * as z from "zod";
import { canSee } from "./access.ts";
import { type Actor, authenticate } from "./auth.ts";
import { Failure, failureBody } from "./failure.ts";
import { mutationsOf } from "./graphql-mutations.ts";
import { actorObject, findNode, type GraphObject, nodeObject, repositoryObject } from "./graphql-objects.ts";
import { type Refused, readQuery, SCHEMA } from "./graphql-schema.ts";
import { repositoryByName, type World } from "./world.ts";

const Body = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

export async function graphqlAnswer(world: World, request: Request): Promise<Response> {
  try {
    const actor = await authenticate(world, request.headers.get("authorization"));
    if (actor.kind === "anonymous") throw new Failure(401, "This endpoint requires you to be authenticated.");
    const body = Body.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new Failure(400, "A query attribute must be specified and must be a string.");
    return Response.json(await answerTo(world, actor, body.data));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return Response.json(failureBody(error), { status: error.status });
  }
}

async function answerTo(world: World, actor: Actor, asked: z.output<typeof Body>): Promise<unknown> {
  const document = readQuery(asked.query);
  if (!("kind" in document)) return { errors: document };
  const { data, errors } = await execute({
    schema: SCHEMA,
    document,
    rootValue: { ...queriesOf(world, actor), ...mutationsOf(world, actor) },
    fieldResolver,
    variableValues: asked.variables,
    operationName: asked.operationName,
  });
  return { data, errors: errors?.map(refusalOf) };
}

/** A field is a value, or a function of its arguments. */
const fieldResolver: GraphQLFieldResolver<GraphObject, unknown> = (
  source,
  args,
  _,
  { fieldName, parentType },
) => {
  const value = source[fieldName];
  if (value === undefined)
    throw new Failure(501, `Embedded GitHub has no field '${fieldName}' of type '${parentType.name}'`);
  return typeof value === "function" ? value(args) : value;
};

const TYPES: Readonly<Record<number, string>> = {
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "UNPROCESSABLE",
  409: "UNPROCESSABLE",
  422: "UNPROCESSABLE",
};

function refusalOf({ originalError, path, locations = [], message }: GraphQLError): Refused {
  // An error in the variables: nothing ran.
  if (path === undefined) return { locations, message };
  if (originalError !== undefined && !(originalError instanceof Failure)) throw originalError;
  const type = TYPES[originalError?.status ?? 0];
  return { ...(type === undefined ? {} : { type }), path, locations, message };
}

const queriesOf = (world: World, actor: Actor) => ({
  viewer: (): GraphObject => {
    if (actor.kind !== "user" && actor.kind !== "installation")
      throw new Failure(403, "Resource not accessible by integration");
    return actorObject(world, actor.user);
  },
  repository: ({ owner, name }: { readonly owner: string; readonly name: string }): GraphObject => {
    const found = repositoryByName(world, owner, name);
    if (found === undefined || !canSee(actor, found))
      throw new Failure(404, `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    return repositoryObject(world, found);
  },
  node: ({ id }: { readonly id: string }): GraphObject => {
    const node = findNode(world, actor, id);
    if (node === null) throw new Failure(404, `Could not resolve to a node with the global id of '${id}'.`);
    return nodeObject(world, node);
  },
});
