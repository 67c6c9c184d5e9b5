// How large journals are and may become. A run that lies appends what it likes; whoever reads the journal holds all of it.
import type { EventData } from "./event.ts";

/** In memory, whatever it is: many small ones are little text and much memory. */
const VALUE = 64;

/** In bytes of memory: the characters of its JSON, as many again of each text in it that is held wide, and something for each value. */
export const sizeOf = (data: EventData): number => JSON.stringify(data).length + heldBeside(data);

const heldBeside = (value: unknown): number => {
  if (typeof value === "string") return VALUE + widthOf(value);
  if (value === null || typeof value !== "object") return VALUE;
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + heldBeside(part), VALUE);
  return Object.entries(value).reduce((sum, [key, part]) => sum + widthOf(key) + heldBeside(part), VALUE);
};

/** One letter beyond Latin-1, and each of the text takes two bytes. */
const widthOf = (text: string): number => (WIDE.test(text) ? text.length : 0); // guard: wide-letters

const WIDE = /[^\0-\xff]/;

/**
 * A turn of an honest run comes to some 30 KB, with the output of its commands and the files that it changed. So this is
 * two thousand of them, where a pipeline of the usual budget has some hundred.
 */
export const MOST_IN_A_PIPELINE = 64 * 2 ** 20;
/** All pipelines of a task are read together, from their openings on. */
export const MOST_IN_A_TASK = 128 * 2 ** 20;
/** What ends a run, or says what people said, is taken at any time; it is short. */
export const MOST_AT_THE_END = 64 * 2 ** 10;
