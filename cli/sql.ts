// `kin sql '<select>'`: one reading statement on a store.
import { type Client, createClient, type ResultSet } from "@libsql/client";
import { fileOf } from "../app/store/database.ts";
import { faultOf } from "../app/store/fault.ts";
import { KinError } from "../core/model/error.ts";
import { shorten } from "../core/report/format.ts";
import { type Env, misused, readArguments, STORE } from "./arguments.ts";
import { findStore } from "./data-directory.ts";

export const sql = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(args, STORE, { positionals: ["STATEMENT"] });
  const statement = positionals[0];
  if (statement === undefined)
    throw misused(
      "`kin sql` needs a statement.",
      "For example: kin sql 'select return_number, reason_text from task_returns'",
    );
  if (!READING.test(bare(statement)))
    throw misused(
      "That statement does not only read.",
      "Only reading statements: select, with, values, explain, pragma. docs/store.md describes the tables.",
    );
  if (isSeveral(statement)) throw misused("That is more than one statement.", "Ask one at a time.");
  const { url, token } = findStore(values.data, env);
  const client = createClient({
    url,
    ...(token === undefined ? {} : { authToken: token }),
    ...(fileOf(url) === null ? {} : { timeout: 5_000, concurrency: 1 }),
  });
  try {
    if (fileOf(url) !== null) await client.execute("PRAGMA query_only = ON");
    const { rows, columns: named } = await readRows(client, statement);
    const columns = apart(named);
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

/** A server also runs a statement that writes in a read transaction, so none is ever committed. */
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

/** A statement that does not read may do more than change the store: `attach` makes a file. */
const READING = /^[\s(;]*(?:select|with|values|explain|pragma)\b/i;

/** The client runs the first and silently drops the rest. */
const isSeveral = (statement: string): boolean => /;\s*[^\s;]/.test(bare(statement));

/** Without strings, names and comments, which may hold a semicolon. */
const bare = (statement: string): string =>
  statement.replace(/'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--.*$|\/\*[\s\S]*?\*\//gm, " ");

/** A row is one object, so no name may occur twice: the second `a` is `a_2`. */
const apart = (columns: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  for (const column of columns) {
    let name = column;
    for (let n = 2; taken.has(name) || (name !== column && columns.includes(name)); n++)
      name = `${column}_${n}`;
    taken.add(name);
  }
  return [...taken];
};

const WIDEST = 60;

/** A table has to fit a terminal; --json shows everything. */
const cut = ([column, value]: [string, unknown]): [string, unknown] => [
  column,
  typeof value === "string" ? shorten(value.replace(/\s+/g, " "), WIDEST) : value,
];
