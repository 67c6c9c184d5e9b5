// A reached limit, in one line.
import type { Pipeline } from "../model/pipeline.ts";
import { amount } from "../pipeline/limits.ts";
import { codeOf } from "./term.ts";

export const limitNote = ({ limit, found, allowed }: NonNullable<Pipeline["limit"]>): string =>
  `Limit reached: ${codeOf(`limits.${limit}`)}, ${amount(limit, found)} of ${amount(limit, allowed)}`;
