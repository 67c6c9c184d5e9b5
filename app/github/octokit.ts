// The parts of Octokit that are used, with Octokit's own types: they are generated from GitHub's API description, and
// nothing of that is declared here again.
import type { Octokit } from "@octokit/rest";

/** Probot's, or @octokit/rest's. */
export type OctokitLike = Pick<Octokit, "request" | "paginate" | "graphql">;

declare const request: Octokit["request"];

/** The data that GitHub returns for a route. */
export type Answer<Route extends string> = Awaited<ReturnType<typeof request<Route>>>["data"];

/** `name`: the route, or a mutation's name. */
export type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same Octokit, with every call made through `around`. */
export const wrapped = (octokit: OctokitLike, around: Around): OctokitLike => {
  const wrap = <F extends (...args: never[]) => unknown>(call: F, nameOf: (what: string) => string): F =>
    new Proxy(call, {
      apply: (target, self, args) => around(nameOf(args[0]), () => Reflect.apply(target, self, args)),
    });
  return {
    request: wrap(octokit.request, route => route),
    paginate: wrap(octokit.paginate, route => route),
    // A query reads, like GET; a mutation is named by what it does.
    graphql: wrap(octokit.graphql, query =>
      /^\s*query\b/.test(query) ? "GET /graphql" : (/\{\s*(\w+)/.exec(query)?.[1] ?? "mutation"),
    ),
  };
};
