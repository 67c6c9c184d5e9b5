// Tests only: the App's side effects, each behind the crash point. An effect is a committed batch of writes to the
// store or a request that changes something on GitHub; minting a token is none.
import type { CrashPoint } from "../host/crash-point.ts";
import { type OctokitLike, wrapped } from "./github/octokit.ts";
import type { GitHub } from "./github/port.ts";
import type { Database } from "./store/sql.ts";

type Statement = Parameters<Database["write"]>[0][number];

/** One write after the other, so that the one before is committed when the point of the next is passed. */
export const crashingDatabase = (database: Database, point: CrashPoint | null): Database => {
  if (point === null) return database;
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

export const crashingOctokit = (octokit: OctokitLike, point: CrashPoint | null): OctokitLike =>
  point === null
    ? octokit
    : wrapped(octokit, (name, call) => {
        if (!name.startsWith("GET ") && !name.endsWith("/access_tokens")) point(`GitHub ${name}`);
        return call();
      });

/** What `KIN_CRASH_SABOTAGE` takes away, so that the harness can show that it would see it missing. */
export const sabotaged = (github: GitHub, what: "comment" | undefined): GitHub =>
  what === "comment" ? { ...github, issueComments: async function* () {} } : github;

/** No time, no hash. */
const KEY = /^(?!\d{4}-\d\d-|[0-9a-f]{40})[\w.:/-]{1,80}$/;

/** The verb, the table, and the key where there is one. */
const describe = (statement: Statement): string => {
  const sql = typeof statement === "string" ? statement : (statement as { readonly sql: string }).sql;
  const args = typeof statement === "string" ? [] : (statement as { readonly args?: unknown }).args;
  const [, verb = "", table = ""] = /^\s*(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?(\w+)/i.exec(sql) ?? [];
  const key = Array.isArray(args) ? args.find(arg => typeof arg === "string" && KEY.test(arg)) : "";
  return `${verb} ${table} ${key ?? ""}`.trim();
};
