// The REST front end: finds the route, identifies the caller, checks permission, reads the body, responds, and records
// every write that succeeded. Routes are tables in the files of their resources.

import { appOf, canSee, demand, type Need, personOf } from "./access.ts";
import { type Answer, failureAnswer, respond } from "./answer.ts";
import { type Actor, authenticate } from "./auth.ts";
import type { Call } from "./call.ts";
import { Failure, invalid, notFound } from "./failure.ts";
import type { Repository } from "./state.ts";
import {
  api,
  type Deed,
  fullName,
  movedRepository,
  must,
  repositoryById,
  repositoryByName,
  type World,
} from "./world.ts";

export interface RepositoryCall extends Call, Deed {
  readonly world: World;
}

export { type Answer, created, noContent, ok, page } from "./answer.ts";

export type Route = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As in GitHub's OpenAPI description. */
  readonly path: string;
} & (
  | {
      readonly need: Need;
      readonly open?: undefined;
      readonly handle: (call: RepositoryCall) => Answer | Promise<Answer>;
    }
  | {
      readonly need?: undefined;
      readonly open: "anyone" | "signed-in" | "app";
      readonly handle: (call: Call) => Answer | Promise<Answer>;
    }
);

export const needs = (app: string, level: Need["level"], role: Need["role"]): Need => ({
  app: app.split("|"),
  level,
  role,
});

/** What is wrong, or null; `known` says whether the description has the route at all. */
export interface RequestCheck {
  known(method: string, path: string): boolean;
  violation(
    route: Route,
    call: { params: Call["params"]; query: URLSearchParams; body: unknown },
  ): string | null;
}

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly weight: number;
}

export interface RestOptions {
  readonly routes: readonly Route[];
  readonly check: () => Promise<RequestCheck>;
  /** What a write may trigger: a pull request that was only waiting for it merges itself. */
  readonly settle: (repository: Repository) => Promise<void>;
}

export interface Rest {
  answer(request: Request, path: string): Promise<Response>;
  /** For somebody already identified, as the web pages are; throws refusals. */
  act: Act;
}

export type Act = (
  actor: Actor,
  call: { readonly method: string; readonly path: string; readonly body?: unknown },
) => Promise<Answer>;

export function createRest(world: World, { routes, check, settle }: RestOptions): Rest {
  const compiled = routes.map(compile).sort((a, b) => b.weight - a.weight);
  return {
    answer: async (request, path) => {
      try {
        return respond(request, await serve(request, path));
      } catch (error) {
        return respond(request, failureAnswer(error));
      }
    },
    act: async (actor, { method, path, body }) => {
      const found = match(compiled, method, path);
      if (found === null) throw notFound();
      const url = new URL(`${world.links.origin}/api/v3${path}`);
      const call = makeCall({ world, actor, params: found.params, url, body, accept: "" });
      return perform(found.route, call, method, path);
    },
  };

  async function serve(request: Request, asked: string): Promise<Answer> {
    const path = byName(world, asked);
    const found = match(compiled, request.method, path);
    if (found === null) return unknownRoute(request, path);
    const actor = await authenticate(world, request.headers.get("authorization"));
    const body = await readBody(request);
    const url = new URL(request.url);
    const { params } = found;
    if (world.validate) {
      const violation = (await check()).violation(found.route, { params, query: url.searchParams, body });
      if (violation !== null) {
        world.violations.push(violation);
        throw new Failure(500, `Not a request GitHub describes: ${violation}`);
      }
    }
    const call = makeCall({ world, actor, params, url, body, accept: request.headers.get("accept") ?? "" });
    return perform(found.route, call, request.method, path);
  }

  async function perform(route: Route, call: Call, method: string, path: string): Promise<Answer> {
    const repository = repositoryOf(call);
    if (repository === undefined) redirectMoved(call, method, path);
    const run = async (): Promise<Answer> => {
      const answer = await enter(route, call);
      if (method === "GET") return answer;
      recordWrite(world, call.actor, { method, path, status: answer.status });
      if (repository !== undefined) await settle(repository);
      world.saved();
      return answer;
    };
    return method === "GET" || repository === undefined ? run() : world.lock(repository, run);
  }

  async function unknownRoute(request: Request, path: string): Promise<Answer> {
    await authenticate(world, request.headers.get("authorization"));
    if (!world.validate) throw notFound();
    if ((await check()).known(request.method, path))
      throw new Failure(501, `Embedded GitHub has no ${request.method} ${path}`);
    world.violations.push(`no such route: ${request.method} ${path}`);
    throw notFound();
  }
}

