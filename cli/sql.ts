// `kin sql '<select>'`: one reading statement against a store.
import { type Client, createClient, type ResultSet } from "@libsql/client";
import { fileOf } from "../core/adapters/libsql/database.ts";
import { faultOf } from "../core/adapters/libsql/fault.ts";
import { KinError } from "../core/model/error.ts";
import { shorten } from "../core/report/format.ts";
import { readArguments } from "./arguments.ts";
import { findStore } from "./data-directory.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const sql = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { data: { type: "string" }, json: { type: "boolean", default: false } },
    { positionals: ["STATEMENT"] },
  );
  const statement = positionals[0];
  if (statement === undefined)
    throw new KinError("`kin sql` needs a statement.", {
      code: "arguments_invalid",
      hint: "For example: kin sql 'select return_number, reason_text from task_returns'",
    });
  if (isSeveral(statement))
    throw new KinError("That is more than one statement.", {
      code: "arguments_invalid",
      hint: "Ask one at a time.",
    });
  const { url, token } = findStore(values.data, env);
  const client = createClient({
    url,
    ...(token === undefined ? {} : { authToken: token }),
    ...(fileOf(url) === null ? {} : { timeout: 5_000, concurrency: 1 }),
  });
  try {
    if (fileOf(url) !== null) await client.execute("PRAGMA query_only = ON");
    const { rows, columns } = await readRows(client, statement);
    const plain = rows.map(row => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
    if (values.json) console.log(JSON.stringify(plain, null, 2));
    else if (plain.length === 0) console.log("(no rows)");
    else console.table(plain.map(row => Object.fromEntries(Object.entries(row).map(cut))));
    return 0;
  } catch (cause) {
    const fault = faultOf(cause, url);
    if (fault instanceof KinError && !/READONLY/.test(String(cause))) throw fault;
    throw new KinError(cause instanceof Error ? cause.message : String(cause), {
      code: "sql_failed",
      hint: "Only reading statements; docs/store.md describes the tables.",
      cause,
    });
  } finally {
    client.close();
  }
};

/** A server takes a statement that writes in a transaction for reading, too: so none is ever committed. */
const readRows = async (client: Client, statement: string): Promise<ResultSet> => {
  const transaction = await client.transaction("read");
  try {
    const result = await transaction.execute(statement);
    await transaction.rollback();
    if (result.columns.length > 0 && result.rowsAffected === 0) return result;
    throw new Error("That statement does not only read. It was rolled back, and changed nothing.");
  } finally {
    transaction.close();
  }
};

/** The client takes the first and drops the rest without a word. Strings, names and comments may hold a semicolon. */
const isSeveral = (statement: string): boolean =>
  /;\s*[^\s;]/.test(statement.replace(/'[^']*'|"[^"]*"|--.*$|\/\*[\s\S]*?\*\//gm, ""));

const WIDEST = 60;

/** A table has to fit a terminal; --json gives all. */
const cut = ([column, value]: [string, unknown]): [string, unknown] => [
  column,
  typeof value === "string" ? shorten(value.replace(/\s+/g, " "), WIDEST) : value,
];
