// A reached limit, in one line.
import type { Pipeline } from "../model/pipeline.ts";
import { codeOf } from "./term.ts";

export const limitNote = ({ limit, found, allowed }: NonNullable<Pipeline["limit"]>): string =>
  `Limit reached: ${codeOf(`limits.${limit}`)}, ${amount(limit, found)} of ${amount(limit, allowed)}`;

const amount = (limit: string, value: number): string => {
  if (limit.endsWith("_usd")) return `$${value.toFixed(2)}`;
  return limit.endsWith("_minutes") ? `${Math.round(value * 10) / 10} min` : String(value);
};