function enter(route: Route, call: Call): Answer | Promise<Answer> {
  if (route.need !== undefined) {
    const repository = must(repositoryOf(call));
    demand(call.actor, repository, route.need);
    if (repository.archived && route.method !== "GET")
      throw new Failure(403, "Repository was archived so is read-only.");
    // Reading public repositories needs no user; handlers of writes always have one.
    const user = call.actor.kind === "anonymous" ? must(call.world.state.users[0]) : personOf(call.actor);
    return route.handle({ ...call, repository, user, appId: appOf(call.actor) });
  }
  if (route.open === "signed-in" && call.actor.kind !== "user" && call.actor.kind !== "installation")
    throw new Failure(401, "Requires authentication");
  if (route.open === "app" && call.actor.kind !== "app")
    throw new Failure(401, "A JSON web token could not be decoded");
  return route.handle(call);
}

/** `/repositories/1/issues` is another name for `/repos/octocat/hello/issues`. */
function byName(world: World, path: string): string {
  const [, id, tail] = /^\/repositories\/(\d+)(\/.+)$/.exec(path) ?? [];
  const repository = world.state.repositories.find(one => one.id === Number(id));
  return repository === undefined ? path : `/repos/${fullName(world, repository)}${tail}`;
}

function redirectMoved(call: Call, method: string, path: string): void {
  const { owner, repo } = call.params;
  if (owner === undefined || repo === undefined) return;
  const moved = movedRepository(call.world, owner, repo);
  if (moved === undefined || !canSee(call.actor, moved)) return;
  const tail = path.split("/").slice(4).join("/");
  const base = `${api(call.world)}/repositories/${moved.id}`;
  const location = `${tail === "" ? base : `${base}/${tail}`}${call.url.search}`;
  // A write must be repeated at its new address; a read may be repeated in any way.
  throw new Failure(
    method === "GET" ? 301 : 307,
    method === "GET" ? "Moved Permanently" : "Temporary Redirect",
    {
      headers: { location },
    },
  );
}

function repositoryOf(call: Call): Repository | undefined {
  const { owner, repo, repository_id: id } = call.params;
  if (id !== undefined) return repositoryById(call.world, Number(id));
  return owner === undefined || repo === undefined ? undefined : repositoryByName(call.world, owner, repo);
}

export function recordWrite(
  world: World,
  actor: Actor,
  write: { readonly method: string; readonly path: string; readonly status: number },
): void {
  // Minting a token is not an effect: it changes nothing that anybody sees.
  if (write.path.endsWith("/access_tokens")) return;
  const who = actor.kind === "user" || actor.kind === "installation" ? actor.user.login : actor.kind;
  const app = actor.kind === "installation" || actor.kind === "app" ? actor.app.slug : null;
  world.writes.push({ n: world.writes.length + 1, at: world.now().toISOString(), ...write, actor: who, app });
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replace(/[.]/g, "\\.").replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    if (["path", "ref", "basehead", "branch"].includes(name)) return "(.+)";
    return /_(number|id)$/.test(name) && !["workflow_id"].includes(name) ? "(\\d+)" : "([^/]+)";
  });
  const weight = route.path.split("/").filter(part => !part.startsWith("{")).length;
  return { route, pattern: new RegExp(`^${source}$`), names, weight };
}

function match(
  compiled: readonly Compiled[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  for (const one of compiled) {
    const hit = one.route.method === method ? one.pattern.exec(path) : null;
    if (hit === null) continue;
    const params = one.names.map((name, at) => [name, decodeURIComponent(hit[at + 1] ?? "")]);
    return { route: one.route, params: Object.fromEntries(params) };
  }
  return null;
}

async function readBody(request: Request): Promise<unknown> {
  if (request.method === "GET") return undefined;
  const text = await request.text();
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(400, "Problems parsing JSON");
  }
}

function makeCall(parts: {
  world: World;
  actor: Actor;
  params: Record<string, string>;
  url: URL;
  body: unknown;
  accept: string;
}): Call {
  const param = (name: string): string => must(parts.params[name]);
  return {
    ...parts,
    query: parts.url.searchParams,
    param,
    number: name => Number(param(name)),
    read: schema => {
      const result = schema.safeParse(parts.body ?? {});
      if (result.success) return result.data;
      throw invalid(
        ...result.error.issues.map(issue => ({
          resource: "Request",
          field: issue.path.join("."),
          code: issue.code === "invalid_type" && issue.input === undefined ? "missing_field" : "invalid",
          message: issue.message,
        })),
      );
    },
  };
}
