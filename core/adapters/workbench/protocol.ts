// What the harness and the tool process say to each other: one JSON object a line.

import type { PathRules } from "../../model/patch/path-rules.ts";
import type { ToolName } from "../../model/role.ts";

/** Where the project and HOME lie in every sandbox, so that absolute paths are the same in setup and all benches. */
export const WORK = "/work";
export const HOME = "/home/kin";

/** The first line that the tool process is sent. */
export interface Start {
  /** The work tree as the tool process sees it: `/work`, or a directory of the machine where there is no sandbox. */
  readonly work: string;
  readonly rules: PathRules;
  readonly env: Readonly<Record<string, string>>;
  /** What to kill after a command: all of our PID namespace, or the command's process group. */
  readonly leftovers: "namespace" | "group";
}

export type Request =
  | { readonly kind: "call"; readonly id: string; readonly tool: ToolName; readonly input: unknown }
  /** A command of the harness: no permission asked. */
  | { readonly kind: "run"; readonly id: string; readonly command: string; readonly seconds: number }
  | { readonly kind: "cancel"; readonly id: string };

export interface Ran {
  readonly command: string;
  readonly exit_code: number | null;
  readonly seconds: number;
  readonly output: string;
}

export interface Answer {
  readonly id: string;
  readonly content: string;
  readonly is_error: boolean;
  readonly ran: Ran | null;
}

export const DEFAULT_SECONDS = 120;
export const MAX_SECONDS = 600;
