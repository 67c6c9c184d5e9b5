// How a job ends.
import type { Left } from "../../core/model/job.ts";

/** Not done: something else has to happen first, within seconds. Nobody has to do anything about it. */
export interface Waiting {
  readonly again: "soon";
  readonly why: string;
}

/** Due again at a time (milliseconds since the epoch), with what it leaves for the next time; or waiting. */
export type Done = { readonly again?: number; readonly left?: Left } | Waiting;

export const waiting = (why: string): Waiting => ({ again: "soon", why });

export const isWaiting = (made: unknown): made is Waiting =>
  typeof made === "object" && made !== null && "again" in made && made.again === "soon";

/** Of whatever work came to, only the waiting is passed on. */
export const waitingIn = (made: unknown): Waiting | null => (isWaiting(made) ? made : null);
