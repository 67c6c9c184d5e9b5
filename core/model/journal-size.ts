// How large journals are and may become. A lying run appends what it likes, and whoever reads the journal holds all of it.
import type { EventData } from "./event.ts";

/** What any value costs in memory: many small ones are little text but much memory. */
const VALUE = 64;

/**
 * In bytes of memory: the characters of its JSON, as many again for each text that is stored as UTF-16, and a fixed cost
 * for each value.
 */
export const sizeOf = (data: EventData): number => JSON.stringify(data).length + heldBeside(data);

const heldBeside = (value: unknown): number => {
  if (typeof value === "string") return VALUE + widthOf(value);
  if (value === null || typeof value !== "object") return VALUE;
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + heldBeside(part), VALUE);
  return Object.entries(value).reduce((sum, [key, part]) => sum + widthOf(key) + heldBeside(part), VALUE);
};

/** A single character beyond Latin-1 makes the whole text take two bytes each. */
const widthOf = (text: string): number => (WIDE.test(text) ? text.length : 0); // guard: wide-letters

const WIDE = /[^\0-\xff]/;

/**
 * An honest turn comes to some 30 KB, with the output of its commands and the files it changed. This allows two thousand of
 * them; a pipeline within the usual budget has about a hundred.
 */
export const MOST_IN_A_PIPELINE = 64 * 2 ** 20;
/** All pipelines of a task are read together, from their openings on. */
export const MOST_IN_A_TASK = 128 * 2 ** 20;
/** What ends a run, or records what people said, is accepted at any time; it is short. */
export const MOST_AT_THE_END = 64 * 2 ** 10;
