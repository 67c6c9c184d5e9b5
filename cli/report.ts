// `kin report`: figures over all tasks of a store.
import { type FigureTable, figureTables } from "../core/report/figures-text.ts";
import { type Env, readArguments, STORE } from "./arguments.ts";
import { withStore } from "./data-directory.ts";
import { aligned } from "./terminal.ts";

export const report = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, STORE);
  return withStore({ data: values.data, env }, async store => {
    const figures = await store.figures();
    console.log(
      values.json ? JSON.stringify(figures, null, 2) : figureTables(figures).map(textOf).join("\n\n"),
    );
    return 0;
  });
};

/** The first column is words; numbers are right-aligned. */
const textOf = ({ title, none, head, rows }: FigureTable): string =>
  rows.length === 0
    ? `${title}\n  ${none}`
    : [title, ...aligned([head, ...rows], isNumber).map(line => `  ${line}`)].join("\n");

const isNumber = (cell: string): boolean => /^[<$]*[\d.,]+( %)?$|^–$/.test(cell);
