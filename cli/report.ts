// `kin report`: figures over all tasks of a store.
import { type FigureTable, figureTables } from "../core/report/figures-text.ts";
import { readArguments } from "./arguments.ts";
import { openStore } from "./data-directory.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const report = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, {
    data: { type: "string" },
    json: { type: "boolean", default: false },
  });
  const store = await openStore(values.data, env);
  try {
    const figures = await store.figures();
    console.log(
      values.json ? JSON.stringify(figures, null, 2) : figureTables(figures).map(textOf).join("\n\n"),
    );
    return 0;
  } finally {
    store.close();
  }
};

/** Columns as wide as their widest cell; numbers are right-aligned, and the first column is words. */
const textOf = ({ title, none, head, rows }: FigureTable): string => {
  if (rows.length === 0) return `${title}\n  ${none}`;
  const width = head.map((name, column) =>
    Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, column) =>
        isNumber(cell) ? cell.padStart(width[column] ?? 0) : cell.padEnd(width[column] ?? 0),
      )
      .join("  ")
      .trimEnd()}`;
  return [title, line(head), ...rows.map(line)].join("\n");
};

const isNumber = (cell: string): boolean => /^[<$]*[\d.,]+( %)?$|^–$/.test(cell);
