// How the harness gets into the processes of a world: its own script starts the App, and a module is preloaded into
// each process of the Action. Both are configured through the environment.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProcessName } from "./points.ts";

export const APP = join(import.meta.dirname, "app.ts");
const ACTION = pathToFileURL(join(import.meta.dirname, "action.ts")).href;

export interface Crashing {
  /** A file with one line for each effect. */
  readonly log: string;
  /** Numbers or names of effects. */
  readonly points?: readonly string[];
}

export const environmentOf = (
  process: ProcessName,
  { log, points = [] }: Crashing,
): Readonly<Record<string, string>> => ({
  CRASH_LOG: log,
  CRASH_AT: points.join(","),
  ...(process === "action" ? { NODE_OPTIONS: `--import=${ACTION}` } : {}),
});
