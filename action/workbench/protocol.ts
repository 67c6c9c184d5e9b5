// What the harness and its services in the sandbox say to each other: one JSON object a line. The first line starts a
// service, each later one asks it for something.
import type { PathRules } from "../../core/model/patch/path-rules.ts";
import type { ToolName } from "../../core/model/role.ts";
import type { Recorded } from "../drive/ports/workbench.ts";

/** Where the project and HOME lie in every sandbox, so that absolute paths are the same in setup and all benches. */
export const WORK = "/work";
export const HOME = "/home/kin";
/** A conversation's work tree, where a program of the project's looks at it from beside. */
export const TREE = "/tree";
/** What a bench has for throwing away: as long as it lives, for commands and file tools alike. */
export const SCRATCH = "/tmp";

/** Without a sandbox both lie somewhere on the machine; the model sees the same paths as with one. */
export const asInside = (
  text: string,
  { work, tmp }: { readonly work: string; readonly tmp: string },
): string => (work === WORK ? text : text.replaceAll(work, WORK).replaceAll(tmp, SCRATCH));

export type FileToolName = Exclude<ToolName, "bash">;

export type Start = FilesStart | LedgerStart;

export interface FilesStart {
  readonly service: "files";
  /** The work tree as the service sees it: `/work`, or a directory of the machine where there is no sandbox. */
  readonly work: string;
  /** The scratch directory likewise: `/tmp`, or one of this bench's own. */
  readonly tmp: string;
  readonly rules: PathRules;
}

/** Directories as the service sees them. */
export interface LedgerStart {
  readonly service: "ledger";
  /** Absolute path of the git program. */
  readonly program: string;
  /** The harness's git directory: only to read. */
  readonly git: string;
  /** What this bench's records write: its index and its objects. */
  readonly own: string;
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** Where a bench is copied from; null for the one that setup makes. */
  readonly from: string | null;
}

export type Ask = FilesAsk | LedgerAsk;
export type FilesAsk = { readonly kind: "call"; readonly tool: FileToolName; readonly input: unknown };

export type LedgerAsk =
  /** Lays a tree into an empty work tree, and below it those of its submodules. */
  | {
      readonly kind: "check_out";
      readonly tree: string;
      readonly submodules: readonly { readonly path: string; readonly tree: string }[];
    }
  /** After setup: brings the tracked files to `to`, and tells what else setup made. */
  | { readonly kind: "separate"; readonly from: string; readonly to: string }
  /** Copies the prepared checkout, which holds `from`, and makes it hold `to`. */
  | { readonly kind: "copy"; readonly from: string; readonly to: string }
  /** Puts these files over what is there; null removes one. */
  | { readonly kind: "lay"; readonly files: readonly LaidFile[] }
  /** Makes the throwaway repository. */
  | { readonly kind: "found"; readonly repository: Repository }
  | {
      readonly kind: "record";
      readonly rules: PathRules;
      readonly baseline: string;
      readonly tree: string;
      /** Whether times prove nothing: a command may have changed a file in the second in which git last saw it. */
      readonly racy: boolean;
      /** What file tools wrote since the last record. */
      readonly written: readonly string[];
    }
  | { readonly kind: "measure" }
  | { readonly kind: "clear" };

export interface LaidFile {
  readonly path: string;
  readonly content: string | null;
}

/** A repository that commands find in the tree; its objects are borrowed. */
export interface Repository {
  readonly base: string;
  readonly head: string;
  /** The harness's objects, as commands see them. */
  readonly objects: string;
  readonly exclude: readonly string[];
}

export interface Separated {
  readonly restored: readonly string[];
  readonly patterns: readonly string[];
}

export interface Measured {
  readonly bytes: number;
  readonly inodes: number;
  /** False where something could not be entered, so that there may be more. */
  readonly whole: boolean;
}

export interface FileOutcome {
  readonly content: string;
  readonly is_error: boolean;
  /** The path in the work tree of what was written, where something was. */
  readonly wrote?: string | undefined;
}

/** What each request is answered. */
export interface Answers {
  readonly call: FileOutcome;
  /** The paths of submodules whose place is no empty directory of their own: they are left out. */
  readonly check_out: readonly string[];
  readonly separate: Separated;
  readonly copy: null;
  readonly lay: null;
  readonly found: null;
  readonly record: Recorded;
  readonly measure: Measured;
  readonly clear: null;
}

export type Request = (Ask & { readonly id: string }) | { readonly kind: "cancel"; readonly id: string };

export type Answer =
  | { readonly id: string; readonly ok: unknown }
  | { readonly id: string; readonly failed: { readonly message: string; readonly retryable: boolean } };

export const DEFAULT_SECONDS = 120;
export const MAX_SECONDS = 600;
