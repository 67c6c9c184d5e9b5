// What each role cost in all of a task's pipelines, folded away.
import type { Pipeline } from "../model/pipeline.ts";
import { safeInline } from "../text/safe.ts";
import { COST_COLUMNS, costByRole, costCells, costOfTask, costText } from "./cost.ts";
import { duration } from "./format.ts";
import { details, table } from "./frame.ts";
import { nameOf } from "./term.ts";

export const costTable = (pipelines: readonly { readonly pipeline: Pipeline }[]): string => {
  const roles = costByRole(pipelines);
  if (roles.length === 0) return "";
  const total = costOfTask(pipelines);
  const rows = roles.map(([role, cost]) => [nameOf(role), ...costCells(cost)]);
  const sum = roles.length > 1 ? [["**all**", ...costCells(total)]] : [];
  return details(
    `<b>Cost</b> ${safeInline(costText(total))} · ${duration(total.seconds)}`,
    table(["Role", ...COST_COLUMNS], [...rows, ...sum]),
  );
};
