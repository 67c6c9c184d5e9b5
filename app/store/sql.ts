// What the store requires of a database.
import type { InStatement, InValue } from "@libsql/client";

export type Row = Readonly<Record<string, InValue>>;

export interface Database {
  readonly all: (sql: string, args?: readonly InValue[]) => Promise<readonly Row[]>;
  readonly first: (sql: string, args?: readonly InValue[]) => Promise<Row | null>;
  /** All of them or none, in one immediate transaction; returns the rows of each. */
  readonly write: (statements: readonly InStatement[]) => Promise<readonly (readonly Row[])[]>;
  readonly close: () => void;
}
