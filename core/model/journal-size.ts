// How large journals are and may become. A run that lies appends what it likes; whoever reads the journal holds all of it.
import type { EventData } from "./event.ts";

/** In memory, whatever it is: many small ones are little text and much memory. */
const VALUE = 64;

/** The characters of its JSON, and something for each value in it. */
export const sizeOf = (data: EventData): number => JSON.stringify(data).length + VALUE * valuesIn(data);

const valuesIn = (value: unknown): number =>
  value !== null && typeof value === "object"
    ? Object.values(value).reduce((sum: number, part) => sum + valuesIn(part), 1)
    : 1;

/**
 * A turn of an honest run comes to some 30 KB, with the output of its commands and the files that it changed. So this is
 * two thousand of them, where a pipeline of the usual budget has some hundred.
 */
export const MOST_IN_A_PIPELINE = 64 * 2 ** 20;
/** All pipelines of a task are read together. */
export const MOST_IN_A_TASK = 128 * 2 ** 20;
/** What ends a run, or says what people said, is taken at any time; it is short. */
export const MOST_AT_THE_END = 64 * 2 ** 10;
