// `kin sql '<select>'`: one reading statement against a world's store.
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { faultOf } from "../core/adapters/libsql/fault.ts";
import { KinError } from "../core/model/error.ts";
import { shorten } from "../core/report/format.ts";
import { readArguments } from "./arguments.ts";
import { findWorld } from "./data-directory.ts";

export const sql = async (args: readonly string[]): Promise<number> => {
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
  const url = `file:${join(findWorld(values.data), "kin.db")}`;
  const client = createClient({ url, timeout: 5_000, concurrency: 1 });
  try {
    await client.execute("PRAGMA query_only = ON");
    const { rows, columns } = await client.execute(statement);
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

const WIDEST = 60;

/** A table has to fit a terminal; --json gives all. */
const cut = ([column, value]: [string, unknown]): [string, unknown] => [
  column,
  typeof value === "string" ? shorten(value.replace(/\s+/g, " "), WIDEST) : value,
];
