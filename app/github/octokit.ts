// The parts of Octokit that are used, with Octokit's own types: they are generated from GitHub's API description, and
// nothing of that is declared here again.
import type { Octokit } from "@octokit/rest";

/** Probot's, or @octokit/rest's. */
export type OctokitLike = Pick<Octokit, "request" | "paginate" | "graphql">;

declare const request: Octokit["request"];

/** The data that GitHub returns for a route. */
export type Answer<Route extends string> = Awaited<ReturnType<typeof request<Route>>>["data"];

type Routes = Parameters<typeof request<never>>[0];

/** A route below a repository, such as `GET /issues/{issue_number}`. */
export type Within = Routes extends infer Route
  ? Route extends `${infer Method} /repos/{owner}/{repo}${infer Path}`
    ? `${Method} ${Path}`
    : never
  : never;

export type Whole<Route extends Within> = Route extends `${infer Method} ${infer Path}`
  ? `${Method} /repos/{owner}/{repo}${Path}`
  : never;

/** An item of a list, also if the answer has the list under a name. */
export type Item<Route extends Within> = ListIn<Answer<Whole<Route>>>[number];
type ListIn<T> = T extends readonly unknown[] ? T : Extract<T[keyof T], readonly unknown[]>;

/** The parameters of a route within a repository. */
export type Given<Route extends Within> = WithoutPlace<
  NonNullable<Parameters<typeof request<Whole<Route>>>[1]>
>;
type WithoutPlace<T> = {
  [Name in keyof T as string extends Name ? never : Exclude<Name, "owner" | "repo">]: T[Name];
};

/** `name`: the route, or a mutation's name. */
export type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same Octokit, with every call but those that read lists made through `around`. */
export const wrapped = (octokit: OctokitLike, around: Around): OctokitLike => {
  const wrap = <F extends (...args: never[]) => unknown>(call: F, nameOf: (what: string) => string): F =>
    new Proxy(call, {
      apply: (target, self, args) => around(nameOf(args[0]), () => Reflect.apply(target, self, args)),
    });
  return {
    paginate: octokit.paginate,
    request: wrap(octokit.request, route => route),
    // A query reads, like GET; a mutation is named by what it does.
    graphql: wrap(octokit.graphql, query =>
      /^\s*query\b/.test(query) ? "GET /graphql" : (/\{\s*(\w+)/.exec(query)?.[1] ?? "mutation"),
    ),
  };
};
