// What is used of an Octokit, with its own types: they are made from GitHub's description of its API, of which
// nothing is declared here again.
import type { Octokit } from "@octokit/rest";

/** Probot's, or @octokit/rest's. */
export type OctokitLike = Pick<Octokit, "request" | "paginate" | "graphql">;

declare const request: Octokit["request"];

/** What GitHub answers to a route. */
export type Answer<Route extends string> = Awaited<ReturnType<typeof request<Route>>>["data"];

/** `name`: the route, or a mutation's name. */
export type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same Octokit, which makes each of its calls through `around`. */
export const wrapped = (octokit: OctokitLike, around: Around): OctokitLike => {
  const wrap = <F extends (...args: never[]) => unknown>(call: F, nameOf: (what: string) => string): F =>
    new Proxy(call, {
      apply: (target, self, args) => around(nameOf(args[0]), () => Reflect.apply(target, self, args)),
    });
  return {
    request: wrap(octokit.request, route => route),
    paginate: wrap(octokit.paginate, route => route),
    // A query reads, as GET does; a mutation is named by what it does.
    graphql: wrap(octokit.graphql, query =>
      /^\s*query\b/.test(query) ? "GET /graphql" : (/\{\s*(\w+)/.exec(query)?.[1] ?? "mutation"),
    ),
  };
};
