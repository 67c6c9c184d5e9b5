// Between rows and records: the building blocks of every table's SQL.
import type { InStatement, InValue } from "@libsql/client";
import type { ZodError } from "zod";
import { KinError } from "../../core/model/error.ts";
import { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import type { Database, Row } from "./sql.ts";

/** A condition without which a statement of a batch does nothing. */
export interface Guard {
  readonly sql: string;
  readonly args: readonly InValue[];
}

export const ALWAYS: Guard = { sql: "TRUE", args: [] };

/** Runs one statement by itself; returns its rows. */
export const run = async (db: Database, statement: InStatement): Promise<readonly Row[]> =>
  (await db.write([statement]))[0] ?? [];

interface Insert {
  readonly row: Readonly<Record<string, unknown>>;
  readonly guard?: Guard;
  /** What follows: what happens on a conflict, and what is returned. */
  readonly rest?: string;
}

export const insertInto = (table: string, { row, guard = ALWAYS, rest = "" }: Insert) => {
  const columns = Object.keys(row);
  return {
    sql: `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${columns.map(() => "?").join(", ")} WHERE ${guard.sql} ${rest}`,
    args: [...Object.values(row).map(toValue), ...guard.args],
  };
};

interface Patch {
  readonly id: number | string;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly guard?: Guard;
}

/** Returns the id of the changed row. */
export const patchOf = (table: keyof typeof COLUMNS, { id, patch, guard = ALWAYS }: Patch): InStatement => {
  const entries = Object.entries(patch).filter(
    ([column, value]) => COLUMNS[table].has(column) && value !== undefined,
  );
  // With nothing to set, the statement only tells whether the row exists.
  const set = entries.length === 0 ? "id = id" : entries.map(([column]) => `${column} = ?`).join(", ");
  return {
    sql: `UPDATE ${table} SET ${set} WHERE id = ? AND ${guard.sql} RETURNING id`,
    args: [...entries.map(([, value]) => toValue(value)), id, ...guard.args],
  };
};

interface Schema<T> {
  readonly parse: (value: unknown) => T;
}

export const parseOne = <T>(row: Row | null | undefined, schema: Schema<T>): T | null =>
  row == null ? null : parsed(row, schema);

export const parseAll = <T>(rows: readonly Row[], schema: Schema<T>): readonly T[] =>
  rows.map(row => parsed(row, schema));

const parsed = <T>(row: Row, schema: Schema<T>): T => {
  try {
    return schema.parse(row);
  } catch (cause) {
    const issues = (cause as Partial<ZodError>).issues ?? [];
    const columns = [...new Set(issues.map(({ path }) => String(path[0])))].join(", ");
    throw new KinError(
      `A row of the store is damaged: ${columns} of the row with the id ${row.id ?? row.key}.`,
      {
        code: "store_damaged",
        hint: "`kin sql` shows it. Put a backup of the store in its place, or mend the row.",
        cause,
      },
    );
  }
};

/** Whether the statement with `RETURNING` did anything. */
export const didAny = (rows: readonly Row[] | undefined): boolean => (rows?.length ?? 0) > 0;

export const iso = (at: number): string => new Date(at).toISOString();

const columnsOf = (record: { readonly shape: object }): ReadonlySet<string> =>
  new Set(Object.keys(record.shape).filter(column => column !== "id"));

const COLUMNS = { tasks: columnsOf(TaskRecord), pipelines: columnsOf(PipelineRecord) };

const toValue = (value: unknown): InValue =>
  value !== null && typeof value === "object" ? JSON.stringify(value) : (value as InValue);
