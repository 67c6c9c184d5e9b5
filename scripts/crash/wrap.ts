// The App's side effects, each with a crash point before it. An effect is a committed batch of writes to the store or a
// request that changes something on GitHub; requesting a token is not one.
import { type OctokitLike, wrapped } from "../../app/github/octokit.ts";
import type { Database } from "../../app/store/sql.ts";
import type { CrashPoint } from "./crash-point.ts";

type Statement = Parameters<Database["write"]>[0][number];

/** One write at a time, so that each is committed before the next one's point is reached. */
export const crashingDatabase = (database: Database, point: CrashPoint): Database => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...database,
    write: statements => {
      const written = last.then(() => {
        point(`store ${statements.map(describe).join("; ")}`);
        return database.write(statements);
      });
      last = written.catch(() => {});
      return written;
    },
  };
};

export const crashingOctokit = (octokit: OctokitLike, point: CrashPoint): OctokitLike =>
  wrapped(octokit, (name, call) => {
    if (!name.startsWith("GET ") && !name.endsWith("/access_tokens")) point(`GitHub ${name}`);
    return call();
  });

/** Hides the comments it wrote before, to show that the harness would notice a repeated write. */
export const withoutComments = (octokit: OctokitLike): OctokitLike => {
  const { paginate } = octokit;
  const iterator = (route: string, ...rest: never[]) =>
    route === "GET /repos/{owner}/{repo}/issues/{issue_number}/comments"
      ? (async function* () {})()
      : Reflect.apply(paginate.iterator, paginate, [route, ...rest]);
  const get = (target: typeof paginate, name: string) =>
    name === "iterator" ? iterator : Reflect.get(target, name);
  return { ...octokit, paginate: new Proxy(paginate, { get }) };
};

/** Neither a time nor a hash. */
const KEY = /^(?!\d{4}-\d\d-|[0-9a-f]{40})[\w.:/-]{1,80}$/;

/** The verb, the table, and the key if there is one. */
const describe = (statement: Statement): string => {
  const sql = typeof statement === "string" ? statement : (statement as { readonly sql: string }).sql;
  const args = typeof statement === "string" ? [] : (statement as { readonly args?: unknown }).args;
  const [, verb = "", table = ""] = /^\s*(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?(\w+)/i.exec(sql) ?? [];
  const key = Array.isArray(args) ? args.find(arg => typeof arg === "string" && KEY.test(arg)) : "";
  return `${verb} ${table} ${key ?? ""}`.trim();
};
